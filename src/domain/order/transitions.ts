import type { OrderStatus } from './order.ts';

/** What can happen to an order; the payloads stand in update.ts. */
export type OrderUpdateType =
  | 'sent'
  | 'outcome_unknown'
  | 'not_executed'
  | 'accepted'
  | 'fill'
  | 'cancel_requested'
  | 'replace_requested'
  | 'request_refused'
  | 'triggered'
  | 'filled'
  | 'cancelled'
  | 'rejected'
  | 'expired'
  | 'expired_in_match';

/**
 * Where an update leads.
 * - a status: the order moves there (or stays, when it is there already);
 * - `by_quantity`: a fill decides: complete orders become `filled`, incomplete ones `partial`;
 * - `keep_or_filled`: a fill is booked and changes the status only when it completes the order;
 * - `working`: back to `open` or `partial`, by what is filled;
 * - `stale`: old news that a newer state has overtaken; ignored. A cumulative quantity in it still counts.
 * What is absent is illegal: the books and the venue disagree.
 */
export type TransitionTarget = OrderStatus | 'by_quantity' | 'keep_or_filled' | 'working' | 'stale';

type Row = Partial<Record<OrderUpdateType, TransitionTarget>>;

/** Answers of the venue, shared by all states in which the order may be at the venue without our knowing more. */
const FIRST_NEWS = {
  accepted: 'working',
  fill: 'by_quantity',
  triggered: 'triggered',
  filled: 'filled',
  cancelled: 'cancelled',
  rejected: 'rejected',
  expired: 'expired',
  expired_in_match: 'expired_in_match',
} as const satisfies Row;

/** What ends an order that is known to work at the venue. `rejected` is a conditional order refused when triggered. */
const ENDINGS = {
  filled: 'filled',
  cancelled: 'cancelled',
  rejected: 'rejected',
  expired: 'expired',
  expired_in_match: 'expired_in_match',
} as const satisfies Row;

/** Answers to an older question that say less than is known: the venue has named the order since. */
const OVERTAKEN = { outcome_unknown: 'stale', not_executed: 'stale' } as const satisfies Row;

/** What late or repeated answers do to an order that has ended: nothing. */
const OLD_NEWS = {
  ...OVERTAKEN,
  accepted: 'stale',
  cancel_requested: 'stale',
  replace_requested: 'stale',
  request_refused: 'stale',
  triggered: 'stale',
  cancelled: 'stale',
  rejected: 'stale',
  expired: 'stale',
  expired_in_match: 'stale',
} as const satisfies Row;

/** Every legal transition. Rows out of a final state exist for fills alone: a fill is money that has moved. */
export const TRANSITIONS: Readonly<Record<OrderStatus, Row>> = {
  pending: {
    ...FIRST_NEWS,
    sent: 'sent',
    // After a crash nobody knows whether the intent was sent: it must be asked for before anything else.
    outcome_unknown: 'unknown',
    not_executed: 'stale',
    // The answer to a cancel that was wanted before the attempt turned out not to be executed.
    request_refused: 'stale',
  },
  sent: {
    ...FIRST_NEWS,
    outcome_unknown: 'unknown',
    // 429, 418, -1008, -1015, -1021: surely not executed, may be sent again under a new attempt.
    not_executed: 'pending',
    // A cancel can be wanted while the answer is on its way; the venue takes it by client order id, or refuses it.
    cancel_requested: 'stale',
    request_refused: 'stale',
  },
  unknown: {
    ...FIRST_NEWS,
    outcome_unknown: 'stale',
    // "Not found" after the venue's clock has passed notFoundFinalAt: surely not executed.
    not_executed: 'pending',
    cancel_requested: 'stale',
    request_refused: 'stale',
  },
  open: {
    ...ENDINGS,
    ...OVERTAKEN,
    // A later answer can name a quantity that is filled since.
    accepted: 'working',
    fill: 'by_quantity',
    triggered: 'triggered',
    cancel_requested: 'cancelling',
    replace_requested: 'replacing',
    request_refused: 'stale',
  },
  partial: {
    ...ENDINGS,
    ...OVERTAKEN,
    accepted: 'working',
    fill: 'by_quantity',
    // The child's first fill came before the news of the child.
    triggered: 'triggered',
    cancel_requested: 'cancelling',
    replace_requested: 'replacing',
    request_refused: 'stale',
  },
  cancelling: {
    ...ENDINGS,
    ...OVERTAKEN,
    accepted: 'stale',
    // A fill overtook the cancel; the request still stands until the venue answers it.
    fill: 'keep_or_filled',
    triggered: 'triggered',
    cancel_requested: 'stale',
    replace_requested: 'stale',
    // The venue would not cancel and the order still works: asked for again by whoever wanted it cancelled.
    request_refused: 'working',
  },
  replacing: {
    ...ENDINGS,
    ...OVERTAKEN,
    accepted: 'stale',
    fill: 'keep_or_filled',
    triggered: 'triggered',
    // Closing down beats changing: kill may cancel an order that is being replaced.
    cancel_requested: 'cancelling',
    replace_requested: 'stale',
    request_refused: 'working',
  },
  triggered: {
    ...ENDINGS,
    ...OVERTAKEN,
    accepted: 'stale',
    fill: 'keep_or_filled',
    // The venue names the child order in a second message.
    triggered: 'triggered',
    // What is cancelled now is the child; the state keeps its id until the venue has answered.
    cancel_requested: 'stale',
    replace_requested: 'stale',
    request_refused: 'stale',
  },
  // A report of completion may come before the fills it speaks of; they are booked as they arrive.
  filled: { ...OLD_NEWS, fill: 'keep_or_filled', filled: 'stale' },
  // The cancel and the last fill crossed on the wire. The fill is real: it is booked, and completes the order if it does.
  cancelled: { ...OLD_NEWS, fill: 'keep_or_filled', filled: 'filled' },
  // A refusal that was none: the fill proves that the order was executed. Booked, and reconciliation is told.
  rejected: { ...OLD_NEWS, fill: 'keep_or_filled', filled: 'filled' },
  // An IOC order expires with what it could fill; the expiry can be reported before the fills.
  expired: { ...OLD_NEWS, fill: 'keep_or_filled', filled: 'filled' },
  // Self-trade prevention took the rest; fills made before can be reported after.
  expired_in_match: { ...OLD_NEWS, fill: 'keep_or_filled', filled: 'filled' },
};
