import { Decimal, ZERO_QUANTITY } from '../domain/decimal.ts';
import type { Price, Quantity } from '../domain/decimal.ts';
import type { PositionId, VenueSymbol } from '../domain/ids.ts';
import type { Instrument } from '../domain/instrument.ts';
import { isFinal } from '../domain/order/order.ts';
import type { Order } from '../domain/order/order.ts';
import { applyFill, removeVanished } from '../domain/position/ledger.ts';
import { isLeftAlone } from '../domain/position/protection.ts';
import type { Position } from '../domain/position/position.ts';
import type { AccountSnapshot, VenuePosition } from '../ports/broker.ts';
import type { AccountDesk } from './account-desk.ts';
import type { EngineContext } from './context.ts';
import type { Doubts } from './doubts.ts';
import { isOver, needsAnswer } from './execution/questions.ts';
import { foundUnits, importedOpening, priceAtVenue, stopFromHere, stopLeftFor } from './import-position.ts';
import type { PositionDesk } from './position-desk.ts';
import type { RiskDesk } from './risk-desk.ts';
import { bookTakenBy } from './taken-by-others.ts';

export interface ComparisonParts {
  readonly context: EngineContext;
  readonly positions: PositionDesk;
  readonly account: AccountDesk;
  readonly risk: RiskDesk;
  readonly doubts: Doubts;
  /** Symbols of which the fills could not be asked for: what is missing there is not to be guessed yet. */
  readonly unheard: ReadonlySet<VenueSymbol>;
  /** Symbols of which the venue has refused to tell them for a while. */
  readonly untold: ReadonlySet<VenueSymbol>;
}

/** Holds the positions of the books against those of a futures account, where there is one per symbol. */
export function comparePositions(parts: ComparisonParts, snapshot: AccountSnapshot): void {
  const { books } = parts.context;
  const held = new Map<VenueSymbol, VenuePosition>(snapshot.positions.map((each) => [each.symbol, each]));
  for (const position of [...books.positions.values()]) compareOne(parts, position, { held, snapshot });
  const known = new Set([...books.positions.values()].map(({ symbol }) => symbol));
  for (const atVenue of snapshot.positions) {
    if (!known.has(atVenue.symbol)) importUnknown(parts, atVenue, snapshot);
  }
}

function compareOne(
  parts: ComparisonParts,
  position: Position,
  { held, snapshot }: { readonly held: ReadonlyMap<VenueSymbol, VenuePosition>; readonly snapshot: AccountSnapshot },
): void {
  const { id, symbol, side, quantity, lots, exits } = position;
  const known = held.get(symbol);
  const atVenue = known?.side === side ? known : undefined;
  if (atVenue !== undefined) noteLiquidation(parts, position, atVenue);
  const { foreign } = parts.context;
  foreign.forgetTaken(symbol, snapshot.at);
  const surplus = (atVenue?.quantity ?? ZERO_QUANTITY).minus(quantity) as Quantity;
  if (surplus.isZero() && foreign.in(symbol).isZero()) return;
  if (surplus.greaterThan(0)) foreign.heard(symbol, snapshot.at);
  const doubt = `position ${id}`;
  if (isUnclear(parts, { symbol, doubt }, snapshot)) return;
  const difference = `${surplus.toFixed()} beside ${quantity.toFixed()} ${lots.length} ${exits.length}`;
  if (!parts.doubts.isReal(doubt, { difference, at: snapshot.at })) return;
  const current = parts.context.books.positions.get(id);
  if (current === undefined) return;
  foreign.counted(symbol, snapshot.at);
  if (surplus.greaterThan(0) && atVenue !== undefined) {
    grown(parts, current, { atVenue, surplus });
    return;
  }
  // What others have taken was theirs first.
  foreign.note(symbol, ZERO_QUANTITY);
  if (surplus.isNegative()) vanished(parts, current, surplus.negated() as Quantity);
}

/** The venue says where it would liquidate. */
function noteLiquidation(
  { positions }: ComparisonParts,
  position: Position,
  { liquidationPrice }: VenuePosition,
): void {
  const { futures } = position;
  if (futures === null || String(futures.liquidationPrice) === String(liquidationPrice)) return;
  positions.changed({ ...position, futures: { ...futures, liquidationPrice } }, 'liquidation price');
}

/** The venue holds less than the books: the rest was closed by somebody else. */
function vanished(parts: ComparisonParts, before: Position, gone: Quantity): void {
  const { context, positions, risk } = parts;
  const missing = bookTakenBy(parts, context.foreign.takenFrom(before.symbol), { position: before, missing: gone });
  const position = context.books.positions.get(before.id);
  if (missing.isZero() || position === undefined) return;
  const { symbol, side, quantity } = position;
  const atVenue = quantity.minus(missing).toFixed();
  const message = `${symbol}: the books hold ${side} ${quantity.toFixed()}, the exchange ${atVenue}: the rest left the account by another way and is booked as closed outside`;
  context.books.noteCorrection(symbol, message);
  const severity = isLeftAlone(position) ? 'info' : 'critical';
  risk.raise({ type: 'anomaly_detected', severity, message, details: { symbol } });
  positions.unitsMoved(removeVanished(position, missing, context.clock.now()), 'vanished');
}

/** The venue holds more than the books. What is added to a position of ours stays its owner's; one that is not ours follows. */
function grown(
  { context, positions, risk }: ComparisonParts,
  position: Position,
  { atVenue, surplus }: { readonly atVenue: VenuePosition; readonly surplus: Quantity },
): void {
  const { symbol, side, quantity, openCost } = position;
  if (isLeftAlone(position)) {
    const cost = atVenue.entryPrice.times(atVenue.quantity).minus(openCost);
    const price = Decimal.max(cost.dividedBy(surplus), 0) as Price;
    const paid = price.isZero() ? atVenue.entryPrice : price;
    context.books.noteCorrection(symbol, `${symbol}: somebody has added ${surplus.toFixed()} to the ${side} position`);
    const found = foundUnits(atVenue, { quantity: surplus, price: paid, at: context.clock.now() });
    positions.unitsMoved(applyFill(position, found, 'external').position, 'found more');
    return;
  }
  if (!context.foreign.note(symbol, surplus)) return;
  const figures = `the exchange holds ${side} ${atVenue.quantity.toFixed()}, of which ${quantity.toFixed()} are of this program`;
  const message = `${symbol}: ${figures}; the other ${surplus.toFixed()} are left alone and have no stop from here`;
  context.books.noteCorrection(symbol, message);
  risk.raise({ type: 'position_unprotected', severity: 'critical', message, details: { symbol } });
}

/** A position that is in no book: taken in, told, and given a stop when that is wanted or when a stop of ours waits for it. */
function importUnknown(parts: ComparisonParts, atVenue: VenuePosition, snapshot: AccountSnapshot): void {
  const { context, positions, risk, doubts } = parts;
  const { symbol, side, quantity, entryPrice } = atVenue;
  context.foreign.heard(symbol, snapshot.at);
  const doubt = `unknown ${symbol}`;
  if (isUnclear(parts, { symbol, doubt }, snapshot)) return;
  const difference = `${side} ${quantity.toFixed()}`;
  if (!doubts.isReal(doubt, { difference, at: snapshot.at })) return;
  const what = `${symbol}: ${side} ${quantity.toFixed()} from ${entryPrice.toFixed()}, which is in no book, stands at the exchange`;
  const details = { symbol };
  const instrument = context.instrument(symbol);
  if (instrument === null) {
    const message = `${what}; its symbol is not known here, so it is watched by nobody`;
    risk.raise({ type: 'position_unprotected', severity: 'critical', message, details });
    return;
  }
  const left = stopLeftFor(context, atVenue, snapshot.ownOrders);
  const stopPrice = left?.stopPrice ?? wantedStop(context, atVenue, instrument);
  const name: PositionId | null = left?.name ?? null;
  const fate =
    left !== null
      ? `a stop of this program at ${left.stopPrice.toFixed()} waits for it, so it goes on as its position`
      : stopPrice === null
        ? 'it is taken into the books and left alone, WITHOUT A STOP; give it one, close it, or set IMPORT_POSITIONS=stop'
        : `it is taken into the books with a stop at ${stopPrice.toFixed()}`;
  const message = `${what}; ${fate}`;
  context.books.noteCorrection(symbol, message);
  if (stopPrice === null) risk.raise({ type: 'position_unprotected', severity: 'critical', message, details });
  else risk.raise({ type: 'anomaly_detected', severity: 'warning', message, details });
  // Whosever it is: it is in the books now.
  context.foreign.note(symbol, ZERO_QUANTITY);
  context.foreign.counted(symbol, snapshot.at);
  positions.open(importedOpening(context, { atVenue, instrument }, { name, stopPrice }), null);
}

function wantedStop(context: EngineContext, atVenue: VenuePosition, instrument: Instrument): Price | null {
  if (context.settings.importedPositions === 'watch') return null;
  return stopFromHere(context, atVenue, { instrument, otherwise: priceAtVenue(atVenue) });
}

/**
 * Whether fills of the symbol may be missing, so that no difference in it means anything yet: it is looked at again soon, and
 * what was in doubt stays so.
 */
export function isUnclear(
  { context, doubts, unheard, untold }: ComparisonParts,
  { symbol, doubt }: { readonly symbol: VenueSymbol; readonly doubt: string },
  snapshot: AccountSnapshot,
): boolean {
  // Of a symbol that has left the exchange nothing more is told. Of any other it may be, and would be booked a second time.
  const ended = untold.has(symbol) && context.instrument(symbol) === null ? isEnded : isOver;
  const isInDoubt = unheard.has(symbol) || hasOrdersInDoubt(context, { symbol, ended }, snapshot);
  if (!isInDoubt) return false;
  doubts.again(`fills ${symbol}`, snapshot.at);
  doubts.keep(doubt);
  return true;
}

/** Whether an order of ours in the symbol may have done something that is not known yet. One that is pending was not sent. */
function hasOrdersInDoubt(
  { books }: EngineContext,
  { symbol, ended }: { readonly symbol: VenueSymbol; readonly ended: (order: Order) => boolean },
  { ownOrders }: AccountSnapshot,
): boolean {
  const working = new Set<string>(ownOrders.map(({ clientOrderId }) => clientOrderId));
  return [...books.orders.values()].some((order) => {
    const isOpen = order.intent.symbol === symbol && !ended(order) && order.state.status !== 'pending';
    return isOpen && (needsAnswer(order) || !working.has(order.clientOrderId));
  });
}

/** Ended, whether its fills are booked or not. */
function isEnded({ state }: Order): boolean {
  return isFinal(state.status);
}
