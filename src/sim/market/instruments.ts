import { decimal, Decimal, money, price, quantity } from '../../domain/decimal.ts';
import type { Money } from '../../domain/decimal.ts';
import { asId } from '../../domain/ids.ts';
import type { VenueSymbol } from '../../domain/ids.ts';
import type { ExchangeRules, FuturesTerms, Instrument, LeverageBracket, Market } from '../../domain/instrument.ts';
import { HOUR_MS } from '../../domain/time.ts';

/** What an instrument of the simulated exchange is made of; figures as decimal texts. */
export interface InstrumentSpec {
  readonly market: Market;
  readonly symbol: string;
  readonly base: string;
  readonly quote: string;
  readonly tick: string;
  readonly step: string;
  readonly minNotional: string;
  /** Around which the symbol trades: bounds of prices and quantities are made to fit it. */
  readonly referencePrice: number;
  readonly maxLeverage: number;
  readonly fundingIntervalHours: number;
  readonly listedAt: number;
}

/** Largest leverage, maintenance margin rate and upper end (quote units) of the brackets of a large symbol. */
const BRACKETS: readonly (readonly [number, string, number])[] = [
  [125, '0.004', 300_000],
  [100, '0.005', 800_000],
  [75, '0.0065', 3_000_000],
  [50, '0.01', 12_000_000],
  [20, '0.025', 70_000_000],
  [10, '0.05', 100_000_000],
  [5, '0.1', 230_000_000],
  [4, '0.125', 480_000_000],
  [3, '0.15', 600_000_000],
  [2, '0.25', 800_000_000],
  [1, '0.5', 1_200_000_000],
];

/** Smaller symbols begin lower in the table and reach each leverage with less: caps shrink with the square of it. */
function leverageBrackets(maxLeverage: number): LeverageBracket[] {
  const shrink = Math.pow(maxLeverage / 125, 2);
  const rows = BRACKETS.filter(([leverage]) => leverage <= maxLeverage);
  const brackets: LeverageBracket[] = [];
  let floor = new Decimal(0);
  for (const [leverage, rateText, cap] of rows) {
    const before = brackets.at(-1);
    const rate = decimal(rateText);
    const step = before === undefined ? new Decimal(0) : floor.times(rate.minus(before.maintenanceMarginRate));
    const notionalCap = new Decimal(Math.round((cap * shrink) / 5_000) * 5_000);
    brackets.push({
      notionalFloor: floor as Money,
      notionalCap: notionalCap as Money,
      maxLeverage: leverage,
      maintenanceMarginRate: rate,
      maintenanceAmount: step.plus(before?.maintenanceAmount ?? 0) as Money,
    });
    floor = notionalCap;
  }
  return brackets;
}

function futuresTerms(spec: InstrumentSpec): FuturesTerms {
  return {
    kind: 'perpetual',
    marginAsset: spec.quote,
    leverageBrackets: leverageBrackets(spec.maxLeverage),
    fundingIntervalMs: spec.fundingIntervalHours * HOUR_MS,
  };
}

/** Ten to the power at which `value` quote units of the symbol are bought, at least 1. */
function roundQuantity(spec: InstrumentSpec, value: number): string {
  return decimal(String(10 ** Math.max(0, Math.round(Math.log10(value / spec.referencePrice))))).toFixed();
}

function priceBounds(spec: InstrumentSpec): ExchangeRules['price'] {
  const largest = 10 ** (Math.ceil(Math.log10(spec.referencePrice)) + 2);
  return { min: price(spec.tick), max: price(new Decimal(largest)) };
}

function spotRules(spec: InstrumentSpec): ExchangeRules {
  const step = quantity(spec.step);
  return {
    tick: price(spec.tick),
    price: priceBounds(spec),
    step,
    quantity: { min: step, max: quantity(roundQuantity(spec, 1e9)) },
    marketStep: null,
    marketQuantity: { min: null, max: quantity(roundQuantity(spec, 1e7)) },
    notional: { min: money(spec.minNotional), max: money('9000000') },
    notionalAppliesToMarket: { min: true, max: false },
    percentPrice: {
      bidMultiplierUp: decimal('5'),
      bidMultiplierDown: decimal('0.2'),
      askMultiplierUp: decimal('5'),
      askMultiplierDown: decimal('0.2'),
    },
    trailingDelta: { minAboveBps: 10, maxAboveBps: 2000, minBelowBps: 10, maxBelowBps: 2000 },
    maxOrders: 200,
    maxAlgoOrders: 5,
  };
}

function futuresRules(spec: InstrumentSpec): ExchangeRules {
  const step = quantity(spec.step);
  const reach = spec.maxLeverage >= 100 ? '0.05' : '0.15';
  const up = decimal(reach).plus(1);
  const down = new Decimal(1).minus(reach);
  return {
    tick: price(spec.tick),
    price: priceBounds(spec),
    step,
    quantity: { min: step, max: quantity(roundQuantity(spec, 1e8)) },
    marketStep: step,
    marketQuantity: { min: step, max: quantity(roundQuantity(spec, 1e7)) },
    notional: { min: money(spec.minNotional), max: null },
    notionalAppliesToMarket: { min: true, max: false },
    percentPrice: { bidMultiplierUp: up, bidMultiplierDown: down, askMultiplierUp: up, askMultiplierDown: down },
    trailingDelta: { minAboveBps: 10, maxAboveBps: 1000, minBelowBps: 10, maxBelowBps: 1000 },
    maxOrders: 200,
    maxAlgoOrders: 100,
  };
}

/** An instrument of the simulated exchange with rules of the form and size that the real one has. */
export function simulatedInstrument(spec: InstrumentSpec): Instrument {
  return {
    venue: 'binance',
    market: spec.market,
    symbol: asId<VenueSymbol>(spec.symbol),
    base: spec.base,
    quote: spec.quote,
    status: 'trading',
    rules: spec.market === 'spot' ? spotRules(spec) : futuresRules(spec),
    futures: spec.market === 'futures' ? futuresTerms(spec) : null,
    listedAt: spec.listedAt,
  };
}
