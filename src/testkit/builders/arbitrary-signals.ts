import fc from 'fast-check';

import type { Filter, FilterMeta, ParamSpec, ParamValue, Schedule } from '../../domain/filter.ts';
import type { Signal, SignalState } from '../../domain/signal.ts';
import { TIMEFRAMES } from '../../domain/time.ts';
import type { Timeframe } from '../../domain/time.ts';
import type { Trader } from '../../domain/trader.ts';
import { aboveZero, arbitraryAmount, arbitraryExits, arbitraryFloat, arbitraryId } from './arbitrary-values.ts';
import {
  arbitraryJson,
  arbitraryLevel,
  arbitraryTarget,
  arbitraryMarket,
  arbitraryNumber,
  arbitrarySymbol,
} from './arbitrary-values.ts';
import { arbitraryText, arbitraryTime, orNull, record } from './arbitrary-values.ts';

const side = fc.constantFrom('long' as const, 'short' as const);
const named = { noNullPrototype: true, maxKeys: 4 } as const;

const arbitraryParam: fc.Arbitrary<ParamValue> = fc.oneof(arbitraryNumber, arbitraryText, fc.boolean());

const arbitraryParamSpec: fc.Arbitrary<ParamSpec> = record({
  default: arbitraryParam,
  min: orNull(arbitraryNumber),
  max: orNull(arbitraryNumber),
  step: orNull(arbitraryNumber),
  about: arbitraryText,
});

const arbitrarySchedule: fc.Arbitrary<Schedule> = fc.oneof(
  record({ kind: fc.constant('close' as const) }),
  record({ kind: fc.constant('every' as const), everyMs: fc.integer({ min: 60_000, max: 604_800_000 }) }),
);

const arbitraryMeta: fc.Arbitrary<FilterMeta> = record({
  name: arbitraryText,
  description: arbitraryText,
  timeframes: fc
    .shuffledSubarray([...TIMEFRAMES], { minLength: 1, maxLength: 6 })
    .map((chosen) => chosen as [Timeframe, ...Timeframe[]]),
  schedule: arbitrarySchedule,
  lookback: fc.integer({ min: 2, max: 500 }),
  references: fc.array(arbitrarySymbol, { maxLength: 5 }),
  sides: fc.subarray(['long', 'short'] as const, { minLength: 1 }),
  top: orNull(fc.integer({ min: 1, max: 50 })),
  params: fc.dictionary(arbitraryText, arbitraryParamSpec, named),
  exits: arbitraryExits,
});

/** Names are those of the ids: one user's filters have different ones. */
export const arbitraryFilter: fc.Arbitrary<Filter> = record({
  id: arbitraryId(),
  userId: arbitraryId(),
  name: arbitraryId(),
  meta: arbitraryMeta,
  source: arbitraryText,
  sourceHash: fc.stringMatching(/^[0-9a-f]{64}$/),
  origin: fc.constantFrom('shipped', 'file', 'database'),
  createdAt: arbitraryTime,
  updatedAt: arbitraryTime,
});

export const arbitraryTrader: fc.Arbitrary<Trader> = record({
  id: arbitraryId(),
  userId: arbitraryId(),
  portfolioId: orNull(arbitraryId()),
  name: arbitraryText,
  filterId: arbitraryId(),
  symbols: fc.oneof(
    record({ kind: fc.constant('list' as const), symbols: fc.array(arbitrarySymbol, { maxLength: 5 }) }),
    record({ kind: fc.constant('top' as const), count: fc.integer({ min: 1, max: 500 }) }),
  ),
  schedule: orNull(arbitrarySchedule),
  params: fc.dictionary(arbitraryText, arbitraryParam, named),
  mode: fc.constantFrom('auto', 'semi_auto', 'signals'),
  size: fc.oneof(
    record({ kind: fc.constant('quote' as const), amount: arbitraryAmount<never>(aboveZero) }),
    record({ kind: fc.constant('pct' as const), percent: arbitraryAmount(aboveZero) }),
    record({ kind: fc.constant('risk_pct' as const), percent: arbitraryAmount(aboveZero) }),
  ),
  exits: orNull(arbitraryExits),
  maxPositions: orNull(fc.nat()),
  cooldownMs: orNull(fc.nat()),
  reverse: fc.boolean(),
  state: fc.oneof(
    record({ status: fc.constant('running' as const) }),
    record({ status: fc.constantFrom('paused' as const, 'disabled' as const), reason: arbitraryText }),
  ),
  createdAt: arbitraryTime,
  updatedAt: arbitraryTime,
});

const reason = arbitraryText;
const orderId = arbitraryId<Extract<SignalState, { status: 'executing' }>['orderId']>();

/** Every state of a signal, under its status. */
export const ARBITRARY_SIGNAL_STATES: { readonly [Status in SignalState['status']]: fc.Arbitrary<SignalState> } = {
  pending: record({ status: fc.constant('pending' as const), reason }),
  analyzing: record({ status: fc.constant('analyzing' as const), reason, since: arbitraryTime }),
  awaiting_approval: record({
    status: fc.constant('awaiting_approval' as const),
    reason,
    since: arbitraryTime,
    expiresAt: arbitraryTime,
  }),
  approved: record({
    status: fc.constant('approved' as const),
    reason,
    approvedBy: fc.constantFrom('rule' as const, 'agents' as const, 'user' as const),
  }),
  rejected: record({ status: fc.constant('rejected' as const), reason, code: arbitraryText, at: arbitraryTime }),
  executing: record({ status: fc.constant('executing' as const), reason, orderId }),
  executed: record({ status: fc.constant('executed' as const), reason, orderId, at: arbitraryTime }),
  cancelled: record({ status: fc.constant('cancelled' as const), reason, at: arbitraryTime }),
  expired: record({ status: fc.constant('expired' as const), reason, at: arbitraryTime }),
};

export const arbitrarySignal: fc.Arbitrary<Signal> = record({
  id: arbitraryId(),
  userId: arbitraryId(),
  traderId: arbitraryId(),
  market: arbitraryMarket,
  symbol: arbitrarySymbol,
  side,
  conditions: fc.array(arbitraryText, { maxLength: 4 }),
  confidence: fc.integer({ min: 0, max: 100 }),
  score: arbitraryNumber,
  stopLoss: orNull(arbitraryLevel),
  takeProfit: fc.array(arbitraryTarget, { maxLength: 3 }),
  plots: fc.array(record({ name: arbitraryText, value: arbitraryFloat, level: orNull(arbitraryFloat) }), {
    maxLength: 3,
  }),
  metadata: arbitraryJson,
  price: arbitraryFloat,
  checkedAt: arbitraryTime,
  expiresAt: arbitraryTime,
  state: fc.oneof(...Object.values(ARBITRARY_SIGNAL_STATES)),
  createdAt: arbitraryTime,
  updatedAt: arbitraryTime,
});
