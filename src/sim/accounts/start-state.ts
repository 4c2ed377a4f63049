import type { MarginMode } from '../../domain/position/position.ts';
import type { OrderSide } from '../../domain/order/order.ts';
import { atoms } from '../../matching/atoms.ts';
import type { OrderRequest, Refusal, Trigger } from '../../matching/venue-types.ts';
import type { MarketData } from '../data/market-data.ts';
import { scriptError } from '../script-reader.ts';
import type { SymbolData } from '../data/symbol-data.ts';
import type { Desk } from '../state/desk.ts';

/** Amounts by asset, as decimal texts. */
export type Amounts = Readonly<Record<string, string>>;

/** A limit order that rests when the exchange opens. Amounts and prices are decimal texts. */
export interface StartOrder {
  readonly symbol: string;
  readonly side: OrderSide;
  readonly price: string;
  readonly quantity: string;
  readonly clientOrderId: string;
  /** Futures only. */
  readonly reduceOnly: boolean;
}

export interface StartPosition {
  readonly symbol: string;
  /** Negative for a short. */
  readonly quantity: string;
  readonly entryPrice: string;
  readonly leverage: number;
  readonly marginMode: MarginMode;
}

/** A conditional futures order; without a quantity it closes the whole position. */
export interface StartAlgoOrder {
  readonly symbol: string;
  readonly side: OrderSide;
  readonly kind: Trigger['kind'];
  readonly triggerPrice: string;
  readonly quantity: string | null;
  readonly clientAlgoId: string;
}

/** What an account looks like when the exchange opens. */
export interface StartState {
  readonly spot: { readonly balances: Amounts; readonly orders: readonly StartOrder[] };
  readonly futures: {
    readonly balances: Amounts;
    readonly positions: readonly StartPosition[];
    readonly orders: readonly StartOrder[];
    readonly algoOrders: readonly StartAlgoOrder[];
  };
}

/** An account with these balances on both markets and nothing else; futures hold margin assets only. */
export function plainStart(balances: Amounts, marginAssets: ReadonlySet<string>): StartState {
  const margin = Object.fromEntries(Object.entries(balances).filter(([asset]) => marginAssets.has(asset)));
  return {
    spot: { balances, orders: [] },
    futures: { balances: margin, positions: [], orders: [], algoOrders: [] },
  };
}

interface Opening {
  readonly accountId: string;
  readonly data: MarketData;
  readonly desks: { readonly spot: Desk; readonly futures: Desk };
}

/**
 * Opens an account in this state.
 * @throws AitraderError `USAGE` when something of it is impossible: an unknown symbol, funds that do not suffice
 */
export function openAccount(state: StartState, opening: Opening): void {
  const { accountId, desks } = opening;
  for (const market of ['spot', 'futures'] as const) {
    desks[market].openAccount(accountId);
    for (const [asset, amount] of Object.entries(state[market].balances)) {
      accept(desks[market].venue.deposit(accountId, asset, atoms(amount)), `${amount} ${asset} on ${market}`);
    }
  }
  for (const position of state.futures.positions) openPosition(position, opening);
  checkMargin(opening);
  for (const order of state.spot.orders) placeOrder(order, desks.spot, opening);
  for (const order of state.futures.orders) placeOrder(order, desks.futures, opening);
  for (const order of state.futures.algoOrders) placeAlgoOrder(order, opening);
}

function openPosition(position: StartPosition, { accountId, data, desks }: Opening): void {
  const { symbol, leverage, marginMode } = position;
  const what = `a position of ${position.quantity} ${symbol}`;
  const { venue } = desks.futures;
  desks.futures.follow(find(data, 'futures', symbol));
  accept(venue.setLeverage({ accountId, symbol }, leverage), what);
  if (venue.views.symbolConfig(accountId, symbol).marginMode !== marginMode) {
    accept(venue.setMarginMode({ accountId, symbol }, marginMode), what);
  }
  const quantity = atoms(position.quantity);
  const entryPrice = atoms(position.entryPrice);
  accept(venue.seedPosition({ accountId, symbol, positionSide: 'both', quantity, entryPrice }), what);
}

/** The venue opens positions unseen; an account that could not have opened them would be liquidated at once. */
function checkMargin({ accountId, desks }: Opening): void {
  for (const wallet of desks.futures.venue.views.futuresAccount(accountId).wallets) {
    const { asset, crossWalletBalance, marginBalance, positionInitialMargin } = wallet;
    if (crossWalletBalance >= 0n && positionInitialMargin <= marginBalance) continue;
    throw scriptError(`the start state cannot be: not enough ${asset} for the margin of its positions`);
  }
}

function placeOrder(order: StartOrder, desk: Desk, { accountId, data }: Opening): void {
  const request: OrderRequest = {
    accountId,
    symbol: order.symbol,
    clientOrderId: order.clientOrderId,
    side: order.side,
    size: { type: 'quantity', quantity: atoms(order.quantity) },
    execution: { type: 'limit', price: atoms(order.price), timeInForce: 'GTC', postOnly: false },
    trigger: null,
    positionSide: 'both',
    reduceOnly: order.reduceOnly,
    selfTradePrevention: 'expire_maker',
  };
  accept(desk.placeOrder(find(data, desk.market, order.symbol), request), `order ${order.clientOrderId}`);
}

function placeAlgoOrder(order: StartAlgoOrder, { accountId, data, desks }: Opening): void {
  const request: OrderRequest = {
    accountId,
    symbol: order.symbol,
    clientOrderId: order.clientAlgoId,
    side: order.side,
    size: order.quantity === null ? { type: 'position' } : { type: 'quantity', quantity: atoms(order.quantity) },
    execution: { type: 'market' },
    trigger: { type: 'fixed', kind: order.kind, price: atoms(order.triggerPrice), source: 'last' },
    positionSide: 'both',
    reduceOnly: order.quantity !== null,
    selfTradePrevention: 'expire_maker',
  };
  const placed = desks.futures.placeAlgoOrder(find(data, 'futures', order.symbol), request);
  accept(placed, `algo order ${order.clientAlgoId}`);
}

function find(data: MarketData, market: 'spot' | 'futures', symbol: string): SymbolData {
  const found = data.find(market, symbol);
  if (found === null) throw scriptError(`the start state names ${symbol}, which the ${market} market does not have`);
  return found;
}

function accept(result: { readonly ok: true } | { readonly ok: false; readonly error: Refusal }, what: string): void {
  if (!result.ok) throw scriptError(`the start state cannot be: ${what}: ${result.error.message}`);
}
