import { Decimal, ZERO_MONEY, ZERO_QUANTITY } from '../decimal.ts';
import type { Money, Price, Quantity } from '../decimal.ts';
import { AitraderError } from '../errors.ts';
import { fillKey } from '../fill.ts';
import type { Fill } from '../fill.ts';
import type { CloseReason, Dust, Lot, Position, PositionOpening, PositionTotals } from './position.ts';

const NOTHING: PositionTotals = {
  entryQuantity: ZERO_QUANTITY,
  entryNotional: ZERO_MONEY,
  exitQuantity: ZERO_QUANTITY,
  exitNotional: ZERO_MONEY,
  grossPnl: ZERO_MONEY,
  fees: ZERO_MONEY,
  funding: ZERO_MONEY,
};

/** +1 for long, -1 for short: profit is sign x (exit - entry) x quantity. */
function sign(position: Pick<Position, 'side'>): 1 | -1 {
  return position.side === 'long' ? 1 : -1;
}

/**
 * A position from its first fill: long for a buy, short for a sell. Unprotected until the stop is placed.
 * A fee in base makes the position smaller by it; the fee's worth is counted under fees, at the fill's price.
 */
export function openPosition(opening: PositionOpening): Position {
  const { fill, ...identity } = opening;
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
    protection: { guard: 'none', since: fill.time, cause: 'just opened' },
    openedAt: fill.time,
    updatedAt: fill.time,
  };
  return increase(flat, fill);
}

/** What a fill did to a position. `excess` is what it traded beyond the position: the start of another one. */
export interface FillOutcome {
  readonly position: Position;
  readonly excess: Quantity;
}

/**
 * The position after one of its fills: the same side adds, the other side reduces and at nothing left closes it.
 * @param reason why it is reduced; entries ignore it
 * @throws AitraderError `POSITION_MISMATCH` when the fill is of another symbol or the position is closed
 */
export function applyFill(position: Position, fill: Fill, reason: CloseReason): FillOutcome {
  const isOurs = fill.symbol === position.symbol && fill.market === position.market;
  if (!isOurs || position.state.status !== 'open') {
    throw new AitraderError('POSITION_MISMATCH', { given: `${fill.side} ${fill.symbol}`, symbol: position.symbol });
  }
  const adds = (fill.side === 'buy') === (position.side === 'long');
  return adds ? { position: increase(position, fill), excess: ZERO_QUANTITY } : reduce(position, fill, reason);
}

/** The part of a fill's fee that was taken in the base asset, in base units. */
function feeInBase(position: Position, fill: Fill): Decimal {
  return fill.fee.asset === position.base ? fill.fee.amount : new Decimal(0);
}

function increase(position: Position, fill: Fill): Position {
  const added = fill.quantity.minus(feeInBase(position, fill)) as Quantity;
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
      fees: totals.fees.plus(fill.fee.value) as Money,
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
  const grossPnl = proceeds.minus(costPart).times(sign(position)) as Money;
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
      fees: totals.fees.plus(fill.fee.value) as Money,
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
export function takeFromLots(
  lots: readonly Lot[],
  taken: Quantity,
  order: 'oldest_first' | 'newest_first',
): readonly Lot[] {
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
 */
export function closeAsDust(position: Position, reason: CloseReason, at: number): Position {
  const dust: Dust = { quantity: position.quantity, cost: position.openCost };
  const emptied: Position = {
    ...position,
    quantity: ZERO_QUANTITY,
    openCost: ZERO_MONEY,
    lots: takeFromLots(position.lots, position.quantity, 'oldest_first'),
  };
  return close(emptied, { reason, at, dust });
}

/** Units that left the account without a trade of ours (moved, sold by hand): taken newest first, at their cost. */
export function removeVanished(position: Position, vanished: Quantity, at: number): Position {
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
 * Books funding, positive when received.
 * The caller books each income id once.
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
  return position.quantity.times(mark).minus(position.openCost).times(sign(position)) as Money;
}

/** Profit of the closed parts, after all fees and funding so far. */
export function realizedPnl(position: Position): Money {
  const { grossPnl, fees, funding } = position.totals;
  return grossPnl.minus(fees).plus(funding) as Money;
}

/** What the open part is worth to equity at `mark`: on spot its market value, on futures its unrealised profit. */
export function marketValue(position: Position, mark: Price): Money {
  return position.market === 'spot' ? (position.quantity.times(mark) as Money) : unrealizedPnl(position, mark);
}

/** Unrealised profit as a percentage of the margin: price change x leverage, against the entry cost. */
export function unrealizedPnlPct(position: Position, mark: Price): Decimal {
  if (position.openCost.isZero()) return new Decimal(0);
  const leverage = position.futures?.leverage ?? 1;
  return unrealizedPnl(position, mark)
    .dividedBy(position.openCost)
    .times(100 * leverage);
}
