import { decimal } from '../../domain/decimal.ts';
import type { Money, Quantity } from '../../domain/decimal.ts';
import type { Instrument } from '../../domain/instrument.ts';
import type { Broker } from '../../ports/broker.ts';
import type { MarketSink } from '../../ports/market-feed.ts';
import { instrument } from '../builders/instruments.ts';
import type { FakeClock } from '../fake-clock.ts';
import type { BrokerHarness } from './harness.ts';

/** BTCUSDT on USD-M futures: one bracket of at most 100 times, 0.5 % maintenance margin, funding every eight hours. */
export function futuresInstrument(fields: Partial<Instrument> = {}): Instrument {
  const bracket = {
    notionalFloor: decimal('0') as Money,
    notionalCap: decimal('1000000') as Money,
    maxLeverage: 100,
    maintenanceMarginRate: decimal('0.005'),
    maintenanceAmount: decimal('0') as Money,
  };
  return instrument({
    market: 'futures',
    futures: { kind: 'perpetual', marginAsset: 'USDT', leverageBrackets: [bracket], fundingIntervalMs: 8 * 3_600_000 },
    ...fields,
  });
}

/** A harness around a broker that is fed with prices in this process and lives by a fake clock: trades around 100. */
export function marketHarness(parts: {
  readonly broker: Broker;
  readonly market: Pick<MarketSink, 'trade' | 'quote' | 'mark'>;
  readonly clock: FakeClock;
  readonly instance: string;
  readonly instrument: Instrument;
}): BrokerHarness {
  const { broker, market, clock, instance } = parts;
  const { symbol } = parts.instrument;
  let lastTradeId = 0;
  return {
    broker,
    instance,
    instrument: parts.instrument,
    basePrice: decimal('100'),
    unit: decimal('0.5') as Quantity,
    takerRate: decimal('0.001'),
    quote: async (quote) => market.quote({ symbol, ...quote, time: clock.now() }),
    trade: async (trade) => {
      lastTradeId += 1;
      const time = clock.now();
      market.trade({ symbol, ...trade, trades: 1, venueTradeId: lastTradeId, time });
      if (parts.instrument.market === 'futures') market.mark({ symbol, price: trade.price, fundingRate: NaN, time });
    },
    passTime: (ms) => clock.advance(ms),
    dispose: () => broker.close(),
  };
}
