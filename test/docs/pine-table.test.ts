import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';

import { asId } from '../../src/domain/ids.ts';
import type { TraderId, VenueSymbol } from '../../src/domain/ids.ts';
import { MINUTE_MS } from '../../src/domain/time.ts';
import { historyOf, Replay } from '../../src/modes/cli/filter/history/replay.ts';
import type { CandleColumns } from '../../src/ports/filter-sandbox.ts';
import { openSandbox } from '../filters/filter-trader.ts';

const TABLE = readFileSync(join(import.meta.dirname, '../../docs/from-pine.md'), 'utf8');
const TRADER = asId<TraderId>('pine');

/** Calls of `ta` in the right column. */
const calls = TABLE.split('\n')
  .filter((line) => line.startsWith('| `'))
  .flatMap((line) => [...(line.split(' | ')[1] ?? '').matchAll(/`(ta\.\w+\([^`]*)`/g)])
  .map(([, call = '']) => call);

function candles(rows: number): CandleColumns {
  const column = (of: (row: number) => number): Float64Array =>
    Float64Array.from({ length: rows }, (_, row) => of(row));
  const price = (row: number): number => 100 + 10 * Math.sin(row / 9) + 3 * Math.cos(row);
  const columns = [
    column((row) => row * 15 * MINUTE_MS),
    column((row) => price(row - 1)),
    column((row) => price(row) + 2),
    column((row) => price(row) - 2),
    column(price),
    ...[1, 2, 3, 4, 5].map((size) => column((row) => size * (10 + (row % 7)))),
  ];
  return { symbol: asId<VenueSymbol>('BTCUSDT'), timeframe: '15m', columns };
}

describe('the table for people who come from Pine', () => {
  it('has calls of ta to try', () => {
    expect(calls.length).toBeGreaterThan(25);
  });

  it('names functions of ta as they are called here', async () => {
    const tries = calls.map((call) => `[${JSON.stringify(call)}, () => ${call}]`);
    const source = `
      export const meta = { name: 'pine', timeframes: ['15m'], lookback: 150, exits: { stopLoss: '2%' } };
      export function check({ open, high, low, close, volume, time }) {
        for (const [call, run] of [${tries.join(', ')}]) {
          const value = run();
          if (value === undefined || value === null) throw new Error(call + ' gives nothing');
        }
        return null;
      }`;
    const sandbox = openSandbox();
    try {
      const loaded = await sandbox.load(TRADER, source, {});
      if (!loaded.ok) throw new Error(loaded.fault.message);
      const { meta } = loaded;
      const replay = new Replay(sandbox, { traderId: TRADER, meta, histories: [historyOf(candles(320), meta)] });
      let checked = 0;
      for await (const { outcome } of replay.checks()) {
        expect(outcome).toMatchObject({ ok: true });
        checked += outcome.ok ? outcome.checked : 0;
      }
      expect(checked).toBeGreaterThan(0);
    } finally {
      await sandbox.close();
    }
  });
});
