import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { Command } from 'commander';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { complete } from '../../src/modes/cli/completion/complete.ts';
import { buildProgram } from '../../src/modes/cli/program.ts';
import { emptyFolder, runProgram, startProgram } from './run-program.ts';
import type { RunningProgram } from './run-program.ts';

const LAUNCHER = resolve(import.meta.dirname, '../../bin/aitrader.cjs');

const program = buildProgram(
  {
    run: async () => 0,
    configCheck: async () => 0,
    sim: async () => 0,
    helpTopic: async () => 0,
  },
  () => undefined,
);

interface Place {
  readonly words: readonly string[];
  readonly command: Command;
}

/** Every command that the help shows, with the words that lead to it. */
function places(command: Command, words: readonly string[] = []): Place[] {
  const inside = command.createHelp().visibleCommands(command);
  return [{ words, command }, ...inside.flatMap((each) => places(each, [...words, each.name()]))];
}

const longOptions = ({ command }: Place): string[] =>
  command
    .createHelp()
    .visibleOptions(command)
    .map(({ long }) => long ?? '');

async function offered(words: readonly string[]): Promise<string[]> {
  const lines = (await complete(program, words)).split('\n').slice(0, -1);
  return lines.map((line) => line.split('\t')[0] ?? '');
}

describe('completion', () => {
  it.each(places(program).map((place) => ({ name: place.words.join(' '), place })))(
    'offers every verb and option of `aitrader $name`, and what holds everywhere',
    async ({ place }) => {
      const { words, command } = place;
      const verbs = command.createHelp().visibleCommands(command);
      expect(await offered([...words, ''])).toEqual(expect.arrayContaining(verbs.map((verb) => verb.name())));
      const options = [...longOptions(place), '--data-dir'];
      expect(await offered([...words, '--'])).toEqual(expect.arrayContaining(options));
    },
  );

  it.each([
    { line: 'tra', fits: ['trader', 'trades'] },
    { line: '--sim --spe', fits: ['--speed'] },
    { line: '--sim --speed m', fits: ['max'] },
    { line: 'sim --speed=m', fits: ['--speed=max'] },
    { line: 'trader add rsi-reversal --mode s', fits: ['semi_auto', 'signals'] },
    { line: 'traders add rsi-rev', fits: ['rsi-reversal', ':files'] },
    { line: 'trader add x --symbols BTCUSDT,et', fits: ['BTCUSDT,ETHUSDT', 'BTCUSDT,ETCUSDT'] },
    { line: 'filter run x --timeframe 1', fits: ['1m', '15m', '1h', '12h', '1d', '1w'] },
    { line: 'filter run x --candles ', fits: [':files'] },
    { line: 'stats --data-dir ', fits: [':folders'] },
    { line: 'help c', fits: ['concepts'] },
    { line: 'completion ', fits: ['bash', 'zsh', 'fish'] },
    { line: 'filter new ', fits: [] },
    { line: '-- --sp', fits: [] },
  ])('offers $fits after `$line`', async ({ line, fits }) => {
    expect(await offered(line.split(' '))).toEqual(fits);
  });

  it('offers no option a second time that can be given once', async () => {
    expect(await offered(['--sim', '--si'])).toEqual([]);
    expect(await offered(['trader', 'add', 'x', '--param', 'a=1', '--par'])).toEqual(['--param']);
  });
});

describe('aitrader completion', () => {
  const dataDir = emptyFolder();
  let desk: RunningProgram;
  beforeAll(async () => {
    const args = ['--sim', '--no-tui', '--symbols', '2', '--data-dir', dataDir];
    desk = startProgram(args);
    await desk.sees(/"msg":"ready/);
    await runProgram(['trader', 'add', 'supertrend', '--name', "Bob's trend", '--data-dir', dataDir]);
  }, 60_000);
  afterAll(async () => {
    desk.process.kill('SIGTERM');
    await desk.ended;
  });

  /** What bash puts into COMPREPLY when Tab is pressed at the end of the words. */
  function inBash(...words: string[]): string[] {
    const script = `
      source <("$NODE" "$LAUNCHER" completion bash)
      [[ $(complete -p aitrader) == *_aitrader* ]] || exit 9
      COMP_WORDS=(aitrader "$@"); COMP_CWORD=$#
      _aitrader
      printf '%s\\n' "\${COMPREPLY[@]}"`;
    const run = spawnSync('bash', ['-c', script, 'bash', ...words], {
      env: { PATH: process.env['PATH'], HOME: emptyFolder(), NODE: process.execPath, LAUNCHER },
      encoding: 'utf8',
    });
    expect(run).toMatchObject({ status: 0, stderr: '' });
    return run.stdout.trimEnd().split('\n');
  }

  it('makes bash complete verbs, options and values', () => {
    expect(inBash('posi')).toEqual(['positions']);
    expect(inBash('trader', 'add', 'x', '--take-p')).toEqual(['--take-profit']);
    expect(inBash('trader', 'add', 'x', '--mode', '=', 'au')).toEqual(['auto']);
    expect(inBash('filter', 'check', 'donch')).toEqual(['donchian-breakout']);
  });

  it('knows the traders of the aitrader that runs, quoted as bash needs it', () => {
    expect(inBash('--data-dir', dataDir, 'trader', 'pause', 'bob')).toEqual(["Bob\\'s\\ trend"]);
    expect(inBash('--data-dir', dataDir, 'trader', 'pause', '"Bob')).toEqual(["Bob's trend"]);
  });

  it('offers nothing, and says nothing, where the configuration is wrong', async () => {
    const file = join(emptyFolder(), 'config.env');
    writeFileSync(file, 'PORT=eighty\n');
    const words = ['--config', file, 'trader', 'pause', ''];
    expect(await runProgram(['__complete', '--', ...words])).toEqual({ exitCode: 0, stdout: '', stderr: '' });
  });

  const shells = (['bash', 'zsh', 'fish'] as const).map((shell) => ({
    shell,
    isThere: spawnSync(shell, ['--version']).error === undefined,
  }));
  for (const { shell, isThere } of shells) {
    it.skipIf(!isThere)(`prints what ${shell} can read (skipped where there is no ${shell})`, async () => {
      const { exitCode, stdout } = await runProgram(['completion', shell]);
      expect(exitCode).toBe(0);
      const file = join(emptyFolder(), 'completion');
      writeFileSync(file, stdout);
      const read = spawnSync(shell, ['-n', file], { encoding: 'utf8' });
      expect(read).toMatchObject({ status: 0, stderr: '' });
    });
  }
});
