import { join } from 'node:path';
import Database from 'better-sqlite3';
import { describe, expect, it } from 'vitest';

import { candles } from '../cli/candle-tape.ts';
import { emptyFolder, runProgram } from '../cli/run-program.ts';
import { HAS_TMUX, Seat } from './tmux.ts';
import type { SeatTerms } from './tmux.ts';

/** Waiting for a minute of the market on a busy machine. */
const LONG_MS = 240_000;
/** Four market minutes a second. */
const FAST = ['--sim', '--speed', '240'];

async function at(terms: Partial<SeatTerms>, test: (seat: Seat, dataDir: string) => Promise<void>): Promise<void> {
  const dataDir = terms.dataDir ?? emptyFolder();
  const seat = await Seat.take({ size: [120, 40], args: FAST, ...terms, dataDir });
  try {
    await test(seat, dataDir);
  } finally {
    await seat.leave();
  }
}

/** The figure behind a tab of the Positions panel. */
function countOf(tab: 'Open' | 'Closed', screen: string): number {
  return Number(new RegExp(`${tab} (\\d+)`).exec(screen)?.[1] ?? 0);
}

/** Symbol and reason of the closed trades that the Closed tab lists. */
function closedRows(screen: string): string[] {
  const rows = screen.matchAll(/(\w+USDT) +[LS][▲▼].*?[+-]\d[\d.,]* +[+-][\d.]+% +([a-z_]+)/g);
  return [...rows].map(([, symbol, reason]) => `${symbol} ${reason}`);
}

/** Esc could begin another key: what follows waits until it has been taken. */
async function back(seat: Seat): Promise<void> {
  await seat.press('Escape');
  await seat.sees((screen) => !screen.includes('Esc back'));
}

async function quit(seat: Seat): Promise<string> {
  await seat.press('q');
  const screen = await seat.sees((text) => Seat.ended.test(text) || text.includes('y quit'));
  if (!Seat.ended.test(screen)) await seat.press('y');
  return seat.sees(Seat.ended);
}

describe.skipIf(!HAS_TMUX)('the built program at a terminal (needs tmux)', { concurrent: true }, () => {
  it.each([
    [80, 24],
    [120, 40],
    [200, 50],
  ] as const)(
    'at %ix%i shows panels, then a signal, a position, closes, and leaves a summary',
    { timeout: LONG_MS },
    (columns, rows) =>
      at({ size: [columns, rows] }, async (seat) => {
        const first = await seat.sees(/SIMULATED MONEY/);
        expect(first).toContain('╭─');
        expect(await seat.isTakenOver()).toBe(true);
        await seat.sees(/BTCUSDT|\[Open [1-9]/);
        await seat.press('3');
        expect(
          await seat.sees(/(L▲|S▼) (rsi-reversal|vwap-reversion|volume-spike) +(executed|executing|pending)/),
        ).toMatch(/▲|▼/);
        await seat.press('4');
        await seat.sees((screen) => countOf('Open', screen) > 0);
        await seat.press(']');
        await seat.sees((screen) => countOf('Closed', screen) > 0);
        await seat.press('Enter');
        expect(await seat.sees(/entered for/)).toMatch(/closed by \w+/);
        await back(seat);
        await seat.press('1', 'Enter');
        await seat.sees(/24 h range/);
        await back(seat);
        await seat.press('2', 'Enter');
        await seat.sees(/so far/);
        const left = await quit(seat);
        expect(left).toMatch(/ended with 0/);
        expect(left).toMatch(/aitrader, sim money, ran for \d+ s/);
        expect(left).toContain('aitrader trades --sim');
        expect(await seat.isTakenOver()).toBe(false);
      }),
  );

  it(
    'at its own speed closes one trade by target and one by stop, the same on the screen, in the JSON and in the database',
    { timeout: LONG_MS },
    () =>
      at({ args: ['--sim'] }, async (seat, dataDir) => {
        await seat.sees((screen) => countOf('Open', screen) > 0);
        await seat.press(']');
        await seat.sees(
          (screen) => /\btarget\b/.test(closedRows(screen).join()) && /\bstop\b/.test(closedRows(screen).join()),
        );
        await seat.press('P');
        await seat.sees(/opening PAUSED/);
        const shown = closedRows(await seat.screen());
        const { stdout } = await runProgram(['trades', '--json', '--data-dir', dataDir]);
        const told = (JSON.parse(stdout) as { symbol: string; reason: string }[]).map(
          (each) => `${each.symbol} ${each.reason}`,
        );
        await quit(seat);
        const db = new Database(join(dataDir, 'sim.db'), { readonly: true });
        const stored = db.prepare("SELECT symbol || ' ' || reason FROM trades").pluck().all();
        db.close();
        expect(told).toEqual(expect.arrayContaining(shown));
        expect(stored).toEqual(expect.arrayContaining(told));
      }),
  );

  it(
    'without an exchange says OFFLINE and why, and s starts the simulated market in its place',
    { timeout: LONG_MS },
    () =>
      at(
        { args: [], env: { BINANCE_REST_URL: 'http://127.0.0.1:1', BINANCE_WS_URL: 'ws://127.0.0.1:1' } },
        async (seat, dataDir) => {
          const offline = await seat.sees(/OFFLINE: .*next try in \d+ s/s);
          expect(offline).toContain('PAPER MONEY');
          expect(offline).toContain('127.0.0.1:1 does not answer');
          await seat.press('s');
          await seat.sees(/SIMULATED MONEY/);
          await seat.sees((screen) => countOf('Open', screen) > 0);
          const { stdout } = await runProgram(['status', '--json', '--data-dir', dataDir]);
          expect(JSON.parse(stdout)).toMatchObject({ running: true, money: 'sim' });
          expect(await quit(seat)).toContain('aitrader, sim money');
        },
      ),
  );

  it('q while OFFLINE ends it, and says what can be tried', { timeout: LONG_MS }, () =>
    at({ args: [], env: { BINANCE_REST_URL: 'http://127.0.0.1:1' } }, async (seat) => {
      await seat.sees(/OFFLINE/);
      await seat.press('q');
      expect(await seat.sees(Seat.ended)).toContain('aitrader --sim');
    }),
  );

  it('the command line asks before it kills, and kills', { timeout: LONG_MS }, () =>
    at({ size: [80, 24] }, async (seat, dataDir) => {
      await seat.sees((screen) => countOf('Open', screen) > 0);
      await seat.press(':', 'kill', 'Enter');
      await seat.sees(/KILL: stop opening/);
      await seat.press('y');
      await seat.sees(/KILLED/);
      await seat.sees((screen) => countOf('Open', screen) === 0);
      const { stdout } = await runProgram(['status', '--json', '--data-dir', dataDir]);
      expect(JSON.parse(stdout)).toMatchObject({ opening: { allowed: false }, positionsOpen: 0 });
    }),
  );

  it('in mono and ASCII there is nothing but ASCII', { timeout: LONG_MS }, () =>
    at({ size: [200, 50], env: { THEME: 'mono', ASCII: '1' } }, async (seat) => {
      await seat.sees((screen) => countOf('Open', screen) > 0);
      for (const panel of ['1', '2', '3', '4', '5', '6', '7']) {
        await seat.press(panel, 'Enter');
        expect(await seat.screen()).toMatch(/^[\n\x20-\x7e]*$/);
        await back(seat);
      }
    }),
  );

  it('follows the size of the terminal, down to one line', { timeout: LONG_MS }, () =>
    at({ size: [200, 50] }, async (seat) => {
      await seat.sees((screen) => countOf('Open', screen) > 0);
      await seat.resize(80, 24);
      await seat.sees(/\[4 Positions\]/);
      await seat.resize(50, 10);
      expect((await seat.sees(/aitrader needs 60x16, this terminal is 50x10/)).trim().split('\n')).toHaveLength(1);
      await seat.resize(120, 40);
      expect(await seat.sees(/╭─ 2 Traders/)).toMatch(/╭─ 6 Logs/);
    }),
  );

  it('gives the terminal back when it is killed from outside', { timeout: LONG_MS }, () =>
    at({}, async (seat, dataDir) => {
      await seat.sees(/SIMULATED MONEY/);
      await seat.sees(/BTCUSDT/);
      await runProgram(['stop', '--data-dir', dataDir]);
      expect(await seat.sees(Seat.ended)).toMatch(/ended with 0/);
      expect(await seat.isTakenOver()).toBe(false);
    }),
  );

  it(
    'stands still when a tape has ended, says so, and leaves a summary in the currency of the tape',
    { timeout: LONG_MS },
    async () => {
      const tape = await candles(emptyFolder(), 'ETH_BTC-5m.csv', { minutes: 5, rows: 20 });
      await at({ size: [80, 24], args: ['--sim', '--speed', 'max', '--tape', tape] }, async (seat) => {
        const ended = await seat.sees(/TAPE ENDED/);
        expect(ended).toMatch(/equity [\d.]+ BTC/);
        await seat.press(':', 'pause', 'Enter');
        await seat.sees(/TAPE_ENDED/);
        expect(await quit(seat)).toMatch(/realised \S+ BTC, equity \S+ BTC/);
      });
    },
  );
});
