import { Decimal, ZERO, ZERO_MONEY, ZERO_QUANTITY } from '../decimal.ts';
import type { Money, Price, Quantity } from '../decimal.ts';
import { AitraderError } from '../errors.ts';
import { fillKey } from '../fill.ts';
import type { Fill } from '../fill.ts';
import type { InstrumentRef } from '../instrument.ts';
import type { CloseReason, Dust, Lot, Position, PositionOpening, PositionSide, PositionTotals } from './position.ts';

const NOTHING: PositionTotals = {
  entryQuantity: ZERO_QUANTITY,
  entryNotional: ZERO_MONEY,
  exitQuantity: ZERO_QUANTITY,
  exitNotional: ZERO_MONEY,
  grossPnl: ZERO_MONEY,
  fees: ZERO_MONEY,
  funding: ZERO_MONEY,
};

/** What units entered for `cost` gain when they are worth `value`. */
function profit(side: PositionSide, cost: Decimal, value: Decimal): Money {
  return (side === 'long' ? value.minus(cost) : cost.minus(value)) as Money;
}

/**
 * A position from its first fill: long for a buy, short for a sell. Unprotected until the stop is placed.
 * On spot a fee in base makes the position smaller by it; its worth is counted under fees, at the fill's price.
 * @throws AitraderError `POSITION_MISMATCH` for a sell on spot, or when the fee leaves nothing of the fill
 */
export function openPosition(opening: PositionOpening): Position {
  const { fill, stopPrice, ...identity } = opening;
  if (fill.market === 'spot' && fill.side === 'sell') throw mismatch('a sale of what is not held', fill);
  const flat: Position = {
    ...identity,
    market: fill.market,
    symbol: fill.symbol,
    side: fill.side === 'buy' ? 'long' : 'short',
    state: { status: 'open' },
    quantity: ZERO_QUANTITY,
    openCost: ZERO_MONEY,
    lots: [],
    exits: [],
    totals: NOTHING,
    protection: { guard: 'none', since: fill.time, cause: 'just opened', stopPrice },
    bestPrice: fill.price,
    worstPrice: fill.price,
    openedAt: fill.time,
    updatedAt: fill.time,
  };
  return increase(flat, fill);
}

function mismatch(given: string, at: InstrumentRef): AitraderError {
  return new AitraderError('POSITION_MISMATCH', { given, symbol: at.symbol });
}

function refuseUnlessOpen(position: Position, given: string): void {
  if (position.state.status !== 'open') throw mismatch(`${given} after the close`, position);
}

/**
 * What a fill did to a position. `excess` is what it traded beyond the position: the start of another one. The fill's fee
 * is booked here in full, the excess carries none of it.
 */
export interface FillOutcome {
  readonly position: Position;
  readonly excess: Quantity;
}

/**
 * The position after one of its fills: the same side adds, the other side reduces and at nothing left closes it.
 * @param reason why it is reduced; entries ignore it
 * @throws AitraderError `POSITION_MISMATCH` for a fill of another symbol, after the close, or of which the fee leaves nothing
 */
export function applyFill(position: Position, fill: Fill, reason: CloseReason): FillOutcome {
  const given = `${fill.side} ${fill.quantity.toFixed()} ${fill.symbol} (${fill.market})`;
  if (fill.symbol !== position.symbol || fill.market !== position.market) throw mismatch(given, position);
  refuseUnlessOpen(position, given);
  const adds = (fill.side === 'buy') === (position.side === 'long');
  return adds ? { position: increase(position, fill), excess: ZERO_QUANTITY } : reduce(position, fill, reason);
}

/** Whether a fill of the position is booked already. */
export function hasBooked({ lots, exits }: Position, fill: Fill): boolean {
  const key = fillKey(fill);
  return exits.some((exit) => exit.fillKey === key) || lots.some((lot) => lot.fillKey === key);
}

/** Base units that the fee took from the holding. On futures fees are paid from the wallet, in whatever asset. */
function feeInBase(position: Position, fill: Fill): Decimal {
  return position.market === 'spot' && fill.fee.asset === position.base ? fill.fee.amount : ZERO;
}

/** The fee in quote units. One in base counts at the fill's price, so that profit is what the account really gained. */
function feeValue(position: Position, fill: Fill): Money {
  const baseFee = feeInBase(position, fill);
  return baseFee.isZero() ? fill.fee.value : (baseFee.times(fill.price) as Money);
}

function increase(position: Position, fill: Fill): Position {
  const added = fill.quantity.minus(feeInBase(position, fill)) as Quantity;
  if (!added.greaterThan(0)) throw mismatch('a fill that is all fee', fill);
  const cost = added.times(fill.price) as Money;
  const lot: Lot = {
    fillKey: fillKey(fill),
    price: fill.price,
    openedQuantity: added,
    remainingQuantity: added,
    openedAt: fill.time,
  };
  const { totals } = position;
  return {
    ...position,
    quantity: position.quantity.plus(added) as Quantity,
    openCost: position.openCost.plus(cost) as Money,
    lots: [...position.lots, lot],
    totals: {
      ...totals,
      entryQuantity: totals.entryQuantity.plus(added) as Quantity,
      entryNotional: totals.entryNotional.plus(cost) as Money,
      fees: totals.fees.plus(feeValue(position, fill)) as Money,
    },
    updatedAt: fill.time,
  };
}

function reduce(position: Position, fill: Fill, reason: CloseReason): FillOutcome {
  const wanted = fill.quantity.plus(feeInBase(position, fill));
  const closed = Decimal.min(wanted, position.quantity) as Quantity;
  // A fee in base beyond what the position holds was paid from the account's other holdings: no excess of the trade.
  const excess = Decimal.max(fill.quantity.minus(position.quantity), 0) as Quantity;
  const costPart = costOf(position, closed);
  const proceeds = closed.times(fill.price) as Money;
  const grossPnl = profit(position.side, costPart, proceeds);
  const { totals } = position;
  const quantity = position.quantity.minus(closed) as Quantity;
  const reduced: Position = {
    ...position,
    quantity,
    openCost: position.openCost.minus(costPart) as Money,
    lots: takeFromLots(position.lots, closed, 'oldest_first'),
    exits: [
      ...position.exits,
      {
        fillKey: fillKey(fill),
        orderId: fill.orderId,
        quantity: closed,
        price: fill.price,
        time: fill.time,
        reason,
        grossPnl,
      },
    ],
    totals: {
      ...totals,
      exitQuantity: totals.exitQuantity.plus(closed) as Quantity,
      exitNotional: totals.exitNotional.plus(proceeds) as Money,
      grossPnl: totals.grossPnl.plus(grossPnl) as Money,
      fees: totals.fees.plus(feeValue(position, fill)) as Money,
    },
    updatedAt: fill.time,
  };
  return { position: quantity.isZero() ? close(reduced, { reason, at: fill.time, dust: null }) : reduced, excess };
}

/** The share of the open cost that `part` carries. The last part takes what is left, so that nothing is lost to rounding. */
function costOf(position: Position, part: Quantity): Money {
  if (part.equals(position.quantity)) return position.openCost;
  return position.openCost.times(part).dividedBy(position.quantity) as Money;
}

interface Closing {
  readonly reason: CloseReason;
  readonly at: number;
  readonly dust: Dust | null;
}

function close(position: Position, { reason, at, dust }: Closing): Position {
  const state =
    reason === 'liquidation'
      ? ({ status: 'liquidated', closedAt: at } as const)
      : ({ status: 'closed', closedAt: at, reason, dust } as const);
  return { ...position, state, updatedAt: at };
}

/**
 * The lots after `taken` units left them. Trades take the oldest first; reconciliation of units that vanished from the
 * account takes the newest first.
 */
function takeFromLots(lots: readonly Lot[], taken: Quantity, order: 'oldest_first' | 'newest_first'): readonly Lot[] {
  let left: Decimal = taken;
  const inOrder = order === 'oldest_first' ? lots : lots.toReversed();
  const kept = inOrder.map((lot) => {
    const part = Decimal.min(lot.remainingQuantity, left);
    left = left.minus(part);
    return part.isZero() ? lot : { ...lot, remainingQuantity: lot.remainingQuantity.minus(part) as Quantity };
  });
  return order === 'oldest_first' ? kept : kept.toReversed();
}

/**
 * Closes what is left as dust: too small for the exchange to take. It leaves the position at its cost, so profit is that of
 * what was sold.
 * @param at milliseconds UTC
 * @throws AitraderError `POSITION_MISMATCH` when the position is closed
 */
export function closeAsDust(position: Position, reason: CloseReason, at: number): Position {
  refuseUnlessOpen(position, 'dust');
  const dust: Dust = { quantity: position.quantity, cost: position.openCost };
  const emptied: Position = {
    ...position,
    quantity: ZERO_QUANTITY,
    openCost: ZERO_MONEY,
    lots: takeFromLots(position.lots, position.quantity, 'oldest_first'),
  };
  return close(emptied, { reason, at, dust });
}

/**
 * Units that left the account without a trade of ours (moved, sold by hand): taken newest first, at their cost.
 * @param at milliseconds UTC
 * @throws AitraderError `POSITION_MISMATCH` when the position is closed
 */
export function removeVanished(position: Position, vanished: Quantity, at: number): Position {
  refuseUnlessOpen(position, 'units that vanished');
  const taken = Decimal.min(vanished, position.quantity) as Quantity;
  const quantity = position.quantity.minus(taken) as Quantity;
  const costPart = costOf(position, taken);
  const reduced: Position = {
    ...position,
    quantity,
    openCost: position.openCost.minus(costPart) as Money,
    lots: takeFromLots(position.lots, taken, 'newest_first'),
    updatedAt: at,
  };
  return quantity.isZero() ? close(reduced, { reason: 'external', at, dust: null }) : reduced;
}

/**
 * Books funding, positive when received. It may come after the close. The caller books each income id once.
 * @param at milliseconds UTC
 */
export function applyFunding(position: Position, amount: Money, at: number): Position {
  const { totals } = position;
  return { ...position, totals: { ...totals, funding: totals.funding.plus(amount) as Money }, updatedAt: at };
}

/** The average entry price of the open part, null when nothing is open. */
export function averageEntryPrice(position: Position): Price | null {
  return position.quantity.isZero() ? null : (position.openCost.dividedBy(position.quantity) as Price);
}

/** Profit of the open part at `mark`, before fees and funding. */
export function unrealizedPnl(position: Position, mark: Price): Money {
  return profit(position.side, position.openCost, position.quantity.times(mark));
}

/** Profit of the closed parts, after all fees and funding so far. */
export function realizedPnl(position: Position): Money {
  const { grossPnl, fees, funding } = position.totals;
  return grossPnl.minus(fees).plus(funding) as Money;
}

/** The cash that the open part binds: all of its cost on spot, the initial margin on futures. */
export function boundCash(position: Position): Money {
  return position.openCost.dividedBy(position.futures?.leverage ?? 1) as Money;
}

/** What the open part is worth to equity at `mark`: the cash it binds and its unrealised profit. */
export function marketValue(position: Position, mark: Price): Money {
  return boundCash(position).plus(unrealizedPnl(position, mark)) as Money;
}

/** Unrealised profit as a percentage of the margin: price change x leverage, against the entry cost. */
export function unrealizedPnlPct(position: Position, mark: Price): Decimal {
  const margin = boundCash(position);
  return margin.isZero() ? ZERO : unrealizedPnl(position, mark).dividedBy(margin).times(100);
}
