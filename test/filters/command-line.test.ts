import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';

import { ta } from '../../src/analysis/indicators/index.ts';
import { sampleCandles } from '../../src/analysis/indicators/sample-candles.ts';
import { MINUTE_MS } from '../../src/domain/time.ts';
import { emptyFolder, runProgram } from '../cli/run-program.ts';
import type { Run } from '../cli/run-program.ts';

const GUIDE = join(import.meta.dirname, '../../docs/filters.md');
const ROWS = 900;
const LOOKBACK = 100;
const STEP_MS = 5 * MINUTE_MS;
/** No multiple of a lookback: columns begin somewhere before the first row. */
const START_MS = Date.UTC(2024, 3, 1, 7, 25);

const META = `export const meta = { name: 'test', timeframes: ['5m'], lookback: ${LOOKBACK}, params: { level: 30 } };\n`;
const CROSSING = `${META}export function check({ close, low, params }) {
  const rsi = plot('RSI', ta.rsi(close, 14), params.level);
  if (!ta.crossover(rsi, params.level)) return null;
  return { side: 'long', confidence: 60, stopLoss: ta.min(low, 5), takeProfit: ['1.5r', { at: '5%', part: 0.5 }],
    conditions: ['RSI crossed'] };
}
`;

/** 11 KB: a limit is passed on the way. */
const LONG = CROSSING.padEnd(11_264, '// and more\n');

interface Match {
  readonly time: number;
  readonly symbol: string;
  readonly stopLoss: unknown;
}
interface Answer {
  readonly matches: readonly Match[];
  readonly checks: number;
  readonly misses: readonly unknown[];
  readonly error: unknown;
}

const folder = emptyFolder();
const dataDir = join(folder, 'data');
const candles = sampleCandles(ROWS, 3);
const time = Array.from({ length: ROWS }, (_, row) => START_MS + row * STEP_MS);

function plant(name: string, content: string | Uint8Array): string {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
}

/** A candle file of some rows of the sample. */
function plantCandles(name: string, keep: (row: number) => boolean = () => true): string {
  const { open, high, low, close, volume } = candles;
  const lines = time.map((each, row) => [each, open[row], high[row], low[row], close[row], volume[row]].join(','));
  return plant(name, ['timestamp,open,high,low,close,volume', ...lines.filter((_, row) => keep(row))].join('\n'));
}

function filter(...args: string[]): Promise<Run> {
  return runProgram(['filter', ...args, '--data-dir', dataDir]);
}

async function answerOf(...args: string[]): Promise<Answer> {
  const run = await filter('run', ...args, '--json');
  return JSON.parse(run.stdout) as Answer;
}

/** That the program refused, and said what is wrong and what to do. */
function expectRefusal(run: Run, says: string): void {
  expect(run).toMatchObject({ exitCode: 2, stdout: '' });
  const { error } = JSON.parse(run.stderr) as { error: { code: string; message: string; hint: string } };
  expect(`${error.message} ${error.hint}`).toContain(says);
  expect(error.code).not.toBe('INTERNAL');
  expect(error.hint).not.toBe('');
}

describe('aitrader filter run', () => {
  const file = plantCandles('ETH_BTC-5m-202404.csv');
  const crossing = plant('crossing.js', CROSSING);
  const over = (path: string, timeframe = '5m'): string[] => ['--candles', path, '--timeframe', timeframe];

  it('checks at every row that has a full lookback, and finds what the indicators say there', async () => {
    const run = await filter('run', crossing, ...over(file), '--json');
    expect(run).toMatchObject({ exitCode: 0, stderr: '' });
    const { matches, checks, error, misses } = JSON.parse(run.stdout) as Answer;
    expect(checks).toBe(ROWS - LOOKBACK + 1);
    expect(error).toBeNull();
    expect(misses).toHaveLength(10);
    const anchor = (row: number): number => {
      const span = LOOKBACK * STEP_MS;
      const start = Math.floor((time[row]! + STEP_MS - span) / span) * span;
      return Math.max(
        0,
        time.findIndex((each) => each >= start),
      );
    };
    const expected: number[] = [];
    for (let row = LOOKBACK - 1; row < ROWS; row += 1) {
      const from = row + 1 - anchor(row) >= LOOKBACK ? anchor(row) : 0;
      const rsi = ta.rsi(candles.close.subarray(from, row + 1), 14);
      if (ta.crossover(rsi, 30)) expected.push(time[row]! + STEP_MS);
    }
    expect(expected.length).toBeGreaterThan(0);
    expect(matches.map((match) => match.time)).toEqual(expected);
    expect(matches[0]).toMatchObject({
      symbol: 'ETHBTC',
      side: 'long',
      conditions: ['RSI crossed'],
      confidence: 60,
      takeProfit: ['1.5r', { at: '5%', part: 0.5 }],
      plots: [{ name: 'RSI', level: 30 }],
    });
    const row = time.indexOf(expected[0]! - STEP_MS);
    expect(matches[0]?.stopLoss).toBe(Math.min(...candles.low.subarray(row - 4, row + 1)));
  });

  it('takes parameters, and refuses those that the filter has not', async () => {
    const { matches } = await answerOf(crossing, ...over(file), '--param', 'level=45');
    expect(matches.length).toBeGreaterThan((await answerOf(crossing, ...over(file))).matches.length);
    expectRefusal(await filter('run', crossing, ...over(file), '--param', 'levl=45', '--json'), 'level');
  });

  it('fills no gaps', async () => {
    const gappy = plantCandles('GAPUSDT-5m.csv', (row) => row < 300 || row >= 340);
    expect((await answerOf(crossing, ...over(gappy))).checks).toBe(ROWS - 40 - LOOKBACK + 1);
  });

  it('makes coarser timeframes and leaves a partial first candle out', async () => {
    const hourly = plant(
      'hourly.js',
      `export const meta = { name: 'x', timeframes: ['5m', '1h'], lookback: 5 };
       export function check({ candles, now }) {
         const { time, open, volume } = candles['1h'];
         const isWhole = ta.last(time) === Math.floor(now / 3600000) * 3600000 - 3600000;
         return { side: 'long', conditions: [String(isWhole)], metadata: [ta.last(time), ta.last(open), ta.last(volume)] };
       }`,
    );
    const { matches } = await answerOf(hourly, ...over(file));
    const last = matches.at(-1) as unknown as { conditions: string[]; metadata: number[]; time: number };
    expect(last.conditions).toEqual(['true']);
    const from = time.indexOf(last.metadata[0]!);
    expect(last.metadata[1]).toBe(candles.open[from]);
    const volume = candles.volume.subarray(from, from + 12).reduce((sum, each) => sum + each, 0);
    expect(last.metadata[2]).toBeCloseTo(volume, 6);
    // The file begins at 7:25: the first whole hour is 8:00, and five of them are closed at 13:00.
    expect(matches[0]?.time).toBe(Date.UTC(2024, 3, 1, 13));
  });

  it('stops at the first check that fails, tells where, and ends with 1', async () => {
    const failing = plant(
      'failing.js',
      `${META}export function check({ now, close }) {\n  if (now >= ${time[500]!}) close.nothing.here;\n  return null;\n}\n`,
    );
    const run = await filter('run', failing, ...over(file), '--json');
    expect(run.exitCode).toBe(1);
    const { checks, error } = JSON.parse(run.stdout) as Answer;
    expect(checks).toBe(500 - LOOKBACK);
    expect(error).toMatchObject({ code: 'threw', line: 3 });
    expect((await filter('run', failing, ...over(file))).stdout).toContain('line 3');
  });

  it.each([
    ['a filter with a fault in its syntax', CROSSING.replace('return null;', 'return ;;}'), '5m', 'broken.js'],
    ['a wrong meta', CROSSING.replace("'5m'", "'7m'"), '5m', 'meta.timeframes'],
    ['candles that do not add up to a timeframe of it', CROSSING.replace("'5m'", "'5m', '1m'"), '5m', '1m'],
    ['a reference without candles', CROSSING.replace('params', "references: ['BTCUSDT'], params"), '5m', 'BTCUSDT'],
    ['a timeframe that is not that of the file', CROSSING, '1m', '5 minutes apart'],
    ['a timeframe that is none', CROSSING, '5x', '5m'],
  ])('refuses %s with exit 2', async (_, source, timeframe, says) => {
    expectRefusal(await filter('run', plant('broken.js', source), ...over(file, timeframe), '--json'), says);
  });

  it('refuses files that are not there or hold no candles', async () => {
    expectRefusal(await filter('run', crossing, ...over(join(folder, 'none.csv')), '--json'), 'none.csv');
    expectRefusal(await filter('run', crossing, ...over(plant('EMPTY-5m.csv', '')), '--json'), 'no candles');
    expectRefusal(await filter('run', crossing, ...over(plant('A-5m.csv', 'a,b\n1,2\n')), '--json'), 'header');
    expectRefusal(await filter('run', join(folder, 'none.js'), ...over(file), '--json'), 'none.js');
  });

  it('prints a table for people, with whatever a filter writes made harmless', async () => {
    const evil = plant('evil.js', CROSSING.replace('RSI crossed', '\\u001b[2J\\u202eevil'));
    const { stdout, exitCode } = await filter('run', evil, ...over(file));
    expect(exitCode).toBe(0);
    expect(stdout).toMatch(/^\d+ matches in 801 checks\n/);
    expect(stdout).toContain('nearest misses');
    expect(stdout).toContain('\\u001b[2J\\u202eevil');
    expect(stdout).not.toContain('\u001b');
  });
});

describe('aitrader filter check', () => {
  it('finds nothing wrong with a sound filter', async () => {
    const path = plant('sound.js', CROSSING);
    expect(await filter('check', path, '--json')).toEqual({ exitCode: 0, stdout: '[]\n', stderr: '' });
  });

  it.each([
    ['syntax', CROSSING.replace('return null;', 'return )'), 'syntax', 4],
    ['no check', META, 'meta', 1],
    ['wrong meta', CROSSING.replace(String(LOOKBACK), '1'), 'meta', 1],
    ['11 KB', LONG, 'too-large', LONG.slice(0, 10_240).split('\n').length],
    ['binary junk', Uint8Array.from([0x7f, 0x45, 0x4c, 0x46, 0, 1, 2, 0xff, 0xfe]), 'not-text', 1],
    ['nothing', '', 'meta', 1],
  ])('tells of %s the file, the line, what is wrong and how to mend it', async (_, content, code, line) => {
    const path = plant('broken.js', content);
    const run = await filter('check', path, '--json');
    expect(run).toMatchObject({ exitCode: 1, stderr: '' });
    expect(JSON.parse(run.stdout)).toEqual([
      {
        line,
        column: expect.any(Number) as number,
        code,
        message: expect.any(String) as string,
        fix: expect.any(String) as string,
      },
    ]);
    const text = await filter('check', path);
    expect(text.exitCode).toBe(1);
    expect(text.stdout).toContain(`${path}:`);
  });

  it('refuses a file that is not there and names the nearest filter', async () => {
    expectRefusal(await filter('check', 'rsi-reversl', '--json'), 'rsi-reversal');
  });
});

describe('aitrader filter new', () => {
  it('writes a template that check finds nothing wrong with, and says what to do next', async () => {
    const made = await filter('new', 'Dip Buyer');
    expect(made).toMatchObject({ exitCode: 0, stderr: '' });
    expect(made.stdout).toContain(join(dataDir, 'filters', 'dip-buyer.js'));
    expect(made.stdout).toContain('aitrader filter check dip-buyer');
    expect(await filter('check', 'dip-buyer', '--json')).toMatchObject({ exitCode: 0, stdout: '[]\n' });
  });

  it('never overwrites', async () => {
    await filter('new', 'mine');
    const path = join(dataDir, 'filters', 'mine.js');
    writeFileSync(path, 'my work');
    expectRefusal(await filter('new', 'mine', '--json'), 'is there already');
    expect(readFileSync(path, 'utf8')).toBe('my work');
  });

  it.each(['../../outside', '/etc/cron.d/x', '..\\..\\x', 'x'.repeat(300)])(
    'keeps %j inside the folder',
    async (name) => {
      const { exitCode, stdout } = await filter('new', name, '--json');
      expect(exitCode).toBe(0);
      const { file } = JSON.parse(stdout) as { file: string };
      expect(file).toMatch(/\/data\/filters\/[a-z0-9-]+\.js$/);
      expect(file.length).toBeLessThan(join(dataDir, 'filters').length + 70);
    },
  );

  it('refuses a name without a letter or digit', async () => {
    expectRefusal(await filter('new', '../..', '--json'), 'letters and digits');
  });
});

describe('aitrader filter list and guide', () => {
  let home: string;
  beforeAll(() => {
    home = join(folder, 'listed');
    mkdirSync(join(home, 'filters'), { recursive: true });
    writeFileSync(join(home, 'filters', 'good.js'), CROSSING);
    writeFileSync(join(home, 'filters', 'bad.js'), 'nonsense(');
    writeFileSync(join(home, 'filters', 'note.txt'), 'no filter');
  });

  it('lists shipped filters and those of the data folder, and whether they load', async () => {
    const run = await runProgram(['filter', 'list', '--json', '--data-dir', home]);
    expect(run).toMatchObject({ exitCode: 0, stderr: '' });
    const listed = JSON.parse(run.stdout) as { name: string; origin: string; error: unknown; timeframes: string[] }[];
    expect(listed.filter(({ origin }) => origin === 'shipped')).toHaveLength(10);
    expect(listed.filter(({ error }) => error !== null).map(({ name }) => name)).toEqual(['bad']);
    expect(listed).toContainEqual(expect.objectContaining({ name: 'good', origin: 'file', timeframes: ['5m'] }));
    const text = (await runProgram(['filters', 'list', '--data-dir', home])).stdout;
    for (const { name } of listed) expect(text).toContain(name);
    expect(text).toContain('does not load');
  });

  it('prints the guide', async () => {
    expect(await filter('guide')).toEqual({ exitCode: 0, stdout: readFileSync(GUIDE, 'utf8'), stderr: '' });
  });

  it.each([
    [[], 'filter needs a verb'],
    [['chek', 'x'], 'Did you mean check?'],
    [['check'], "missing required argument 'file'"],
    [['run', 'x.js', '--timeframe', '5m'], '--candles'],
    [['list', '--jsn'], 'Did you mean --json'],
  ])('refuses %j with what is wrong', async (args, says) => {
    const run = await runProgram(['filter', ...args]);
    expect(run).toMatchObject({ exitCode: 2, stdout: '' });
    expect(run.stderr).toContain(says);
  });
});
