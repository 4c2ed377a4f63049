import type { Decimal, DecimalInput } from '../../domain/decimal.ts';
import { decimal, money, price, quantity } from '../../domain/decimal.ts';
import type { ExchangeRules, Instrument, Market } from '../../domain/instrument.ts';
import { simulatedInstrument } from '../market/instruments.ts';

/** One of the `filters` of a symbol: texts and numbers by name. */
type Filter = Readonly<Record<string, unknown>>;

/** A symbol's entry in an exchangeInfo answer, as far as it is used. */
interface SymbolEntry {
  readonly symbol: string;
  readonly baseAsset: string;
  readonly quoteAsset: string;
  readonly contractType?: string;
  readonly filters: readonly Filter[];
}

const TEXTS = ['symbol', 'baseAsset', 'quoteAsset'] as const;

function isEntry(value: unknown): value is SymbolEntry {
  if (typeof value !== 'object' || value === null) return false;
  const entry = value as Partial<SymbolEntry>;
  return TEXTS.every((name) => typeof entry[name] === 'string') && Array.isArray(entry.filters);
}

/** Reads one filter; what it lacks, or what is no decimal, is null. Binance writes "no bound" as 0. */
class FilterReader {
  readonly #filter: Filter | undefined;

  constructor(filters: readonly Filter[], ...types: readonly string[]) {
    this.#filter = filters.find((filter) => types.some((type) => filter['filterType'] === type));
  }

  number(name: string): number | null {
    const value = Number(this.#filter?.[name] ?? NaN);
    return Number.isFinite(value) ? value : null;
  }

  flag(name: string): boolean {
    return this.#filter?.[name] === true;
  }

  /** A figure above zero. */
  figure<Unit extends Decimal>(name: string, unit: (input: DecimalInput) => Unit): Unit | null {
    const text = this.#filter?.[name];
    if (typeof text !== 'string' || !/^\d+(\.\d+)?$/.test(text) || Number(text) === 0) return null;
    return unit(text);
  }
}

function rulesOf(filters: readonly Filter[], usual: ExchangeRules): ExchangeRules {
  const at = (...types: readonly string[]) => new FilterReader(filters, ...types);
  const prices = at('PRICE_FILTER');
  const lots = at('LOT_SIZE');
  const marketLots = at('MARKET_LOT_SIZE');
  const notional = at('NOTIONAL', 'MIN_NOTIONAL');
  const bySide = at('PERCENT_PRICE_BY_SIDE');
  const both = at('PERCENT_PRICE');
  const multiplier = (side: 'bid' | 'ask', way: 'Up' | 'Down'): Decimal | null =>
    bySide.figure(`${side}Multiplier${way}`, decimal) ?? both.figure(`multiplier${way}`, decimal);
  const [bidUp, bidDown, askUp, askDown] = [
    ...[multiplier('bid', 'Up'), multiplier('bid', 'Down')],
    ...[multiplier('ask', 'Up'), multiplier('ask', 'Down')],
  ] as const;
  return {
    ...usual,
    tick: prices.figure('tickSize', price) ?? usual.tick,
    price: { min: prices.figure('minPrice', price), max: prices.figure('maxPrice', price) },
    step: lots.figure('stepSize', quantity) ?? usual.step,
    quantity: { min: lots.figure('minQty', quantity), max: lots.figure('maxQty', quantity) },
    marketStep: marketLots.figure('stepSize', quantity),
    marketQuantity: { min: marketLots.figure('minQty', quantity), max: marketLots.figure('maxQty', quantity) },
    notional: {
      min: notional.figure('minNotional', money) ?? notional.figure('notional', money),
      max: notional.figure('maxNotional', money),
    },
    notionalAppliesToMarket: {
      min: usual.notionalAppliesToMarket.min || notional.flag('applyMinToMarket') || notional.flag('applyToMarket'),
      max: notional.flag('applyMaxToMarket'),
    },
    percentPrice:
      bidUp === null || bidDown === null || askUp === null || askDown === null
        ? null
        : {
            ...{ bidMultiplierUp: bidUp, bidMultiplierDown: bidDown },
            ...{ askMultiplierUp: askUp, askMultiplierDown: askDown },
          },
    maxOrders: at('MAX_NUM_ORDERS').number('maxNumOrders') ?? at('MAX_NUM_ORDERS').number('limit') ?? usual.maxOrders,
    maxAlgoOrders:
      at('MAX_NUM_ALGO_ORDERS').number('maxNumAlgoOrders') ??
      at('MAX_NUM_ALGO_ORDERS').number('limit') ??
      usual.maxAlgoOrders,
  };
}

/** The market that a symbol's entry belongs to. */
export function marketOfEntry(entry: unknown): Market {
  return typeof (entry as Partial<SymbolEntry> | null)?.contractType === 'string' ? 'futures' : 'spot';
}

/**
 * The instrument that an entry of a recorded exchangeInfo answer describes, as one that trades: the tape shows that it
 * did. What the answer does not say (leverage brackets, funding interval) is as on the synthetic market.
 * @returns null when the entry has another form than the venue's
 */
export function recordedInstrument(entry: unknown, referencePrice: number): Instrument | null {
  if (!isEntry(entry)) return null;
  const market = marketOfEntry(entry);
  const lots = new FilterReader(entry.filters, 'LOT_SIZE').figure('stepSize', quantity);
  const prices = new FilterReader(entry.filters, 'PRICE_FILTER').figure('tickSize', price);
  if (lots === null || prices === null) return null;
  const usual = simulatedInstrument({
    ...{ market, symbol: entry.symbol, base: entry.baseAsset, quote: entry.quoteAsset },
    ...{ tick: prices.toFixed(), step: lots.toFixed(), minNotional: '5' },
    ...{ referencePrice, maxLeverage: 75, fundingIntervalHours: 8, listedAt: 0 },
  });
  return { ...usual, rules: rulesOf(entry.filters, usual.rules) };
}
