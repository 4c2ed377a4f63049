import { decimal } from '../../domain/decimal.ts';
import type { Money, Price, Quantity } from '../../domain/decimal.ts';
import { asId } from '../../domain/ids.ts';
import type { VenueSymbol } from '../../domain/ids.ts';
import type { ExchangeRules, FuturesTerms, Instrument, LeverageBracket } from '../../domain/instrument.ts';
import type { OrderSide } from '../../domain/order/order.ts';
import { atoms } from '../../matching/atoms.ts';
import { Venue } from '../../matching/venue.ts';
import type { FeeTerms, OrderRequest, Trigger, VenueEvent, VenueOptions } from '../../matching/venue-types.ts';

/** 2026-01-01T00:00:00Z. */
export const START_MS = 1_767_225_600_000;

/** Rules that let everything on the grid through. */
const OPEN_RULES: ExchangeRules = {
  tick: decimal('0.01') as Price,
  price: { min: null, max: null },
  step: decimal('0.001') as Quantity,
  quantity: { min: null, max: null },
  marketStep: null,
  marketQuantity: { min: null, max: null },
  notional: { min: null, max: null },
  notionalAppliesToMarket: { min: false, max: false },
  percentPrice: null,
  trailingDelta: null,
  maxOrders: null,
  maxAlgoOrders: null,
};

/** BTCUSDT by default; other parts by name. */
export function spotInstrument(change: Partial<Instrument> = {}, rules: Partial<ExchangeRules> = {}): Instrument {
  return {
    venue: 'binance',
    market: 'spot',
    symbol: asId<VenueSymbol>('BTCUSDT'),
    base: 'BTC',
    quote: 'USDT',
    status: 'trading',
    rules: { ...OPEN_RULES, ...rules },
    futures: null,
    listedAt: null,
    ...change,
  };
}

function bracket([floor, cap, maxLeverage, rate, amount]: readonly [
  string,
  string,
  number,
  string,
  string,
]): LeverageBracket {
  return {
    notionalFloor: decimal(floor) as Money,
    notionalCap: decimal(cap) as Money,
    maxLeverage,
    maintenanceMarginRate: decimal(rate),
    maintenanceAmount: decimal(amount) as Money,
  };
}

/** Two brackets, continuous at 50,000; funding every 8 hours. */
export const FUTURES_TERMS: FuturesTerms = {
  kind: 'perpetual',
  marginAsset: 'USDT',
  leverageBrackets: [bracket(['0', '50000', 125, '0.004', '0']), bracket(['50000', '1000000', 50, '0.01', '300'])],
  fundingIntervalMs: 8 * 3_600_000,
};

export function futuresInstrument(change: Partial<Instrument> = {}, rules: Partial<ExchangeRules> = {}): Instrument {
  return spotInstrument({ market: 'futures', futures: FUTURES_TERMS, ...change }, rules);
}

export const NO_FEES: FeeTerms = { makerRate: 0n, takerRate: 0n, feeToken: null };

/** A venue with its instruments listed, and everything it told. */
export interface TestVenue {
  readonly venue: Venue;
  readonly events: VenueEvent[];
}

export function testVenue(instruments: readonly Instrument[], options: Partial<VenueOptions> = {}): TestVenue {
  const events: VenueEvent[] = [];
  const [first] = instruments;
  const market = first?.market ?? 'spot';
  const venue = new Venue({ market, startMs: START_MS, onEvent: (event) => events.push(event), ...options });
  for (const instrument of instruments) venue.list({ instrument, liquidationFeeRate: atoms('0.0125') });
  return { venue, events };
}

/** The parts of an order in text; what is left out is plain. */
export interface OrderParts {
  readonly accountId?: string;
  readonly symbol?: string;
  readonly clientOrderId?: string;
  readonly quantity?: string;
  readonly quoteQuantity?: string;
  readonly price?: string;
  readonly timeInForce?: 'GTC' | 'IOC' | 'FOK';
  readonly postOnly?: boolean;
  readonly trigger?: Trigger;
  readonly positionSide?: OrderRequest['positionSide'];
  readonly reduceOnly?: boolean;
  readonly selfTradePrevention?: OrderRequest['selfTradePrevention'];
}

let orderNumber = 0;

/** A request of account `a` in BTCUSDT: a market order, or a limit order when a price is given. */
export function order(side: OrderSide, parts: OrderParts): OrderRequest {
  orderNumber += 1;
  const { price, timeInForce = 'GTC', postOnly = false } = parts;
  return {
    accountId: parts.accountId ?? 'a',
    symbol: parts.symbol ?? 'BTCUSDT',
    clientOrderId: parts.clientOrderId ?? `order-${orderNumber}`,
    side,
    size: sizeOf(parts),
    execution: price === undefined ? { type: 'market' } : { type: 'limit', price: atoms(price), timeInForce, postOnly },
    trigger: parts.trigger ?? null,
    positionSide: parts.positionSide ?? 'both',
    reduceOnly: parts.reduceOnly ?? false,
    selfTradePrevention: parts.selfTradePrevention ?? 'none',
  };
}

function sizeOf({ quantity, quoteQuantity }: OrderParts): OrderRequest['size'] {
  if (quantity !== undefined) return { type: 'quantity', quantity: atoms(quantity) };
  return quoteQuantity === undefined ? { type: 'position' } : { type: 'quote', quoteQuantity: atoms(quoteQuantity) };
}
