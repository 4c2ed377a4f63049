import { z } from 'zod';

import { isFinal } from '../../../domain/order/order.ts';
import type { MarketRow } from '../../../ports/engine-handle.ts';
import type { Page } from '../../../ports/store/readers.ts';
import { traderNames } from '../desk.ts';
import type { Desk } from '../desk.ts';
import { balanceJson } from '../json/account-json.ts';
import { orderJson } from '../json/order-json.ts';
import { positionJson } from '../json/position-json.ts';
import { signalJson } from '../json/signal-json.ts';
import { journalEntryJson, tradeJson } from '../json/trade-json.ts';
import { pageArguments, lookingVerb } from './verb.ts';
import type { Followed } from './verb.ts';

interface PageArguments {
  readonly limit: number;
  readonly before?: string | undefined;
}

/** How many entries are compared with what was told before: more change between two looks only in a very fast simulation. */
const FOLLOWED_ENTRIES = 200;

function pageOf({ limit, before }: PageArguments): Page {
  return before === undefined ? { limit } : { limit, before };
}

/**
 * A page of what is stored, with the engine's entries in place of older versions: the store may be a moment behind.
 * Ids sort by time.
 */
function newestFirst<Entity>(
  lists: { readonly stored: readonly Entity[]; readonly held: readonly Entity[] },
  { limit, before }: PageArguments,
  idOf: (entity: Entity) => string,
): readonly Entity[] {
  const byId = new Map([...lists.stored, ...lists.held].map((entity) => [idOf(entity), entity]));
  return [...byId]
    .filter(([id]) => before === undefined || id < before)
    .sort(([a], [b]) => (a < b ? 1 : -1))
    .slice(0, limit)
    .map(([, entity]) => entity);
}

async function signals(desk: Desk, args: PageArguments) {
  const stored = await desk.store.signals.list(desk.userId, pageOf(args));
  const held = desk.running?.engine.signals() ?? [];
  const names = await traderNames(desk);
  return newestFirst({ stored, held }, args, ({ id }) => id).map((signal) => signalJson(signal, names));
}

/** What is working or open is told in full: a page of it could hide a position. */
function whole(args: PageArguments & { readonly all: boolean }): PageArguments {
  return args.all ? args : { limit: Infinity };
}

/** @param all also the ended ones; otherwise those that work, whatever the limit */
async function orders(desk: Desk, args: PageArguments & { readonly all: boolean }) {
  const { store, userId } = desk;
  const engineOrders = desk.running?.engine.orders();
  const stored = args.all
    ? await store.orders.list(userId, pageOf(args))
    : engineOrders === undefined
      ? await store.orders.unfinished(userId)
      : [];
  const held = (engineOrders ?? []).filter(({ state }) => args.all || !isFinal(state.status));
  const names = await traderNames(desk);
  return newestFirst({ stored, held }, whole(args), ({ intent }) => intent.id).map((order) => orderJson(order, names));
}

/** @param all also the closed ones; otherwise those that are open, whatever the limit */
async function positions(desk: Desk, args: PageArguments & { readonly all: boolean }) {
  const { store, userId } = desk;
  const enginePositions = desk.running?.engine.positions();
  const stored = args.all
    ? await store.positions.list(userId, pageOf(args))
    : enginePositions === undefined
      ? await store.positions.open(userId)
      : [];
  const held = (enginePositions ?? []).filter(({ state }) => args.all || state.status === 'open');
  const names = await traderNames(desk);
  const markets = marketsBySymbol(desk);
  return newestFirst({ stored, held }, whole(args), ({ id }) => id).map((position) =>
    positionJson(position, names, markets.get(position.symbol) ?? null),
  );
}

function marketsBySymbol({ running }: Desk): ReadonlyMap<string, MarketRow> {
  return new Map((running?.engine.markets() ?? []).map((row) => [row.symbol, row]));
}

async function trades(desk: Desk, args: PageArguments) {
  const names = await traderNames(desk);
  const page = await desk.store.trades.list(desk.userId, pageOf(args));
  return page.map((trade) => tradeJson(trade, names));
}

async function journal(desk: Desk, args: PageArguments) {
  const page = await desk.store.journal.list(desk.userId, pageOf(args));
  return page.map(journalEntryJson);
}

async function balances({ running, store, userId, accountId }: Desk) {
  const list = running?.engine.balances() ?? (await store.balances.ofAccount(userId, accountId));
  return list.toSorted((a, b) => (a.asset < b.asset ? -1 : 1)).map(balanceJson);
}

/** A list, followed: what is asked for at first, then whatever of the newest entries is new or other than before. */
function followedList<Args extends PageArguments>(
  list: (desk: Desk, args: Args) => Promise<readonly object[]>,
  args: Args,
  wider: Args = args,
): Followed {
  return {
    first: async (desk) => (await list(desk, args)).toReversed(),
    next: async (desk) => (await list(desk, { ...wider, limit: FOLLOWED_ENTRIES, before: undefined })).toReversed(),
  };
}

const page = z.strictObject(pageArguments);
const pageOfAll = z.strictObject({ ...pageArguments, all: z.boolean('true or false').default(false) });

export const LISTS = {
  signals: lookingVerb({ args: page, run: signals, followed: (args) => followedList(signals, args) }),
  orders: lookingVerb({
    args: pageOfAll,
    run: orders,
    followed: (args) => followedList(orders, args, { ...args, all: true }),
  }),
  positions: lookingVerb({
    args: pageOfAll,
    run: positions,
    followed: (args) => followedList(positions, args, { ...args, all: true }),
  }),
  trades: lookingVerb({ args: page, run: trades, followed: (args) => followedList(trades, args) }),
  journal: lookingVerb({ args: page, run: journal, followed: (args) => followedList(journal, args) }),
  balance: lookingVerb({ args: z.strictObject({}), run: balances }),
};
