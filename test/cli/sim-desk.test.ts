import { existsSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { describe, expect, it } from 'vitest';

import { emptyFolder, runProgram, startProgram } from './run-program.ts';

/** The first hour of the market that `aitrader --sim` begins with. */
const FIRST_HOUR = ['--speed', 'max', '--for', '1h'];
/** Not part of the repository: without it the test that plays it is skipped. */
const CAPTURE = join(import.meta.dirname, '../../../shared/data/captures/binance-usdm-btcusdt-20240808.gz');

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

describe('aitrader --sim', () => {
  it('finds signals, opens positions, and closes one by its target and one by its stop within an hour', async () => {
    const dataDir = emptyFolder();
    const { summary } = await play(dataDir);
    expect(summary).toMatchObject({ mode: 'local', money: 'sim', symbols: 20, errors: 0 });
    expect(Object.keys(summary)).toEqual([
      ...['mode', 'money', 'uptimeMs', 'symbols', 'messages', 'checks', 'signals', 'orders', 'positionsOpen', 'trades'],
      ...['realizedPnl', 'equity', 'errors'],
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
