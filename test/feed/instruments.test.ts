import { describe, expect, it } from 'vitest';

import type { Market } from '../../src/domain/instrument.ts';
import { topSymbols } from '../../src/domain/symbol-choice.ts';
import { MINUTE_MS } from '../../src/domain/time.ts';
import { InstrumentWatch } from '../../src/engine/market/instrument-watch.ts';
import { silentLogger } from '../../src/testkit/silent-logger.ts';
import { openVenue } from './simulated-venue.ts';

const MARKETS: readonly Market[] = ['spot', 'futures'];

describe.each(MARKETS)('the instruments of %s', (market) => {
  it('are read again after an order was refused, and show a symbol that rests and a tick that changed', async () => {
    const { feed, clock, advance, fault, until, close } = await openVenue(market);
    const changes: string[] = [];
    const watch = new InstrumentWatch({
      ...{ feed, clock, logger: silentLogger },
      onChanged: ({ symbol, status, rules }) => changes.push(`${symbol} ${status} ${rules.tick.toFixed()}`),
    });
    await watch.start();
    fault([
      { kind: 'symbol_status', market, symbol: 'ETHUSDT', status: 'halted' },
      { kind: 'tick_size', market, symbol: 'BTCUSDT', tick: '0.5' },
    ]);
    await advance(MINUTE_MS);
    expect(changes).toEqual([]);
    watch.orderRefused(-1111);
    await until(() => changes.length === 2, 5 * MINUTE_MS);
    expect(changes[0]).toMatch(/^BTCUSDT trading 0\.5$/);
    expect(changes[1]).toMatch(/^ETHUSDT halted /);
    watch.stop();
    await close();
  });

  it('and the 24 h figures choose the most traded symbols, of which those that rest are none', async () => {
    const { feed, fault, advance, close } = await openVenue(market, { symbols: 8 });
    await advance(2_000);
    const choose = async () =>
      topSymbols(await feed.instruments(), await feed.tickers(), {
        ...{ count: 5, quoteAsset: 'USDT', excluded: new Set<never>() },
      });
    const { symbols } = await choose();
    expect(symbols).toHaveLength(5);
    const [first] = symbols;
    fault([{ kind: 'symbol_status', market, symbol: first, status: 'halted' }]);
    const after = await choose();
    expect(after.symbols.slice(0, 4)).toEqual(symbols.slice(1));
    expect(after.symbols).not.toContain(first);
    await close();
  });
});
