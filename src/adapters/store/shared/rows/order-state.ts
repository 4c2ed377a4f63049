import { asId } from '../../../../domain/ids.ts';
import type { OrderId, VenueOrderId } from '../../../../domain/ids.ts';
import type { OrderState, OrderStatus } from '../../../../domain/order/order.ts';
import { present, readIdOrNull, readWord } from '../fields.ts';
import type { RowOf, TableDefinition } from '../table.ts';

/** The columns of an order that say where it stands; empty where the status has no such field. */
export const STATE_COLUMNS = {
  status: 'text',
  /** `since` or `at`, whichever the status has. */
  status_at: 'integer?',
  /** `cause` or `reason`. */
  status_reason: 'text?',
  reject_code: 'text?',
  not_found_final_at: 'integer?',
  venue_order_id: 'text?',
  child_venue_order_id: 'text?',
  replacement_id: 'text?',
} as const satisfies TableDefinition['columns'];

type StateRow = RowOf<{ kind: 'entity'; key: []; columns: typeof STATE_COLUMNS }>;

export const ORDER_STATUSES: Readonly<Record<OrderStatus, true>> = {
  pending: true,
  sent: true,
  unknown: true,
  open: true,
  partial: true,
  cancelling: true,
  replacing: true,
  triggered: true,
  filled: true,
  cancelled: true,
  rejected: true,
  expired: true,
  expired_in_match: true,
};

const NO_FIELDS: Omit<StateRow, 'status'> = {
  status_at: null,
  status_reason: null,
  reject_code: null,
  not_found_final_at: null,
  venue_order_id: null,
  child_venue_order_id: null,
  replacement_id: null,
};

export function stateToRow(state: OrderState): StateRow {
  const base = { ...NO_FIELDS, status: state.status };
  switch (state.status) {
    case 'pending':
      return base;
    case 'sent':
      return { ...base, status_at: state.since, not_found_final_at: state.notFoundFinalAt };
    case 'unknown': {
      const { since, cause, notFoundFinalAt } = state;
      return { ...base, status_at: since, status_reason: cause, not_found_final_at: notFoundFinalAt };
    }
    case 'open':
    case 'partial':
    case 'cancelling':
      return { ...base, status_at: state.since, venue_order_id: state.venueOrderId };
    case 'replacing': {
      const { since, venueOrderId, replacementId } = state;
      return { ...base, status_at: since, venue_order_id: venueOrderId, replacement_id: replacementId };
    }
    case 'triggered': {
      const { since, venueOrderId, childVenueOrderId } = state;
      return { ...base, status_at: since, venue_order_id: venueOrderId, child_venue_order_id: childVenueOrderId };
    }
    case 'filled':
    case 'expired_in_match':
      return { ...base, status_at: state.at, venue_order_id: state.venueOrderId };
    case 'cancelled':
    case 'expired':
      return { ...base, status_at: state.at, venue_order_id: state.venueOrderId, status_reason: state.reason };
    case 'rejected': {
      const { at, venueOrderId, code, reason } = state;
      return { ...base, status_at: at, venue_order_id: venueOrderId, reject_code: code, status_reason: reason };
    }
  }
}

export function stateFromRow(row: StateRow): OrderState {
  const status = readWord(ORDER_STATUSES, row.status);
  const at = () => present(row.status_at, 'status_at');
  const reason = () => present(row.status_reason, 'status_reason');
  const notFoundFinalAt = () => present(row.not_found_final_at, 'not_found_final_at');
  const venueOrderId = () => asId<VenueOrderId>(present(row.venue_order_id, 'venue_order_id'));
  switch (status) {
    case 'pending':
      return { status };
    case 'sent':
      return { status, since: at(), notFoundFinalAt: notFoundFinalAt() };
    case 'unknown':
      return { status, since: at(), cause: reason(), notFoundFinalAt: notFoundFinalAt() };
    case 'open':
    case 'partial':
    case 'cancelling':
      return { status, since: at(), venueOrderId: venueOrderId() };
    case 'replacing': {
      const replacementId = asId<OrderId>(present(row.replacement_id, 'replacement_id'));
      return { status, since: at(), venueOrderId: venueOrderId(), replacementId };
    }
    case 'triggered': {
      const childVenueOrderId = readIdOrNull<VenueOrderId>(row.child_venue_order_id);
      return { status, since: at(), venueOrderId: venueOrderId(), childVenueOrderId };
    }
    case 'filled':
    case 'expired_in_match':
      return { status, at: at(), venueOrderId: venueOrderId() };
    case 'cancelled':
    case 'expired':
      return { status, at: at(), venueOrderId: readIdOrNull(row.venue_order_id), reason: reason() };
    case 'rejected': {
      const code = present(row.reject_code, 'reject_code');
      return { status, at: at(), venueOrderId: readIdOrNull(row.venue_order_id), code, reason: reason() };
    }
  }
}
