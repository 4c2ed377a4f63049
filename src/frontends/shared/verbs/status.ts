import { z } from 'zod';

import { isFinal } from '../../../domain/order/order.ts';
import { tradersOf } from '../desk.ts';
import type { Desk, RunningDesk } from '../desk.ts';
import { openingJson } from '../json/account-json.ts';
import { amountText, figure, ratioNumber } from '../json/figures.ts';
import { lookingVerb } from './verb.ts';

/** The desk while nothing runs, as it was left. */
async function storedStatus(desk: Desk) {
  const { store, userId } = desk;
  const [breaker, heartbeats] = await Promise.all([store.risk.breaker(userId), store.process.heartbeats(userId)]);
  const lastSeenAt = heartbeats.reduce((latest, { at }) => Math.max(latest, at), 0);
  return {
    running: false as const,
    money: desk.money,
    dataDir: desk.dataDir,
    lastSeenAt: lastSeenAt === 0 ? null : lastSeenAt,
    opening: breaker === null ? null : openingJson(breaker.breaker),
    traders: await traderCounts(desk),
    positionsOpen: (await store.positions.open(userId)).length,
    ordersWorking: (await store.orders.unfinished(userId)).length,
    signalsAwaiting: (await store.signals.withStatus(userId, ['awaiting_approval'])).length,
  };
}

async function traderCounts(desk: Desk) {
  const states = (await tradersOf(desk)).map(({ state }) => state.status);
  const count = (status: string): number => states.filter((each) => each === status).length;
  return { running: count('running'), paused: count('paused'), disabled: count('disabled') };
}

/** The running desk at a glance. */
export async function runningStatus(desk: Desk, { engine, mode, pid }: RunningDesk) {
  const status = engine.status();
  const markets = engine.markets();
  const { account } = status;
  return {
    running: true as const,
    mode,
    pid,
    money: status.money,
    dataDir: desk.dataDir,
    account: { id: account.id, label: account.label, venue: account.venue, market: account.market },
    startedAt: status.startedAt,
    uptimeMs: desk.now() - status.startedAt,
    feed: status.feed,
    feedLatencyMs: figure(status.feedLatencyMs),
    symbols: markets.length,
    symbolsStale: markets.filter(({ stale }) => stale).length,
    opening: openingJson(status.breaker),
    quoteAsset: desk.traderDefaults.quoteAsset,
    equity: amountText(status.equity),
    dailyPnl: amountText(status.dailyPnl),
    dailyPnlPct: ratioNumber(status.dailyPnlPct),
    traders: await traderCounts(desk),
    positionsOpen: engine.positions().filter(({ state }) => state.status === 'open').length,
    positionsUnguarded: engine
      .positions()
      .filter(({ state, protection }) => state.status === 'open' && protection.guard === 'none').length,
    ordersWorking: engine.orders().filter(({ state }) => !isFinal(state.status)).length,
    signalsAwaiting: engine.signals().filter(({ state }) => state.status === 'awaiting_approval').length,
  };
}

export type StatusJson = Awaited<ReturnType<typeof runningStatus>> | Awaited<ReturnType<typeof storedStatus>>;

async function status(desk: Desk): Promise<StatusJson> {
  return desk.running === null ? storedStatus(desk) : runningStatus(desk, desk.running);
}

const look = async (desk: Desk): Promise<readonly StatusJson[]> => [await status(desk)];

export const STATUS = {
  status: lookingVerb({ args: z.strictObject({}), run: status, followed: () => ({ first: look, next: look }) }),
};
