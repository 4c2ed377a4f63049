import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { describe, expect, it } from 'vitest';

import { candles } from './candle-tape.ts';
import { emptyFolder, runProgram, startProgram } from './run-program.ts';

/** The first hour of the market that `aitrader --sim` begins with. */
const FIRST_HOUR = ['--speed', 'max', '--for', '1h'];
/** Not part of the repository: without it the tests that play it are skipped. */
const DATA = join(import.meta.dirname, '../../../shared/data');
const CAPTURE = join(DATA, 'captures/binance-usdm-btcusdt-20240808.gz');
const BARS = join(DATA, 'bars');

async function play(
  dataDir: string,
  args: readonly string[] = FIRST_HOUR,
): Promise<{ summary: Record<string, unknown>; audit: readonly unknown[] }> {
  const run = await runProgram(['--sim', '--no-tui', '--summary', 'json', '--data-dir', dataDir, ...args]);
  expect(run.exitCode).toBe(0);
  const db = new Database(join(dataDir, 'sim.db'), { readonly: true });
  const audit = db.prepare('SELECT * FROM audit ORDER BY seq').all();
  db.close();
  return { summary: JSON.parse(run.stdout) as Record<string, unknown>, audit };
}

const LINES = ['--no-tui', '--summary', 'json'];

describe('aitrader --sim', () => {
  it('finds signals, opens positions, and closes one by its target and one by its stop within an hour', async () => {
    const dataDir = emptyFolder();
    const { summary } = await play(dataDir);
    expect(summary).toMatchObject({ mode: 'local', money: 'sim', symbols: 20, errors: 0 });
    expect(Object.keys(summary)).toEqual([
      ...['mode', 'money', 'uptimeMs', 'symbols', 'messages', 'checks', 'signals', 'orders', 'positionsOpen', 'trades'],
      ...['realizedPnl', 'equity', 'errors', 'quoteAsset'],
    ]);
    const db = new Database(join(dataDir, 'sim.db'), { readonly: true });
    const reasons = db.prepare('SELECT DISTINCT reason FROM trades').pluck().all();
    const pnl = db.prepare('SELECT pnl FROM trades').pluck().all().map(Number);
    db.close();
    expect(reasons).toEqual(expect.arrayContaining(['stop', 'target']));
    expect(Math.max(...pnl)).toBeGreaterThan(0);
    expect(Math.min(...pnl)).toBeLessThan(0);
    expect(summary['trades']).toBe(pnl.length);
    expect(Number(summary['realizedPnl'])).toBeCloseTo(
      pnl.reduce((sum, each) => sum + each, 0),
      6,
    );
  });

  it('runs the same way each time, to the last byte of the audit log', async () => {
    const [one, other] = await Promise.all([play(emptyFolder()), play(emptyFolder())]);
    expect(one.audit.length).toBeGreaterThan(50);
    expect(one.audit).toEqual(other.audit);
  });

  it.skipIf(!existsSync(CAPTURE))('plays a recorded market to its end', async () => {
    const { summary } = await play(emptyFolder(), ['--speed', 'max', '--tape', CAPTURE]);
    expect(summary).toMatchObject({ symbols: 1, errors: 0 });
    expect(summary['messages']).toBeGreaterThan(80_000);
    expect(summary['checks']).toBeGreaterThan(0);
  });

  it('trades candles quoted in BTC with an account in BTC, with fresh prices throughout, and ends with the tape', async () => {
    const dataDir = emptyFolder();
    const tape = await candles(dataDir, 'ETH_BTC-5m-201801.csv', { minutes: 5, rows: 60 });
    const run = await runProgram(['--sim', ...LINES, '--data-dir', dataDir, '--speed', 'max', '--tape', tape]);
    expect(run.exitCode).toBe(0);
    const summary = JSON.parse(run.stdout) as Record<string, unknown>;
    expect(summary).toMatchObject({ symbols: 1, quoteAsset: 'BTC', errors: 0 });
    expect(Math.abs(Number(summary['equity']) - 1)).toBeLessThan(0.05);
    expect(run.stderr).toMatch(/the account is kept in BTC: 1 BTC, entries of 0.01 BTC/);
    expect(run.stderr).toMatch(/the tape, UTC: ETHBTC \(2018-01-10 05:00 to 2018-01-10 10:00\)/);
    expect(run.stderr).toMatch(/stopping: the tape has ended at 2018-01-10 10:00 UTC/);
    expect(run.stderr).not.toMatch(/is stale|is heard again|PRICE_/);
  });

  it.skipIf(!existsSync(BARS))('plays recorded candles of five symbols, with fresh prices throughout', async () => {
    const tapes = ['ADA', 'ETC', 'ETH', 'LTC', 'XMR'].map((base) => join(BARS, `${base}_BTC-5m-201801.json`));
    const dataDir = emptyFolder();
    const args = ['--data-dir', dataDir, '--speed', 'max', '--for', '2h', '--tape', ...tapes];
    const run = await runProgram(['--sim', ...LINES, ...args]);
    expect(JSON.parse(run.stdout)).toMatchObject({ symbols: 5, quoteAsset: 'BTC', errors: 0 });
    expect(run.stderr).toMatch(/opened ETHBTC/);
    expect(run.stderr).not.toMatch(/is stale|is heard again|PRICE_/);
  });

  it('leaves out what the account cannot trade, and says what to do', async () => {
    const dataDir = emptyFolder();
    const tapes = await Promise.all([
      candles(dataDir, 'ETH_BTC-5m.csv', { minutes: 5, rows: 4 }),
      candles(dataDir, 'LTC_BTC-5m.csv', { minutes: 5, rows: 4 }),
      candles(dataDir, 'btc-perp-1m.csv', { minutes: 1, rows: 9 }),
    ]);
    const run = (env: Record<string, string>) =>
      runProgram(['--sim', ...LINES, '--data-dir', dataDir, '--speed', 'max', '--tape', ...tapes], env);
    const inBtc = await run({});
    expect(JSON.parse(inBtc.stdout)).toMatchObject({ quoteAsset: 'BTC', equity: '1' });
    expect(inBtc.stderr).toMatch(/left out: BTCUSDT is quoted in USDT; QUOTE_ASSET=USDT trades it/);
    const inDollars = await run({ QUOTE_ASSET: 'USDT' });
    expect(JSON.parse(inDollars.stdout)).toMatchObject({ symbols: 1, quoteAsset: 'USDT' });
    expect(inDollars.stderr).toMatch(/the account is kept in USDT: 10000 USDT/);
    expect(inDollars.stderr).toMatch(/left out: ETHBTC is quoted in BTC/);
  });

  it('refuses a capture of another venue by its name, and says what it is', async () => {
    const dataDir = emptyFolder();
    const path = join(dataDir, 'okx.txt');
    await writeFile(path, 'wss://ws.okx.com:8443/ws/v5/public <-> 1652459224.5\n1652459225.5: {"event":"subscribe"}\n');
    const run = await runProgram(['--sim', ...LINES, '--data-dir', dataDir, '--tape', path]);
    expect([run.exitCode, run.stdout]).toEqual([2, '']);
    expect(run.stderr).toMatch(/okx\.txt cannot be played: it was recorded at ws\.okx\.com:8443, not at Binance/);
  });

  it('ends with the signal that it was sent, and goes on with the account when it is to be kept', async () => {
    const dataDir = emptyFolder();
    const first = startProgram(['--sim', '--no-tui', '--symbols', '5', '--data-dir', dataDir]);
    await first.sees(/"msg":"opened/);
    first.process.kill('SIGINT');
    const ended = await first.ended;
    expect(ended.exitCode).toBe(130);
    expect(ended.stderr).toMatch(/stays open/);
    const second = startProgram(['--sim', '--keep', '--no-tui', '--symbols', '5', '--data-dir', dataDir]);
    await second.sees(/"msg":"ready/);
    const db = new Database(join(dataDir, 'sim.db'), { readonly: true });
    const open = db.prepare("SELECT count(*) FROM positions WHERE status = 'open'").pluck().get();
    db.close();
    expect(open).toBeGreaterThan(0);
    second.process.kill('SIGTERM');
    expect((await second.ended).exitCode).toBe(143);
  });
});
