import type { Exchange, MarketInterface } from 'ccxt';

import { Decimal, decimal, price, quantity } from '../../../domain/decimal.ts';
import type { Money, Price, Quantity } from '../../../domain/decimal.ts';
import { describeFailure } from '../../../domain/errors.ts';
import { asId } from '../../../domain/ids.ts';
import type { VenueSymbol } from '../../../domain/ids.ts';
import type { ExchangeRules, FuturesTerms, Instrument, Market } from '../../../domain/instrument.ts';
import { HOUR_MS } from '../../../domain/time.ts';

/** A symbol of the venue under both of its names. */
export interface KnownSymbol {
  readonly symbol: VenueSymbol;
  /** ccxt's name for it: `BTC/USDT:USDT`. */
  readonly unified: string;
  /** Base units in one of the venue's contracts; 1 where amounts are base units. */
  readonly contractSize: number;
  readonly instrument: Instrument;
}

export interface VenueSymbols {
  readonly known: readonly KnownSymbol[];
  /** Symbols that could not be read, with the reason. They are left out. */
  readonly unreadable: readonly string[];
}

/** Most venues pay every eight hours; ccxt tells the interval with the funding rate alone. */
const USUAL_FUNDING_MS = 8 * HOUR_MS;
/** ccxt's `DECIMAL_PLACES` and `TICK_SIZE`: how a market's precision is to be read. */
const DECIMAL_PLACES = 2;
const TICK_SIZE = 4;

/**
 * The symbols of a market that ccxt has loaded: of spot all pairs, of futures those that are settled in the quote asset.
 * Outside they bear the venue's id; where that is a bare number (Hyperliquid), base and quote in one word.
 */
export function readSymbols(exchange: Exchange, market: Market): VenueSymbols {
  const known = new Map<string, KnownSymbol>();
  const unreadable: string[] = [];
  const terms = { venue: exchange.id, market, precisionMode: exchange.precisionMode ?? TICK_SIZE };
  for (const found of Object.values((exchange.markets ?? {}) as Readonly<Record<string, MarketInterface>>)) {
    if (!isOf(found, market)) continue;
    try {
      const one = readSymbol(found, terms);
      if (known.has(one.symbol)) throw new TypeError(`its name is taken by ${known.get(one.symbol)?.unified}`);
      known.set(one.symbol, one);
    } catch (error) {
      unreadable.push(`${String(found.symbol)}: ${describeFailure(error)}`);
    }
  }
  return { known: [...known.values()], unreadable };
}

function isOf(found: MarketInterface, market: Market): boolean {
  if (market === 'spot') return found.spot === true;
  return found.linear === true && (found.swap === true || found.future === true);
}

interface Terms {
  readonly venue: string;
  readonly market: Market;
  readonly precisionMode: number;
}

function readSymbol(found: MarketInterface, { venue, market, precisionMode }: Terms): KnownSymbol {
  const { id, symbol: unified, base, quote } = found;
  if (id === undefined || unified === undefined || base === undefined || quote === undefined) {
    throw new TypeError('it lacks an id, a name or an asset');
  }
  const contractSize = market === 'spot' ? 1 : (found.contractSize ?? 1);
  const symbol = asId<VenueSymbol>(/^\d+$/.test(id) ? `${base}${quote}` : id);
  const instrument: Instrument = {
    ...{ venue, market, symbol, base, quote },
    status: found.active === false ? 'halted' : 'trading',
    rules: rulesOf(found, { contractSize, precisionMode }),
    futures: market === 'spot' ? null : futuresTermsOf(found, quote),
    listedAt: found.created ?? null,
  };
  return { symbol, unified, contractSize, instrument };
}

function futuresTermsOf(found: MarketInterface, quote: string): FuturesTerms {
  return {
    kind: found.swap === true ? 'perpetual' : 'delivery',
    marginAsset: found.settle ?? quote,
    leverageBrackets: [],
    fundingIntervalMs: USUAL_FUNDING_MS,
  };
}

/** A float of ccxt, which it read from the venue's decimal, as that decimal. */
function plain(value: number): string {
  return new Decimal(value).toFixed();
}

/** A step from ccxt's precision. @throws TypeError when there is none */
function stepOf(value: number | undefined, precisionMode: number, what: string): string {
  if (value === undefined || !Number.isFinite(value)) throw new TypeError(`it has no ${what}`);
  if (precisionMode === TICK_SIZE) {
    if (value <= 0) throw new TypeError(`its ${what} is ${value}`);
    return plain(value);
  }
  if (precisionMode === DECIMAL_PLACES) return new Decimal(10).pow(-value).toFixed();
  throw new TypeError(`its ${what} is told in significant digits`);
}

/** A bound times the contract's size; null where the venue has none. */
function bound(value: number | undefined, factor = 1): Decimal | null {
  return value === undefined || !(value > 0) ? null : decimal(plain(value)).times(factor);
}

function rulesOf(
  found: MarketInterface,
  { contractSize, precisionMode }: { readonly contractSize: number; readonly precisionMode: number },
): ExchangeRules {
  const { limits, precision } = found;
  const steps = stepOf(precision.amount, precisionMode, 'step');
  const amounts = limits?.amount;
  const marketAmounts = (limits as { readonly market?: { readonly min?: number; readonly max?: number } } | undefined)
    ?.market;
  return {
    tick: price(stepOf(precision.price, precisionMode, 'tick')),
    price: { min: bound(limits?.price?.min) as Price | null, max: bound(limits?.price?.max) as Price | null },
    step: quantity(decimal(steps).times(contractSize).toFixed()),
    quantity: {
      min: bound(amounts?.min, contractSize) as Quantity | null,
      max: bound(amounts?.max, contractSize) as Quantity | null,
    },
    marketStep: null,
    marketQuantity: {
      min: bound(marketAmounts?.min, contractSize) as Quantity | null,
      max: bound(marketAmounts?.max, contractSize) as Quantity | null,
    },
    notional: { min: bound(limits?.cost?.min) as Money | null, max: bound(limits?.cost?.max) as Money | null },
    notionalAppliesToMarket: { min: true, max: false },
    percentPrice: null,
    trailingDelta: null,
    maxOrders: null,
    maxAlgoOrders: null,
  };
}
