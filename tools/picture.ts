/**
 * Draws docs/picture.svg: the built program's demo in a terminal of its own (tmux), captured with its colours once a trade is
 * closed and positions are open. `make picture` runs it.
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';

import { readScreen } from './picture/screen.ts';
import { svgOf } from './picture/svg.ts';

const REPOSITORY = resolve(import.meta.dirname, '..');
const PICTURE = 'docs/picture.svg';
const SIZE = { columns: 120, rows: 36 };
const SEED = 1;
/** What has to be on the screen: positions are open, and trades are closed. */
const SHOWN = [/Open [3-9]/, /Closed [2-9]/];
const LOOK_MS = 1_000;
const MOST_LOOKS = 180;
const COMMAND = `aitrader --sim --seed ${SEED}`;

/** A tmux server of our own, so that nobody's sessions are touched. */
const SERVER = `aitrader-picture-${process.pid}`;

function tmux(...args: readonly string[]): string {
  return execFileSync('tmux', ['-L', SERVER, ...args], { encoding: 'utf8' });
}

function startDemo(home: string): void {
  const words = [process.execPath, join(REPOSITORY, 'bin/aitrader.cjs'), '--sim', '--seed', String(SEED)];
  const env = { HOME: home, TERM: 'tmux-256color', COLORTERM: 'truecolor', LANG: 'C.UTF-8', THEME: 'tokyo-night' };
  const settings = Object.entries(env).flatMap(([name, value]) => ['-e', `${name}=${value}`]);
  const size = ['-x', String(SIZE.columns), '-y', String(SIZE.rows)];
  tmux('-f', '/dev/null', '-u', 'new-session', '-d', ...size, ...settings, '--', ...words);
  tmux('set-option', '-g', 'status', 'off');
}

/** The screen with its colours, once it shows what it should. */
async function capture(): Promise<string> {
  for (let look = 0; look < MOST_LOOKS; look += 1) {
    await wait(LOOK_MS);
    const text = tmux('capture-pane', '-p');
    if (SHOWN.every((pattern) => pattern.test(text))) return tmux('capture-pane', '-e', '-p').trimEnd();
  }
  throw new Error(`the demo did not show ${SHOWN.join(' and ')} within ${MOST_LOOKS} s`);
}

function hasTmux(): boolean {
  return spawnSync('tmux', ['-V']).error === undefined;
}

async function draw(): Promise<void> {
  const home = mkdtempSync(join(tmpdir(), 'aitrader-picture-'));
  try {
    startDemo(home);
    const rows = readScreen(await capture());
    writeFileSync(join(REPOSITORY, PICTURE), svgOf({ title: COMMAND, columns: SIZE.columns, rows }));
    process.stdout.write(`wrote ${PICTURE}\n`);
  } finally {
    spawnSync('tmux', ['-L', SERVER, 'kill-server']);
    rmSync(home, { recursive: true, force: true });
  }
}

if (hasTmux()) await draw();
else {
  process.stderr.write('the picture is taken in tmux, which is not installed here: apt install tmux\n');
  process.exitCode = 2;
}
