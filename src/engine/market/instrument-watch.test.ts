import { describe, expect, it } from 'vitest';

import { price } from '../../domain/decimal.ts';
import { asId } from '../../domain/ids.ts';
import type { Instrument } from '../../domain/instrument.ts';
import { HOUR_MS, MINUTE_MS } from '../../domain/time.ts';
import { exchangeRules, instrument } from '../../testkit/builders/instruments.ts';
import { createFakeClock } from '../../testkit/fake-clock.ts';
import { silentLogger } from '../../testkit/silent-logger.ts';
import { InstrumentWatch } from './instrument-watch.ts';

const BTC = instrument();
const ETH = instrument({ symbol: asId('ETHUSDT'), base: 'ETH' });

function setUp() {
  const clock = createFakeClock();
  const venue = { instruments: [BTC, ETH] as readonly Instrument[], isDown: false, reads: 0 };
  const changes: string[] = [];
  const watch = new InstrumentWatch({
    feed: {
      async instruments() {
        venue.reads += 1;
        if (venue.isDown) throw new Error('down');
        return venue.instruments;
      },
    },
    clock,
    logger: silentLogger,
    onChanged: (now, before) =>
      changes.push(`${now.symbol} ${before.status} -> ${now.status} ${now.rules.tick.toFixed()}`),
  });
  return { clock, venue, changes, watch };
}

describe('the watch over instruments', () => {
  it('reads them every hour and tells those that changed, also those that are gone, once', async () => {
    const { clock, venue, changes, watch } = setUp();
    await watch.start();
    await clock.advance(HOUR_MS);
    expect(changes).toEqual([]);
    venue.instruments = [{ ...BTC, status: 'halted', rules: exchangeRules({ tick: price('0.1') }) }];
    await clock.advance(3 * HOUR_MS);
    expect(changes).toEqual(['BTCUSDT trading -> halted 0.1', 'ETHUSDT trading -> delisted 0.01']);
    expect(watch.instruments.get(ETH.symbol)?.status).toBe('delisted');
    expect(venue.reads).toBe(5);
  });

  it('reads them before long when an order was refused, but not more than once a minute', async () => {
    const { clock, venue, watch } = setUp();
    await watch.start();
    for (let refusal = 0; refusal < 100; refusal += 1) {
      watch.orderRefused(-2010);
      watch.orderRefused(-1111);
      await clock.advance(1_000);
    }
    expect(venue.reads).toBe(2);
    await clock.advance(MINUTE_MS);
    expect(venue.reads).toBe(3);
  });

  it('reads them before long when an order was refused as its symbol does not trade any more', async () => {
    for (const code of [-1121, -1122, -4108, -4140]) {
      const { clock, venue, watch } = setUp();
      await watch.start();
      await clock.advance(2 * MINUTE_MS);
      watch.orderRefused(code);
      await clock.advance(1_000);
      expect(venue.reads).toBe(2);
    }
  });

  it('keeps what it knows while the venue does not answer, and tries again', async () => {
    const { clock, venue, changes, watch } = setUp();
    await watch.start();
    venue.isDown = true;
    await clock.advance(HOUR_MS + 10 * MINUTE_MS);
    expect(watch.instruments.get(BTC.symbol)).toBe(BTC);
    venue.isDown = false;
    venue.instruments = [{ ...BTC, status: 'halted' }, ETH];
    await clock.advance(MINUTE_MS);
    expect(changes).toEqual(['BTCUSDT trading -> halted 0.01']);
    watch.stop();
    expect(clock.pendingTimers()).toBe(0);
  });
});
