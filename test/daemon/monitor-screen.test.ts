import { execFileSync, spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';

import { emptyFolder, runProgram } from '../cli/run-program.ts';
import { startDaemon, TOKEN } from './run-daemon.ts';

const LAUNCHER = join(import.meta.dirname, '../../bin/aitrader.cjs');
const hasTmux = spawnSync('tmux', ['-V']).error === undefined;

/** A terminal of tmux, by a server of its own. */
class TmuxScreen {
  readonly #server = `aitrader-test-${process.pid}-${Math.random().toString(36).slice(2)}`;

  constructor(args: readonly string[], env: Record<string, string>) {
    const variables = Object.entries({ HOME: emptyFolder(), ...env }).map(([name, value]) => `${name}=${value}`);
    const command = ['env', ...variables, process.execPath, LAUNCHER, ...args].map((word) => `'${word}'`).join(' ');
    const shown = `${command}; echo "ended with $?"; read`;
    this.#tmux('-f', '/dev/null', 'new-session', '-d', '-x', '100', '-y', '24', shown);
  }

  press(...keys: readonly string[]): void {
    this.#tmux('send-keys', ...keys);
  }

  text(): string {
    return this.#tmux('capture-pane', '-p');
  }

  /** Waits until the screen shows it; the test's own time bounds that. */
  async shows(pattern: RegExp): Promise<string> {
    for (;;) {
      const text = this.text();
      if (pattern.test(text)) return text;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }

  close(): void {
    spawnSync('tmux', ['-L', this.#server, 'kill-server']);
  }

  #tmux(...args: readonly string[]): string {
    return execFileSync('tmux', ['-L', this.#server, ...args], { encoding: 'utf8' });
  }
}

const endings: (() => unknown)[] = [];
afterEach(() => {
  for (const end of endings.splice(0)) end();
});

function openScreen(args: readonly string[], env: Record<string, string> = {}): TmuxScreen {
  const screen = new TmuxScreen(args, env);
  endings.push(() => screen.close());
  return screen;
}

describe('the monitor', { timeout: 120_000 }, () => {
  it.skipIf(!hasTmux)('shows the desk of a daemon, acts on it, says when it is gone, and leaves it alone', async () => {
    const daemon = await startDaemon(emptyFolder());
    const screen = openScreen(['--monitor', daemon.url], { AITRADER_TOKEN: TOKEN, NO_COLOR: '1' });
    await screen.shows(/SIMULATED MONEY · monitor mode · sim futures · connected .* link \d+ ms/);
    screen.press(':');
    screen.press('pause', 'Enter');
    await screen.shows(/opening PAUSED/);
    expect(await daemon.get('/status')).toMatchObject({ opening: { cause: 'paused_by_user' } });
    screen.press('Escape');
    expect(await daemon.end()).toBe(143);
    await screen.shows(/OFFLINE · OLD by .*NO CONNECTION/);
    screen.press('q');
    await screen.shows(/the monitor has ended.*\n(.*\n)*ended with 0/);
  });

  it.skipIf(!hasTmux)('asks for the token without showing it, and says when it is wrong', async () => {
    const daemon = await startDaemon(emptyFolder());
    const screen = openScreen(['monitor', daemon.url], { ASCII: 'true' });
    await screen.shows(/Token of the daemon/);
    screen.press('wrong-password', 'Enter');
    await screen.shows(/Token of the daemon[^]*Token of the daemon/);
    screen.press(TOKEN, 'Enter');
    const text = await screen.shows(/monitor mode/);
    expect(text).not.toContain('wrong-password');
    expect(text).not.toMatch(/[─│╭]/);
    screen.press('q');
    expect(await screen.shows(/ended with 0/)).not.toContain(TOKEN);
    expect(await daemon.end()).toBe(143);
  });

  it('needs a terminal, an address and a daemon: the exit code says which was missing', async (context) => {
    expect(await runProgram(['--monitor', 'http://127.0.0.1:1'])).toMatchObject({ exitCode: 2, stdout: '' });
    const refused = await runProgram(['--monitor', 'http://me:secret@host']);
    expect(refused.exitCode).toBe(2);
    expect(refused.stderr).not.toContain('secret');
    if (!hasTmux) context.skip('tmux is not here: no terminal to try the rest on');
    const screen = openScreen(['--monitor', 'http://127.0.0.1:1'], { AITRADER_TOKEN: TOKEN });
    await screen.shows(/the daemon at http:\/\/127\.0\.0\.1:1 does not answer[^]*ended with 3/);
  });
});
