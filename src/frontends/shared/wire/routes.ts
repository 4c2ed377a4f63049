import { z } from 'zod';

import { TRADER_BODIES } from '../verbs/traders.ts';
import { ACTION_BODIES } from '../verbs/actions.ts';
import { GROUPINGS } from '../verbs/stats.ts';
import { shortText } from '../verbs/verb.ts';
import {
  balanceForm,
  candleForm,
  filterForm,
  filterSourceForm,
  healthForm,
  journalForm,
  logForm,
  orderForm,
  positionForm,
  riskForm,
  signalForm,
  standingForm,
  statsForm,
  statusForm,
  tickerForm,
  tradeForm,
  traderForm,
} from './forms.ts';
import { list, timeframe } from './values.ts';

/** Which budget of requests a route draws on. Routes that only reduce risk draw on none. */
export type RouteGroup = 'data' | 'orders' | 'unlimited';

/** One operation of the API: what it takes and what it answers. The server, the client and the documents are made of it. */
export interface RouteSpec {
  readonly method: 'GET' | 'POST' | 'PATCH' | 'DELETE';
  /** With `{id}` for what stands in the path. */
  readonly path: string;
  readonly summary: string;
  readonly tag: string;
  readonly group: RouteGroup;
  readonly query: z.ZodObject;
  /** Null: the request has none. */
  readonly body: z.ZodObject | null;
  readonly answer: z.ZodType;
  /** 200 unless said. */
  readonly status?: 201;
}

const LIMIT = 'a whole number from 1 to 1000';
const limit = z.coerce.number<number>(LIMIT).int(LIMIT).min(1, LIMIT).max(1_000, LIMIT);
const flag = z.union([z.boolean(), z.enum(['true', 'false']).transform((text) => text === 'true')], 'true or false');

const none = z.strictObject({});
const page = z.strictObject({
  limit: limit.optional().meta({ description: 'at most so many entries; 50 unless said' }),
  before: shortText.optional().meta({ description: 'the id of the last entry of the page before' }),
});
const pageOfAll = page.extend({ all: flag.optional().meta({ description: 'also those that have ended' }) });

const get = { method: 'GET', group: 'data', query: none, body: null } as const;
const act = { method: 'POST', query: none } as const;

/** Every operation under its name. Entries of lists come newest first; ids sort by time. */
export const ROUTES = {
  status: { ...get, path: '/status', tag: 'desk', summary: 'The desk at a glance', answer: statusForm },
  markets: {
    ...get,
    path: '/api/markets',
    tag: 'market',
    summary: 'Every symbol that is watched',
    answer: list(tickerForm),
  },
  candles: {
    ...get,
    path: '/api/candles',
    tag: 'market',
    summary: 'The newest closed candles of a symbol, oldest first',
    query: z.strictObject({ symbol: shortText, timeframe: timeframe.default('1m'), limit: limit.default(200) }),
    answer: list(candleForm),
  },
  filters: {
    ...get,
    path: '/api/filters',
    tag: 'traders',
    summary: 'The filters that traders are made of',
    answer: list(filterForm),
  },
  filter: {
    ...get,
    path: '/api/filters/{name}',
    tag: 'traders',
    summary: 'A filter with its code',
    answer: filterSourceForm,
  },
  traders: { ...get, path: '/api/traders', tag: 'traders', summary: 'The traders', answer: list(traderForm) },
  trader: {
    ...get,
    path: '/api/traders/{id}',
    tag: 'traders',
    summary: 'One trader, by id or name',
    answer: traderForm,
  },
  addTrader: {
    ...act,
    path: '/api/traders',
    tag: 'traders',
    group: 'orders',
    summary: 'Puts a filter to work',
    body: TRADER_BODIES.add,
    answer: traderForm,
    status: 201,
  },
  changeTrader: {
    ...act,
    method: 'PATCH',
    path: '/api/traders/{id}',
    tag: 'traders',
    group: 'orders',
    summary: 'Changes settings of a trader; the others stay',
    body: TRADER_BODIES.set,
    answer: traderForm,
  },
  removeTrader: {
    ...act,
    method: 'DELETE',
    path: '/api/traders/{id}',
    tag: 'traders',
    group: 'orders',
    summary: 'Removes a trader; answers with it as it was',
    body: null,
    answer: traderForm,
  },
  pauseTrader: {
    ...act,
    path: '/api/traders/{id}/pause',
    tag: 'traders',
    group: 'unlimited',
    summary: 'Pauses a trader',
    body: TRADER_BODIES.pause,
    answer: traderForm,
  },
  resumeTrader: {
    ...act,
    path: '/api/traders/{id}/resume',
    tag: 'traders',
    group: 'orders',
    summary: 'Lets a paused or disabled trader go on',
    body: none,
    answer: traderForm,
  },
  signals: { ...get, path: '/api/signals', tag: 'trading', summary: 'Signals', query: page, answer: list(signalForm) },
  approveSignal: {
    ...act,
    path: '/api/signals/{id}/approve',
    tag: 'trading',
    group: 'orders',
    summary: 'Approves a signal that awaits it',
    body: none,
    answer: signalForm,
  },
  rejectSignal: {
    ...act,
    path: '/api/signals/{id}/reject',
    tag: 'trading',
    group: 'unlimited',
    summary: 'Rejects a signal that awaits approval',
    body: ACTION_BODIES.reject,
    answer: signalForm,
  },
  positions: {
    ...get,
    path: '/api/positions',
    tag: 'trading',
    summary: 'Open positions; all of them unless a limit is given',
    query: pageOfAll,
    answer: list(positionForm),
  },
  protectPosition: {
    ...act,
    method: 'PATCH',
    path: '/api/positions/{id}',
    tag: 'trading',
    group: 'orders',
    summary: 'Changes stop, targets or trailing distance of a position; a stop only tightens',
    body: ACTION_BODIES.protect,
    answer: positionForm,
  },
  closePosition: {
    ...act,
    path: '/api/positions/{id}/close',
    tag: 'trading',
    group: 'unlimited',
    summary: 'Closes a position or a part of it; answers with what is left, null when nothing is',
    body: ACTION_BODIES.close,
    answer: positionForm.nullable(),
  },
  orders: {
    ...get,
    path: '/api/orders',
    tag: 'trading',
    summary: 'Working orders; all of them unless a limit is given',
    query: pageOfAll,
    answer: list(orderForm),
  },
  cancelOrder: {
    ...act,
    method: 'DELETE',
    path: '/api/orders/{id}',
    tag: 'trading',
    group: 'unlimited',
    summary: 'Cancels a working order',
    body: null,
    answer: orderForm.nullable(),
  },
  trades: {
    ...get,
    path: '/api/trades',
    tag: 'results',
    summary: 'Closed positions',
    query: page,
    answer: list(tradeForm),
  },
  journal: {
    ...get,
    path: '/api/journal',
    tag: 'results',
    summary: 'What is said of trades',
    query: page,
    answer: list(journalForm),
  },
  stats: {
    ...get,
    path: '/api/stats',
    tag: 'results',
    summary: 'Sums over the closed trades',
    query: z.strictObject({ by: z.enum(GROUPINGS, GROUPINGS.join(', ')).default('trader') }),
    answer: statsForm,
  },
  analyses: {
    ...get,
    path: '/api/analyses',
    tag: 'results',
    summary: 'What agents concluded about signals',
    query: page,
    answer: list(z.unknown()),
  },
  balances: {
    ...get,
    path: '/api/balances',
    tag: 'desk',
    summary: 'The assets of the account',
    answer: list(balanceForm),
  },
  risk: { ...get, path: '/api/risk', tag: 'desk', summary: 'How near the limits are', answer: riskForm },
  kill: {
    ...act,
    path: '/api/risk/kill',
    tag: 'desk',
    group: 'unlimited',
    summary: 'Stops opening, cancels entries and closes all positions',
    body: ACTION_BODIES.kill,
    answer: standingForm,
  },
  resumeAfterKill: {
    ...act,
    path: '/api/risk/resume',
    tag: 'desk',
    group: 'orders',
    summary: 'Lets positions be opened again',
    body: none,
    answer: standingForm,
  },
  pauseTrading: {
    ...act,
    path: '/api/trading/pause',
    tag: 'desk',
    group: 'unlimited',
    summary: 'Stops opening positions; those that are open stay and are guarded',
    body: ACTION_BODIES.pause,
    answer: standingForm,
  },
  resumeTrading: {
    ...act,
    path: '/api/trading/resume',
    tag: 'desk',
    group: 'orders',
    summary: 'Lets positions be opened again',
    body: none,
    answer: standingForm,
  },
  logs: {
    ...get,
    path: '/api/logs',
    tag: 'desk',
    summary: "The newest lines of the program's log",
    query: page,
    answer: list(logForm),
  },
} as const satisfies Record<string, RouteSpec>;

/** Open to everybody. */
export const HEALTH = {
  ...get,
  group: 'unlimited',
  path: '/health',
  tag: 'desk',
  summary: 'Whether the daemon answers; needs no token',
  answer: healthForm,
} as const satisfies RouteSpec;

export type OperationName = keyof typeof ROUTES;
export type AnswerOf<Name extends OperationName> = z.output<(typeof ROUTES)[Name]['answer']>;
export type QueryOf<Name extends OperationName> = z.output<(typeof ROUTES)[Name]['query']>;

/** What stands in the path of an operation. */
type InPath<Path extends string> = Path extends `${string}{${infer Name}}${infer Rest}` ? Name | InPath<Rest> : never;
export type ParamsOf<Name extends OperationName> = Readonly<Record<InPath<(typeof ROUTES)[Name]['path']>, string>>;

/** What may be given for an object. Where it has no keys, its own type would forbid every other. */
type Given<Schema> = Schema extends { readonly shape: infer Shape; readonly _zod: { readonly input: infer Input } }
  ? { [Key in keyof Input as Key extends keyof Shape ? Key : never]: Input[Key] }
  : unknown;

type Specs = typeof ROUTES;

/** Everything that an operation takes, under one set of names. */
export type ArgumentsOf<Name extends OperationName> = ParamsOf<Name> &
  Given<Specs[Name]['query']> &
  Given<Specs[Name]['body']>;
