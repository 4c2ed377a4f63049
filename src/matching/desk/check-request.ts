import { err, ok } from '../../lib/result.ts';
import type { Result } from '../../lib/result.ts';
import type { Account } from '../account/account.ts';
import { atomsText, times } from '../atoms.ts';
import type { Atoms } from '../atoms.ts';
import {
  countRefusal,
  notionalRefusal,
  percentPriceRefusal,
  priceRefusal,
  quantityRefusal,
  trailingRefusal,
} from '../orders/order-rules.ts';
import { reaches, waitsForRise } from '../orders/trigger-index.ts';
import type { OrderRequest, Refusal, RefusalReason, Trigger } from '../venue-types.ts';
import { refusal } from './core.ts';
import type { Core } from './core.ts';
import type { SymbolMarket } from './symbol-market.ts';

/** A request that stands on its own: the exchange's rules hold. Means and state of the book are checked after. */
export interface CheckedRequest {
  readonly request: OrderRequest;
  readonly account: Account;
  readonly market: SymbolMarket;
  /** NaN for market orders. */
  readonly ticks: number;
  /** Zero for orders by quote quantity and for whole positions. */
  readonly steps: number;
  /** NaN without a trigger price. */
  readonly triggerTicks: number;
}

/** Checks what can be said of a new order without touching anything. */
export function checkRequest(core: Core, request: OrderRequest): Result<CheckedRequest, Refusal> {
  const checked = checkTerms(core, request);
  if (!checked.ok) return checked;
  const { market, account } = checked.value;
  const counted = { isConditional: request.trigger !== null, isSpot: market.contract === null };
  const reason = countRefusal(market.rules, account.countsIn(market.symbol), counted);
  if (reason !== null) return err(refusal(reason, `${account.id} has too many orders in ${market.symbol}`));
  if (core.orders.withClientId(account.id, request.clientOrderId) !== undefined) {
    return err(refusal('duplicate_client_order_id', `${request.clientOrderId} is the id of a working order`));
  }
  return checked;
}

/** Checks the terms alone: for an order that works already and is to get new ones. */
export function checkTerms(core: Core, request: OrderRequest): Result<CheckedRequest, Refusal> {
  const found = findPlace(core, request);
  if (!found.ok) return found;
  const { account, market } = found.value;
  const { execution, size, trigger } = request;
  const limit = execution.type === 'limit' ? execution.price : null;
  const triggerPrice = triggerPriceOf(trigger);
  const ticks = limit === null ? NaN : market.scale.ticks(limit);
  const triggerTicks = triggerPrice === null ? NaN : market.scale.ticks(triggerPrice);
  const steps = size.type === 'quantity' ? market.scale.steps(size.quantity) : 0;
  const checked: CheckedRequest = { request, account, market, ticks, steps, triggerTicks };
  const reason =
    combinationRefusal(core, request, account) ??
    priceRuleRefusal(market, limit, ticks) ??
    priceRuleRefusal(market, triggerPrice, triggerTicks) ??
    quantityRuleRefusal(checked) ??
    marketRuleRefusal(checked);
  return reason === null ? ok(checked) : err(refusal(reason, describe(request)));
}

/** The account and the symbol of a request, if both are there and the symbol trades. */
export function findPlace(
  core: Core,
  request: { readonly accountId: string; readonly symbol: string },
): Result<{ account: Account; market: SymbolMarket }, Refusal> {
  const account = core.accounts.get(request.accountId);
  if (account === undefined) return err(refusal('unknown_account', `there is no account ${request.accountId}`));
  const market = core.markets.get(request.symbol);
  if (market === undefined) return err(refusal('unknown_symbol', `there is no symbol ${request.symbol}`));
  if (!market.isTrading) {
    return err(refusal('symbol_not_trading', `${request.symbol} is ${market.instrument.status}`));
  }
  return ok({ account, market });
}

export function triggerPriceOf(trigger: Trigger | null): Atoms | null {
  if (trigger === null) return null;
  return trigger.type === 'fixed' ? trigger.price : trigger.activationPrice;
}

function combinationRefusal(core: Core, request: OrderRequest, account: Account): RefusalReason | null {
  const { execution, size, trigger, reduceOnly, positionSide } = request;
  const isFutures = core.market === 'futures';
  const isPostOnly = execution.type === 'limit' && execution.postOnly;
  const isUnsupported =
    (isPostOnly && (execution.timeInForce !== 'GTC' || trigger !== null)) ||
    (size.type === 'quote' && (isFutures || execution.type === 'limit' || trigger !== null)) ||
    (size.type === 'position' && (!isFutures || execution.type === 'limit' || trigger === null || reduceOnly)) ||
    (!isFutures && (reduceOnly || positionSide !== 'both' || trigger?.source === 'mark')) ||
    (reduceOnly && positionSide !== 'both');
  if (isUnsupported) return 'unsupported_combination';
  const isOneWay = account.positionMode === 'one_way';
  return isFutures && isOneWay !== (positionSide === 'both') ? 'position_side_mismatch' : null;
}

function priceRuleRefusal(market: SymbolMarket, price: Atoms | null, ticks: number): RefusalReason | null {
  if (price === null) return null;
  if (price <= 0n) return 'price_filter_range';
  if (!Number.isNaN(ticks)) return priceRefusal(market.rules, ticks);
  return offGrid(market, price, 'price');
}

/** Why an amount is no whole number of units. Futures tell too many decimals from a wrong multiple; spot takes eight. */
function offGrid(market: SymbolMarket, amount: Atoms, of: 'price' | 'quantity'): RefusalReason {
  const unit = of === 'price' ? market.scale.priceUnit : market.scale.quantityUnit;
  if (amount % unit === 0n) return 'overflow';
  const isTooFine = market.contract !== null && amount % decimalUnit(unit) !== 0n;
  if (of === 'price') return isTooFine ? 'price_precision' : 'price_filter_tick';
  return isTooFine ? 'quantity_precision' : 'lot_size_step';
}

/** The power of ten of the last decimal that a unit uses: of 0.25 it is 0.01. */
function decimalUnit(unit: Atoms): Atoms {
  let power = 1n;
  while (unit % (power * 10n) === 0n) power *= 10n;
  return power;
}

function quantityRuleRefusal({ request, market, steps }: CheckedRequest): RefusalReason | null {
  const { size, execution } = request;
  if (size.type === 'position') return null;
  if (size.type === 'quote') return size.quoteQuantity > 0n ? null : 'notional_min';
  if (Number.isNaN(steps)) return size.quantity <= 0n ? 'lot_size_range' : offGrid(market, size.quantity, 'quantity');
  return quantityRefusal(market.rules, steps, execution.type === 'market');
}

/** The rules that look at the market. */
function marketRuleRefusal({ request, market, steps, triggerTicks }: CheckedRequest): RefusalReason | null {
  const { execution, size, side, trigger, reduceOnly } = request;
  const { rules, referencePrice: reference } = market;
  const isMarket = execution.type === 'market';
  if (execution.type === 'limit' && reference > 0n) {
    const reason = percentPriceRefusal(rules, side, { limit: execution.price, reference });
    if (reason !== null) return reason;
  }
  if (size.type !== 'position') {
    const price = execution.type === 'limit' ? execution.price : reference;
    const notional = size.type === 'quote' ? size.quoteQuantity : notionalAt(market, price, steps);
    const isKnown = size.type === 'quote' || price > 0n;
    const reason = isKnown ? notionalRefusal(rules, notional, { isMarket, reduceOnly }) : null;
    if (reason !== null) return reason;
  }
  if (trigger?.type === 'trailing') {
    const reason = trailingRefusal(rules, trigger.deltaBps, waitsForRise(side, trigger.kind));
    if (reason !== null) return reason;
  }
  return immediateTrigger(market, request, triggerTicks);
}

function notionalAt(market: SymbolMarket, price: Atoms, steps: number): Atoms {
  const ticks = market.scale.ticks(price);
  if (!Number.isNaN(ticks)) return market.scale.notional(ticks, steps);
  return times(market.scale.quantity(steps), price);
}

/** A trigger that the price has already reached; for a trailing one its activation price counts. */
function immediateTrigger(market: SymbolMarket, request: OrderRequest, triggerTicks: number): RefusalReason | null {
  const { trigger, side } = request;
  if (trigger === null || Number.isNaN(triggerTicks)) return null;
  const price = watchedTicks(market, trigger);
  const terms = { side, kind: trigger.kind, ticks: triggerTicks };
  return !Number.isNaN(price) && reaches(price, terms) ? 'would_trigger_immediately' : null;
}

/** The price that a trigger watches, in ticks with fractions; NaN while unknown. */
export function watchedTicks(market: SymbolMarket, trigger: Trigger): number {
  if (trigger.source === 'last') return market.lastTicks;
  const mark = market.contract?.mark ?? 0n;
  return mark === 0n ? NaN : market.scale.fractionalTicks(mark);
}

function describe({ symbol, side, size, execution, trigger }: OrderRequest): string {
  const triggerPrice = triggerPriceOf(trigger);
  return [
    `${side} ${symbol} ${execution.type}`,
    size.type === 'quantity' ? atomsText(size.quantity) : '',
    size.type === 'quote' ? `for ${atomsText(size.quoteQuantity)}` : '',
    execution.type === 'limit' ? `at ${atomsText(execution.price)}` : '',
    triggerPrice === null ? '' : `when ${atomsText(triggerPrice)}`,
  ]
    .filter((part) => part !== '')
    .join(' ');
}
