import { assertNever } from '../../lib/assert-never.ts';
import { err, ok } from '../../lib/result.ts';
import type { Result } from '../../lib/result.ts';
import { Decimal } from '../decimal.ts';
import type { Money, Quantity } from '../decimal.ts';
import { AitraderError } from '../errors.ts';
import type { Fill } from '../fill.ts';
import type { ClientOrderId, OrderId, VenueOrderId } from '../ids.ts';
import type { Order, OrderExecution, OrderState, OrderStatus } from './order.ts';
import { TRANSITIONS } from './transitions.ts';
import type { OrderUpdateType, TransitionTarget } from './transitions.ts';

interface Base<Type extends OrderUpdateType> {
  readonly type: Type;
  /** When the program learned of it, milliseconds UTC. */
  readonly at: number;
}

/** An answer of the venue: names the order there, and the cumulative quantity it has filled where the message says so. */
interface VenueNews<Type extends OrderUpdateType> extends Base<Type> {
  readonly venueOrderId: VenueOrderId;
  readonly reportedQuantity: Quantity | null;
}

/** The end of an order; `venueOrderId` is null when it never reached the venue, as an intent that is given up unsent. */
interface EndNews<Type extends OrderUpdateType> extends Omit<VenueNews<Type>, 'venueOrderId'> {
  readonly venueOrderId: VenueOrderId | null;
}

/** One thing that happened to an order. */
export type OrderUpdate =
  | (Base<'sent'> & {
      readonly clientOrderId: ClientOrderId;
      readonly attempt: number;
      readonly notFoundFinalAt: number;
    })
  | (Base<'outcome_unknown'> & { readonly cause: string; readonly notFoundFinalAt: number })
  | Base<'not_executed'>
  | VenueNews<'accepted'>
  | (Base<'fill'> & { readonly fill: Fill })
  | Base<'cancel_requested'>
  | (Base<'replace_requested'> & { readonly replacementId: OrderId })
  | Base<'request_refused'>
  | (VenueNews<'triggered'> & { readonly childVenueOrderId: VenueOrderId | null })
  | VenueNews<'filled'>
  | (EndNews<'cancelled'> & { readonly reason: string })
  | (Base<'rejected'> & { readonly code: string; readonly reason: string })
  | (EndNews<'expired'> & { readonly reason: string })
  | VenueNews<'expired_in_match'>;

/** `applied`: the order changed. `stale`: nothing new in the update, `order` is the one given. */
export interface OrderUpdateOutcome {
  readonly kind: 'applied' | 'stale';
  readonly order: Order;
}

/**
 * The order after `update`, by the table in transitions.ts. Pure: the given order stays as it is. Fills are booked once by
 * their venue trade id; a cumulative quantity that the venue names never lowers the known one.
 * @returns `ORDER_TRANSITION_ILLEGAL`, `ORDER_OVERFILLED` or `FILL_MISMATCH` as error when books and venue disagree
 */
export function applyOrderUpdate(order: Order, update: OrderUpdate): Result<OrderUpdateOutcome, AitraderError> {
  const target = TRANSITIONS[order.state.status][update.type];
  if (target === undefined) return err(illegal(order, update));
  const execution = update.type === 'fill' ? bookFill(order, update.fill) : noteReported(order, update);
  if (!execution.ok) return execution;
  const state = nextState({ ...order, execution: execution.value }, update, target);
  if (execution.value === order.execution && state === order.state) return ok({ kind: 'stale', order });
  const renamed = update.type === 'sent' ? { clientOrderId: update.clientOrderId, attempt: update.attempt } : {};
  return ok({
    kind: 'applied',
    order: { ...order, ...renamed, state, execution: execution.value, updatedAt: update.at },
  });
}

function illegal(order: Order, update: OrderUpdate): AitraderError {
  return new AitraderError('ORDER_TRANSITION_ILLEGAL', {
    order: order.intent.id,
    status: order.state.status,
    update: update.type,
  });
}

function overfilled(order: Order, given: Decimal): AitraderError {
  const { id, quantity } = order.intent;
  return new AitraderError('ORDER_OVERFILLED', { order: id, quantity: quantity.toFixed(), given: given.toFixed() });
}

function mismatched(order: Order, fill: Fill): AitraderError {
  const { id, side, symbol, market } = order.intent;
  return new AitraderError('FILL_MISMATCH', {
    order: id,
    expected: `${side} ${symbol} (${market})`,
    given: `${fill.side} ${fill.symbol} (${fill.market})`,
  });
}

function bookFill(order: Order, fill: Fill): Result<OrderExecution, AitraderError> {
  const { execution, intent } = order;
  const isOurs = fill.market === intent.market && fill.symbol === intent.symbol && fill.side === intent.side;
  if (!isOurs) return err(mismatched(order, fill));
  if (execution.venueTradeIds.includes(fill.venueTradeId)) return ok(execution);
  const filledQuantity = execution.filledQuantity.plus(fill.quantity) as Quantity;
  if (filledQuantity.greaterThan(intent.quantity)) return err(overfilled(order, filledQuantity));
  return ok({
    filledQuantity,
    filledNotional: execution.filledNotional.plus(fill.price.times(fill.quantity)) as Money,
    feesValue: execution.feesValue.plus(fill.fee.value) as Money,
    reportedQuantity: Decimal.max(execution.reportedQuantity, filledQuantity) as Quantity,
    venueTradeIds: [...execution.venueTradeIds, fill.venueTradeId],
  });
}

function noteReported(
  order: Order,
  update: Exclude<OrderUpdate, { type: 'fill' }>,
): Result<OrderExecution, AitraderError> {
  const { execution, intent } = order;
  const named = 'reportedQuantity' in update ? update.reportedQuantity : null;
  const reported = update.type === 'filled' ? intent.quantity : named;
  if (reported === null || !reported.greaterThan(execution.reportedQuantity)) return ok(execution);
  if (reported.greaterThan(intent.quantity)) return err(overfilled(order, reported));
  return ok({ ...execution, reportedQuantity: reported });
}

function nextState(order: Order, update: OrderUpdate, target: TransitionTarget): OrderState {
  const status = resolveTarget(order, target);
  if (update.type === 'triggered' && status === 'triggered') return enterTriggered(order.state, update);
  return status === order.state.status ? order.state : enter(order, update, status);
}

function resolveTarget(order: Order, target: TransitionTarget): OrderStatus {
  const { filledQuantity, reportedQuantity } = order.execution;
  const complete = filledQuantity.equals(order.intent.quantity);
  switch (target) {
    case 'by_quantity':
      return complete ? 'filled' : 'partial';
    case 'keep_or_filled':
      return complete ? 'filled' : order.state.status;
    case 'working':
      return reportedQuantity.isZero() ? 'open' : 'partial';
    case 'stale':
      return order.state.status;
    default:
      return target;
  }
}

/** The state that `update` leads into; `status` matters where the filled quantity decides. */
function enter(order: Order, update: OrderUpdate, status: OrderStatus): OrderState {
  const { at } = update;
  switch (update.type) {
    case 'sent':
      return { status: 'sent', since: at, notFoundFinalAt: update.notFoundFinalAt };
    case 'outcome_unknown':
      return { status: 'unknown', since: at, cause: update.cause, notFoundFinalAt: update.notFoundFinalAt };
    case 'not_executed':
      return { status: 'pending' };
    case 'accepted':
      return enterWorking(status, at, update.venueOrderId);
    case 'fill':
      return enterWorking(status, at, knownVenueId(order.state) ?? update.fill.venueOrderId);
    case 'request_refused':
      return enterWorking(status, at, venueIdAt(order, update));
    case 'cancel_requested':
      return { status: 'cancelling', since: at, venueOrderId: venueIdAt(order, update) };
    case 'replace_requested': {
      const venueOrderId = venueIdAt(order, update);
      return { status: 'replacing', since: at, venueOrderId, replacementId: update.replacementId };
    }
    case 'triggered':
      return enterTriggered(order.state, update);
    case 'filled':
    case 'expired_in_match':
      return { status: update.type, at, venueOrderId: update.venueOrderId };
    case 'cancelled':
    case 'expired':
      return {
        status: update.type,
        at,
        venueOrderId: update.venueOrderId ?? knownVenueId(order.state),
        reason: update.reason,
      };
    case 'rejected': {
      const { code, reason } = update;
      return { status: 'rejected', at, venueOrderId: knownVenueId(order.state), code, reason };
    }
    default:
      return assertNever(update);
  }
}

function enterWorking(status: OrderStatus, at: number, venueOrderId: VenueOrderId): OrderState {
  if (status === 'filled') return { status, at, venueOrderId };
  return { status: status === 'open' ? 'open' : 'partial', since: at, venueOrderId };
}

function enterTriggered(state: OrderState, update: Extract<OrderUpdate, { type: 'triggered' }>): OrderState {
  const { at, venueOrderId, childVenueOrderId } = update;
  if (state.status !== 'triggered') return { status: 'triggered', since: at, venueOrderId, childVenueOrderId };
  const isNew = childVenueOrderId !== null && childVenueOrderId !== state.childVenueOrderId;
  return isNew ? { ...state, childVenueOrderId } : state;
}

function knownVenueId(state: OrderState): VenueOrderId | null {
  return 'venueOrderId' in state ? state.venueOrderId : null;
}

/** The venue's id of an order that works there; a request for one that was never acknowledged is illegal. */
function venueIdAt(order: Order, update: OrderUpdate): VenueOrderId {
  const known = knownVenueId(order.state);
  if (known === null) throw illegal(order, update);
  return known;
}
