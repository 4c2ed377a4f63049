import { money, price, quantity } from '../../domain/decimal.ts';
import { asId } from '../../domain/ids.ts';
import type { ExchangeRules, Instrument } from '../../domain/instrument.ts';

/** Rules of a tick of 0.01, a step of 0.00001 and at least 5 quote units, otherwise without limits. */
export function exchangeRules(fields: Partial<ExchangeRules> = {}): ExchangeRules {
  return {
    tick: price('0.01'),
    price: { min: null, max: null },
    step: quantity('0.00001'),
    quantity: { min: null, max: null },
    marketStep: null,
    marketQuantity: { min: null, max: null },
    notional: { min: money('5'), max: null },
    notionalAppliesToMarket: { min: true, max: true },
    percentPrice: null,
    trailingDelta: null,
    maxOrders: null,
    maxAlgoOrders: null,
    ...fields,
  };
}

/** BTCUSDT on spot under such rules, trading, unless `fields` say otherwise. */
export function instrument(fields: Partial<Instrument> = {}): Instrument {
  return {
    venue: 'binance',
    market: 'spot',
    symbol: asId('BTCUSDT'),
    base: 'BTC',
    quote: 'USDT',
    status: 'trading',
    rules: exchangeRules(),
    futures: null,
    listedAt: null,
    ...fields,
  };
}
