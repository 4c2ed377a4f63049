/** Bugs of every kind that the simulation is there to find. */
import { Decimal } from '../../src/domain/decimal.ts';
import type { Quantity } from '../../src/domain/decimal.ts';
import type { AccountEvent } from '../../src/domain/event.ts';
import type { Fill } from '../../src/domain/fill.ts';
import { clientOrderId, parseClientOrderId } from '../../src/domain/order/client-order-id.ts';
import type { ForeignOrder, OrderTerms } from '../../src/domain/order/order.ts';
import type { OrderUpdate } from '../../src/domain/order/update.ts';
import type { Alert } from '../../src/ports/notifier.ts';
import type { Broker, RequestOutcome, Submission } from '../../src/ports/broker.ts';
import type { Rule } from './rules.ts';
import type { Strain } from './strains.ts';
import type { BrokerWrap } from './watched-broker.ts';
import { withMethods } from './watched-broker.ts';
import type { Spoil } from './world.ts';

interface PlantedBug {
  readonly name: string;
  /** The rules of which one is broken by it. */
  readonly breaks: readonly Rule[];
  /** What its lives must see for it to show; default: what is drawn. */
  readonly strains?: readonly Strain[];
  /** Of each life; default: `MINUTES`. */
  readonly minutes?: number;
  readonly spoil: Spoil;
}

/** How long the lives are in which a bug is looked for. */
export const MINUTES = 5;

function ofSubmissions(change: (broker: Broker, submission: Submission) => Promise<RequestOutcome> | null): BrokerWrap {
  return (broker) =>
    withMethods(broker, { submit: (submission) => change(broker, submission) ?? broker.submit(submission) });
}

const isStop = ({ intent }: Submission): boolean => intent.leg === 'stop';

/** The same order under another id. */
function twin(submission: Submission): Submission {
  const parts = parseClientOrderId(submission.clientOrderId);
  if (parts === null) return submission;
  return { ...submission, clientOrderId: clientOrderId({ ...parts, number: parts.number + 700 }) };
}

const twice: BrokerWrap = ofSubmissions((broker, submission) => {
  if (submission.intent.leg === 'entry') void broker.submit(twin(submission));
  return null;
});

const withoutStops: BrokerWrap = (broker) => {
  const pretend = async (submission: Submission): Promise<RequestOutcome> => {
    const accepted = { type: 'accepted', at: submission.intent.createdAt, reportedQuantity: null } as const;
    return { kind: 'answered', updates: [{ ...accepted, venueOrderId: submission.clientOrderId as never }] };
  };
  return withMethods(broker, {
    submit: (submission) => (isStop(submission) ? pretend(submission) : broker.submit(submission)),
  });
};

const refusedStops: BrokerWrap = ofSubmissions((_, submission) => {
  return isStop(submission) ? Promise.resolve({ kind: 'refused', code: '-4045', reason: 'no more stops' }) : null;
});

const fillsTwice: BrokerWrap = (broker) =>
  withMethods(broker, {
    onEvent: (listener) =>
      broker.onEvent((event) => {
        listener(event);
        if (event.type !== 'order_update' || event.update.type !== 'fill') return;
        const fill = { ...event.update.fill, venueTradeId: `${event.update.fill.venueTradeId}0` };
        listener({ ...event, update: { ...event.update, fill } });
      }),
  });

/** An entry counts as refused although it was taken, and nobody hears of it again. */
const disowned: BrokerWrap = (broker) => {
  const [ids, orderIds] = [new Set<string | null>(), new Set<string>()];
  return withMethods(broker, {
    submit: async (submission) => {
      if (submission.intent.leg !== 'entry') return broker.submit(submission);
      ids.add(submission.clientOrderId);
      orderIds.add(submission.intent.id);
      await broker.submit(submission);
      return { kind: 'refused', code: '-2010', reason: 'nobody knows why' };
    },
    query: async (order) => (ids.has(order.clientOrderId) ? { kind: 'not_found', final: true } : broker.query(order)),
    fillsSince: async (instrument, since) => {
      return (await broker.fillsSince(instrument, since)).filter(({ clientOrderId: id }) => !ids.has(id));
    },
    onEvent: (listener) =>
      broker.onEvent((event) => {
        if (event.type !== 'order_update' || !orderIds.has(event.orderId)) listener(event);
      }),
  });
};

/** Every third fill is told by nobody. */
const lostFills: BrokerWrap = (broker) => {
  const isLost = ({ venueTradeId }: Pick<Fill, 'venueTradeId'>): boolean => Number(venueTradeId) % 3 === 0;
  const heard = (update: OrderUpdate): boolean => update.type !== 'fill' || !isLost(update.fill);
  const filtered = (outcome: RequestOutcome): RequestOutcome =>
    outcome.kind === 'answered' ? { ...outcome, updates: outcome.updates.filter(heard) } : outcome;
  return withMethods(broker, {
    submit: (submission) => broker.submit(submission).then(filtered),
    cancel: (order) => broker.cancel(order).then(filtered),
    replace: (order, replacement) => broker.replace(order, replacement).then(filtered),
    query: async (order) => {
      const answer = await broker.query(order);
      return answer.kind === 'found' ? { ...answer, updates: answer.updates.filter(heard) } : answer;
    },
    fillsSince: async (instrument, since) => {
      return (await broker.fillsSince(instrument, since)).filter(({ fill }) => !isLost(fill));
    },
    onEvent: (listener) =>
      broker.onEvent((event: AccountEvent) => {
        if (event.type !== 'order_update' || heard(event.update)) listener(event);
      }),
  });
};

const oversold: BrokerWrap = ofSubmissions((broker, submission) => {
  const { intent } = submission;
  if (intent.leg !== 'exit') return null;
  const quantity = intent.quantity.times(2) as Quantity;
  return broker.submit({ ...submission, intent: { ...intent, quantity } });
});

/** With its own orders it cancels those of others. */
const meddling: BrokerWrap = (broker) => {
  let others: readonly ForeignOrder[] = [];
  const terms: OrderTerms = { type: 'market' };
  return withMethods(broker, {
    snapshot: async () => {
      const snapshot = await broker.snapshot();
      others = snapshot.foreignOrders;
      return snapshot;
    },
    cancel: (order) => {
      for (const { symbol, clientOrderId: id } of others) {
        void broker.cancel({ ...order, clientOrderId: id as never, intent: { ...order.intent, symbol, terms } });
      }
      return broker.cancel(order);
    },
  });
};

const feeless: BrokerWrap = (broker) => {
  const free = (update: OrderUpdate): OrderUpdate => {
    if (update.type !== 'fill') return update;
    const fee = { ...update.fill.fee, amount: new Decimal(0), value: new Decimal(0) as never };
    return { ...update, fill: { ...update.fill, fee } };
  };
  const freed = (outcome: RequestOutcome): RequestOutcome =>
    outcome.kind === 'answered' ? { ...outcome, updates: outcome.updates.map(free) } : outcome;
  return withMethods(broker, {
    submit: (submission) => broker.submit(submission).then(freed),
    query: async (order) => {
      const answer = await broker.query(order);
      return answer.kind === 'found' ? { ...answer, updates: answer.updates.map(free) } : answer;
    },
    onEvent: (listener) =>
      broker.onEvent((event) => {
        listener(event.type === 'order_update' ? { ...event, update: free(event.update) } : event);
      }),
  });
};

/** What the exchange says when it is asked for everything is not looked at. */
const unreconciled: BrokerWrap = (broker) =>
  withMethods(broker, {
    snapshot: async () => ({ ...(await broker.snapshot()), ownOrders: [], positions: [] }),
    fillsSince: async () => [],
    query: async (order) => {
      await broker.query(order);
      return { kind: 'not_found', final: true };
    },
  });

/** What others do to positions of ours is heard by nobody. */
const isOfOthers = ({ text }: Alert): boolean => /an order that is not ours|by another way|was liquidated/.test(text);

export const PLANTED_BUGS: readonly PlantedBug[] = [
  {
    name: 'an order is sent twice',
    breaks: ['sent_once', 'none_forgotten', 'books_equal_venue'],
    spoil: { wrap: twice },
  },
  { name: 'a stop is forgotten', breaks: ['protected', 'none_forgotten'], spoil: { wrap: withoutStops } },
  { name: 'a fill is booked twice', breaks: ['books_equal_venue', 'money_conserved'], spoil: { wrap: fillsTwice } },
  { name: 'a fill is lost', breaks: ['books_equal_venue', 'none_forgotten', 'protected'], spoil: { wrap: lostFills } },
  { name: 'a fee is lost', breaks: ['books_equal_venue', 'money_conserved', 'users_own'], spoil: { wrap: feeless } },
  {
    name: 'an order that works is taken for refused',
    breaks: ['none_forgotten', 'books_equal_venue', 'protected', 'sent_once'],
    spoil: { wrap: disowned },
  },
  {
    name: 'the word of the exchange is not heard after a restart',
    breaks: ['none_forgotten', 'books_equal_venue', 'protected', 'sent_once', 'users_own'],
    spoil: { wrap: unreconciled },
  },
  {
    name: 'pause and kill are ignored',
    breaks: ['opening_stopped'],
    spoil: { deaf: new Set(['pause_opening', 'kill'] as const) },
  },
  {
    name: 'limits are ignored',
    breaks: ['limits'],
    spoil: {
      settings: (settings) => ({
        ...settings,
        limits: { ...settings.limits, maxOpenPositions: 50, maxExposurePct: null },
      }),
    },
  },
  { name: 'more is sold than was bought', breaks: ['users_own', 'books_equal_venue'], spoil: { wrap: oversold } },
  { name: "others' orders are cancelled", breaks: ['users_own'], spoil: { wrap: meddling } },
  {
    name: 'nobody is told that a position has no stop',
    breaks: ['protected'],
    spoil: { wrap: refusedStops, mute: () => true },
  },
  {
    name: 'nobody watches the stop of a position',
    breaks: ['protected'],
    spoil: { wrap: refusedStops, settings: (settings) => ({ ...settings, monitorPositions: false }) },
  },
  {
    name: 'nobody is told that somebody took units of ours',
    breaks: ['told'],
    strains: ['hand_in_ours', 'liquidation'],
    spoil: { mute: isOfOthers },
  },
  {
    name: 'another instance is not seen',
    breaks: ['one_engine'],
    strains: ['other_instance'],
    minutes: 14,
    spoil: { isCareless: true },
  },
  {
    name: 'two programs write the same books',
    breaks: ['no_fault', 'sent_once', 'none_forgotten', 'books_equal_venue', 'users_own'],
    strains: ['take_over'],
    minutes: 14,
    spoil: { isHasty: true },
  },
  {
    name: 'nobody is told of hedge mode',
    breaks: ['told'],
    strains: ['hedge_mode'],
    minutes: 14,
    spoil: { mute: ({ text }) => text.includes('hedge mode') },
  },
  {
    name: 'a position that was found gets no stop although it is to have one',
    breaks: ['protected'],
    strains: ['found'],
    spoil: { settings: (settings) => ({ ...settings, importedPositions: 'watch' }) },
  },
];
