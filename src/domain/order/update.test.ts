import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fee, fill } from '../../testkit/builders/fills.ts';
import { pendingOrder } from '../../testkit/builders/orders.ts';
import { ZERO, quantity } from '../decimal.ts';
import type { Fill } from '../fill.ts';
import { asId } from '../ids.ts';
import type { VenueOrderId } from '../ids.ts';
import { averageFillPrice, isFinal, remainingQuantity } from './order.ts';
import type { Order, OrderStatus } from './order.ts';
import type { OrderUpdateType } from './transitions.ts';
import { applyOrderUpdate } from './update.ts';
import type { OrderUpdate } from './update.ts';

const ORDERED = 10;
const VENUE_ID = asId<VenueOrderId>('700');
const CHILD_ID = asId<VenueOrderId>('701');

const order = (): Order => pendingOrder({ quantity: quantity(String(ORDERED)) });

function apply(to: Order, update: OrderUpdate): Order {
  const outcome = applyOrderUpdate(to, update);
  if (!outcome.ok) throw outcome.error;
  return outcome.value.order;
}

const applyAll = (to: Order, updates: readonly OrderUpdate[]): Order => updates.reduce(apply, to);

const aFill = (venueTradeId: string, units: string, price = '100'): Fill =>
  fill({ venueTradeId, quantity: units, price, fee: fee('BNB', units, '0.3'), venueOrderId: VENUE_ID });

const news = { at: 5, venueOrderId: VENUE_ID, reportedQuantity: null };

/** One update of each type, with a payload that the order can take. */
const UPDATES = {
  sent: { type: 'sent', at: 1, clientOrderId: asId('again'), attempt: 2, notFoundFinalAt: 9 },
  outcome_unknown: { type: 'outcome_unknown', at: 2, cause: 'timeout', notFoundFinalAt: 9 },
  not_executed: { type: 'not_executed', at: 3 },
  accepted: { type: 'accepted', ...news },
  fill: { type: 'fill', at: 5, fill: aFill('part', '4') },
  cancel_requested: { type: 'cancel_requested', at: 6 },
  replace_requested: { type: 'replace_requested', at: 6, replacementId: asId('replacement') },
  request_refused: { type: 'request_refused', at: 7 },
  triggered: { type: 'triggered', ...news, childVenueOrderId: CHILD_ID },
  filled: { type: 'filled', ...news },
  cancelled: { type: 'cancelled', ...news, reason: 'asked for' },
  rejected: { type: 'rejected', at: 8, code: '-2010', reason: 'no funds' },
  expired: { type: 'expired', ...news, reason: 'IOC' },
  expired_in_match: { type: 'expired_in_match', ...news },
} as const satisfies { [Type in OrderUpdateType]: Extract<OrderUpdate, { type: Type }> };

const completion: OrderUpdate = { type: 'fill', at: 5, fill: aFill('all', String(ORDERED)) };

/** The way to each state. */
const PATHS: Record<OrderStatus, readonly OrderUpdate[]> = {
  pending: [],
  sent: [UPDATES.sent],
  unknown: [UPDATES.sent, UPDATES.outcome_unknown],
  open: [UPDATES.sent, UPDATES.accepted],
  partial: [UPDATES.sent, UPDATES.accepted, { type: 'fill', at: 4, fill: aFill('first', '1') }],
  cancelling: [UPDATES.sent, UPDATES.accepted, UPDATES.cancel_requested],
  replacing: [UPDATES.sent, UPDATES.accepted, UPDATES.replace_requested],
  triggered: [UPDATES.sent, UPDATES.accepted, { ...UPDATES.triggered, childVenueOrderId: null }],
  filled: [UPDATES.sent, UPDATES.filled],
  cancelled: [UPDATES.sent, UPDATES.cancelled],
  rejected: [UPDATES.sent, UPDATES.rejected],
  expired: [UPDATES.sent, UPDATES.expired],
  expired_in_match: [UPDATES.sent, UPDATES.expired_in_match],
};
const STATUSES = Object.keys(PATHS) as OrderStatus[];

/** The state table as it is meant: `=` leaves the order alone, `-` is refused, `+` changes it within its state. */
const MEANT = `
                  pending  sent     unknown  open       partial    cancelling replacing  triggered filled cancelled rejected expired  expired_in_match
sent              sent     -        -        -          -          -          -          -         -      -         -        -        -
outcome_unknown   unknown  unknown  =        =          =          =          =          =         =      =         =        =        =
not_executed      =        pending  pending  =          =          =          =          =         =      =         =        =        =
accepted          open     open     open     =          =          =          =          =         =      =         =        =        =
fill              partial  partial  partial  partial    +          +          +          +         +      +         +        +        +
cancel_requested  -        =        =        cancelling cancelling =          cancelling =         =      =         =        =        =
replace_requested -        -        -        replacing  replacing  =          =          =         =      =         =        =        =
request_refused   =        =        =        =          =          open       open       =         =      =         =        =        =
triggered         triggered triggered triggered triggered triggered triggered triggered  +         =      =         =        =        =
filled            filled   filled   filled   filled     filled     filled     filled     filled    =      filled    filled   filled   filled
cancelled         cancelled cancelled cancelled cancelled cancelled cancelled cancelled cancelled  =      =         =        =        =
rejected          rejected rejected rejected rejected   rejected   rejected   rejected   rejected  =      =         =        =        =
expired           expired  expired  expired  expired    expired    expired    expired    expired   =      =         =        =        =
expired_in_match  expired_in_match expired_in_match expired_in_match expired_in_match expired_in_match expired_in_match expired_in_match expired_in_match = = = = =
`;

function meant(): { type: OrderUpdateType; from: OrderStatus; outcome: string }[] {
  const [head = [], ...rows] = MEANT.trim()
    .split('\n')
    .map((line) => line.trim().split(/\s+/));
  return rows.flatMap(([type, ...outcomes]) =>
    head.map((from, column) => ({
      type: type as OrderUpdateType,
      from: from as OrderStatus,
      outcome: outcomes[column] ?? 'missing',
    })),
  );
}

function observed(from: OrderStatus, update: OrderUpdate): string {
  const before = applyAll(order(), PATHS[from]);
  const outcome = applyOrderUpdate(before, update);
  if (!outcome.ok) return outcome.error.code === 'ORDER_TRANSITION_ILLEGAL' ? '-' : outcome.error.code;
  if (outcome.value.kind === 'stale') return outcome.value.order === before ? '=' : 'a changed order called stale';
  const to = outcome.value.order.state.status;
  return to === from ? '+' : to;
}

describe('the state table of orders', () => {
  it('leads from every state on every update where it is meant to', () => {
    const cells = meant();
    expect(cells).toHaveLength(STATUSES.length * Object.keys(UPDATES).length);
    const wrong = cells
      .map((cell) => ({ ...cell, was: observed(cell.from, UPDATES[cell.type]) }))
      .filter(({ outcome, was }) => outcome !== was);
    expect(wrong).toEqual([]);
  });

  it('lets the fill that completes an order end it as filled, from every state but filled itself', () => {
    for (const from of STATUSES) {
      const before = applyAll(
        order(),
        PATHS[from].filter(({ type }) => type !== 'fill'),
      );
      const after = apply(before, completion);
      expect(after.state.status, from).toBe('filled');
      expect(after.execution.filledQuantity, from).toEqual(quantity(String(ORDERED)));
    }
  });

  it('goes back to partial when a request about a partly filled order is refused', () => {
    const partial = applyAll(order(), PATHS.partial);
    for (const request of [UPDATES.cancel_requested, UPDATES.replace_requested]) {
      const back = applyAll(partial, [request, UPDATES.request_refused]);
      expect(back.state).toMatchObject({ status: 'partial', venueOrderId: VENUE_ID });
    }
  });

  it('learns the child of a triggered order from a later message, and keeps when it was triggered', () => {
    const triggered = applyAll(order(), PATHS.triggered);
    const named = apply(triggered, { ...UPDATES.triggered, at: 50 });
    expect(named.state).toMatchObject({ status: 'triggered', since: 5, childVenueOrderId: CHILD_ID });
    expect(applyOrderUpdate(named, { ...UPDATES.triggered, childVenueOrderId: null })).toMatchObject({
      value: { kind: 'stale' },
    });
  });

  it('gives up an unsent order without a venue id, and keeps the known id of a sent one', () => {
    const giveUp: OrderUpdate = { ...UPDATES.cancelled, venueOrderId: null };
    expect(apply(order(), giveUp).state).toMatchObject({ status: 'cancelled', venueOrderId: null });
    expect(applyAll(order(), [...PATHS.open, giveUp]).state).toMatchObject({ venueOrderId: VENUE_ID });
  });

  it('takes the id and number of the attempt under which the order was sent last', () => {
    const again = applyAll(order(), [UPDATES.sent, UPDATES.not_executed, { ...UPDATES.sent, attempt: 3 }]);
    expect(again).toMatchObject({ clientOrderId: 'again', attempt: 3 });
  });

  it('refuses a fill of another symbol, market or side', () => {
    const own = aFill('x', '1');
    const strangers: Fill[] = [
      { ...own, symbol: asId('ETHUSDT') },
      { ...own, market: 'futures' },
      { ...own, side: 'sell' },
    ];
    for (const stranger of strangers) {
      const outcome = applyOrderUpdate(applyAll(order(), PATHS.open), { type: 'fill', at: 1, fill: stranger });
      expect(outcome).toMatchObject({ ok: false, error: { code: 'FILL_MISMATCH' } });
    }
  });

  it('refuses more than was ordered, filled or reported', () => {
    const partial = applyAll(order(), PATHS.partial);
    const tooMuch = applyOrderUpdate(partial, { type: 'fill', at: 1, fill: aFill('x', '9.5') });
    expect(tooMuch).toMatchObject({ ok: false, error: { code: 'ORDER_OVERFILLED' } });
    const claimed = applyOrderUpdate(partial, { ...UPDATES.accepted, reportedQuantity: quantity('11') });
    expect(claimed).toMatchObject({ ok: false, error: { code: 'ORDER_OVERFILLED' } });
  });

  it('knows from a report what is still to be fetched', () => {
    const reported = apply(applyAll(order(), PATHS.open), { ...UPDATES.accepted, reportedQuantity: quantity('6') });
    expect(reported.state.status).toBe('partial');
    expect(remainingQuantity(reported).toFixed()).toBe('4');
    expect(reported.execution.filledQuantity.toFixed()).toBe('0');
    expect(averageFillPrice(reported)).toBeNull();
  });
});

const tradeQuantity = fc.constantFrom('0.5', '1', '2', '3', '5', '10');
const aTrade = fc.record({
  id: fc.integer({ min: 1, max: 6 }),
  units: tradeQuantity,
  price: fc.integer({ min: 1, max: 9 }),
});
const reported = fc.option(fc.integer({ min: 0, max: ORDERED + 1 }).map((units) => quantity(String(units))));
const venueOrderId = fc.constantFrom(VENUE_ID, CHILD_ID, asId<VenueOrderId>('702'));
const at = fc.integer({ min: 0, max: 100 });

/** An update of one of the types with any payload, also such as no venue sends. */
const updateOf = (types: readonly OrderUpdateType[]): fc.Arbitrary<OrderUpdate> =>
  fc.record({ type: fc.constantFrom(...types), at, venueOrderId, reported, aTrade }).map((drawn): OrderUpdate => {
    const sample = UPDATES[drawn.type];
    const { id, units, price } = drawn.aTrade;
    if (sample.type === 'fill') return { ...sample, at: drawn.at, fill: aFill(String(id), units, String(price)) };
    if (!('venueOrderId' in sample)) return { ...sample, at: drawn.at };
    return { ...sample, at: drawn.at, venueOrderId: drawn.venueOrderId, reportedQuantity: drawn.reported };
  });

const anyUpdate = updateOf(Object.keys(UPDATES) as OrderUpdateType[]);
const anyWorkingUpdate = updateOf(['accepted', 'fill', 'cancel_requested', 'replace_requested', 'request_refused']);

const STATE_FIELDS: Record<OrderStatus, readonly string[]> = {
  pending: [],
  sent: ['since', 'notFoundFinalAt'],
  unknown: ['since', 'cause', 'notFoundFinalAt'],
  open: ['since', 'venueOrderId'],
  partial: ['since', 'venueOrderId'],
  cancelling: ['since', 'venueOrderId'],
  replacing: ['since', 'venueOrderId', 'replacementId'],
  triggered: ['since', 'venueOrderId', 'childVenueOrderId'],
  filled: ['at', 'venueOrderId'],
  cancelled: ['at', 'venueOrderId', 'reason'],
  rejected: ['at', 'venueOrderId', 'code', 'reason'],
  expired: ['at', 'venueOrderId', 'reason'],
  expired_in_match: ['at', 'venueOrderId'],
};

/** A state to begin in and what comes then. Ends come less often than the rest, so that histories are long. */
const anyHistory = fc.record({
  from: fc.constantFrom(...STATUSES),
  updates: fc.array(fc.oneof({ arbitrary: anyUpdate, weight: 1 }, { arbitrary: anyWorkingUpdate, weight: 3 }), {
    maxLength: 25,
  }),
});
type History = typeof anyHistory extends fc.Arbitrary<infer Value> ? Value : never;

/** Walks an order through a history, leaving out what is refused, and shows each step. */
function walk(history: History, step: (before: Order, after: Order, update: OrderUpdate) => void): void {
  let current = order();
  for (const update of [...PATHS[history.from], ...history.updates]) {
    const outcome = applyOrderUpdate(current, update);
    if (!outcome.ok) continue;
    step(current, outcome.value.order, update);
    current = outcome.value.order;
  }
}

describe('an order under arbitrary news', () => {
  it('never throws, and never comes back from its end but by a fill or a report of completion', () => {
    fc.assert(
      fc.property(anyHistory, (history) => {
        walk(history, (before, after, update) => {
          if (!isFinal(before.state.status) || before.state.status === after.state.status) return;
          expect(after.state.status).toBe('filled');
          expect(['fill', 'filled']).toContain(update.type);
        });
      }),
    );
  });

  it('never lowers the reported quantity, and never books more than that or than was ordered', () => {
    fc.assert(
      fc.property(anyHistory, (history) => {
        walk(history, (before, { execution, intent }) => {
          expect(execution.reportedQuantity.lessThan(before.execution.reportedQuantity)).toBe(false);
          expect(execution.filledQuantity.greaterThan(execution.reportedQuantity)).toBe(false);
          expect(execution.reportedQuantity.greaterThan(intent.quantity)).toBe(false);
        });
      }),
    );
  });

  it('books each trade of the venue once, with its own price, quantity and fee', () => {
    fc.assert(
      fc.property(anyHistory, (history) => {
        const booked = new Map<string, Fill>();
        walk(history, (_before, { execution }, update) => {
          if (update.type === 'fill' && !booked.has(update.fill.venueTradeId)) {
            booked.set(update.fill.venueTradeId, update.fill);
          }
          const fills = [...booked.values()];
          expect(execution.venueTradeIds).toEqual([...booked.keys()]);
          expect(execution.filledQuantity).toEqual(fills.reduce((sum, one) => sum.plus(one.quantity), ZERO));
          expect(execution.filledNotional).toEqual(
            fills.reduce((sum, one) => sum.plus(one.quantity.times(one.price)), ZERO),
          );
          expect(execution.feesValue).toEqual(execution.filledQuantity.times('0.3'));
        });
      }),
    );
  });

  it('is the same after an update that comes twice as after it came once', () => {
    fc.assert(
      fc.property(anyHistory, (history) => {
        walk(history, (_before, once, update) => {
          const twice = applyOrderUpdate(once, update);
          if (twice.ok) expect(twice.value).toEqual({ kind: 'stale', order: once });
          else expect(update.type).toBe('sent');
        });
      }),
    );
  });

  it('owns exactly the fields of its state', () => {
    fc.assert(
      fc.property(anyHistory, (history) => {
        walk(history, (_before, { state }) => {
          expect(Object.keys(state).toSorted()).toEqual(['status', ...STATE_FIELDS[state.status]].toSorted());
        });
      }),
    );
  });

  it('is filled exactly when all of it is booked or the venue said so', () => {
    fc.assert(
      fc.property(anyHistory, (history) => {
        walk(history, (before, { state, execution, intent }, update) => {
          const complete = execution.filledQuantity.equals(intent.quantity);
          const saidSo = before.state.status === 'filled' || update.type === 'filled';
          expect(state.status === 'filled').toBe(complete || saidSo);
        });
      }),
    );
  });
});

/** What happened at the venue: acceptance, trades of a part or all of the order, an end; and a cancel wanted at some time. */
const venueHistory = fc
  .record({
    trades: fc.array(fc.record({ units: fc.integer({ min: 1, max: 4 }), price: fc.integer({ min: 1, max: 9 }) }), {
      maxLength: 5,
    }),
    ending: fc.constantFrom('cancelled', 'expired', 'expired_in_match'),
    cancelWanted: fc.boolean(),
    seed: fc.array(fc.nat(), { minLength: 24, maxLength: 24 }),
  })
  .map(({ trades, ending, cancelWanted, seed }) => {
    let left = ORDERED;
    const fills: OrderUpdate[] = [];
    for (const [index, trade] of trades.entries()) {
      const units = Math.min(trade.units, left);
      left -= units;
      if (units > 0) fills.push({ type: 'fill', at: 5, fill: aFill(`t${index}`, String(units), String(trade.price)) });
    }
    const end: OrderUpdate =
      left === 0 ? UPDATES.filled : { ...UPDATES[ending], reportedQuantity: quantity(String(ORDERED - left)) };
    const messages = [UPDATES.accepted, ...fills, end, ...(cancelWanted ? [UPDATES.cancel_requested] : [])];
    const delivered = [...messages, ...messages]
      .map((update, index) => ({ update, rank: seed[index % seed.length] ?? 0 }))
      .toSorted((a, b) => a.rank - b.rank)
      .map(({ update }) => update);
    return { fills: fills.length, executed: ORDERED - left, status: end.type, delivered };
  });

describe('an order whose news arrive late, doubled and out of order', () => {
  it('ends as it ended at the venue, with every fill booked once', () => {
    fc.assert(
      fc.property(venueHistory, ({ fills, executed, status, delivered }) => {
        const ended = applyAll(apply(order(), UPDATES.sent), delivered);
        expect(ended.state.status).toBe(status);
        expect(ended.execution.filledQuantity.toNumber()).toBe(executed);
        expect(ended.execution.venueTradeIds).toHaveLength(fills);
        expect(remainingQuantity(ended).toNumber()).toBe(ORDERED - executed);
      }),
    );
  });
});
