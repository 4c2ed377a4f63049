import { isFinal } from '../../../domain/order/order.ts';
import type { MarketRow } from '../../../ports/engine-handle.ts';
import { traderNames } from '../../shared/desk.ts';
import { tickerJson } from '../../shared/json/market-json.ts';
import { orderJson } from '../../shared/json/order-json.ts';
import { positionJson } from '../../shared/json/position-json.ts';
import { signalJson } from '../../shared/json/signal-json.ts';
import { traderJson } from '../../shared/json/trader-json.ts';
import { LISTS } from '../../shared/verbs/lists.ts';
import type { Channel } from '../../shared/wire/live.ts';
import { riskOf, statusOf } from '../routes/api-desk.ts';
import type { ApiDesk } from '../routes/api-desk.ts';
import { candlesOfAll } from './candle-source.ts';
import type { ChannelKind, SeenEntry } from './channel-rows.ts';

/** Where the entries of a channel come from. */
export interface ChannelSource {
  readonly kind: ChannelKind;
  /** Looked at every so many looks: what moves with the market at each, what is told by audit records rarely. */
  readonly everyLooks: number;
  /** Whether audit records tell of its changes: then it is looked at right after one. */
  readonly isAudited: boolean;
  /** What there is, oldest first. */
  look(api: ApiDesk): readonly SeenEntry[] | Promise<readonly SeenEntry[]>;
}

/** How many of the newest entries a window shows. */
const WINDOW = 200;

function ticker(row: MarketRow): SeenEntry {
  const { symbol, time, last, bid, ask, mark, open, high, low, volume, quoteVolume, stale } = row;
  const parts = [time, last, bid, ask, mark, open, high, low, volume, quoteVolume, stale];
  return { key: symbol, parts, json: () => tickerJson(row) };
}

function tickers({ running }: ApiDesk): SeenEntry[] {
  return running.engine.markets().map(ticker);
}

async function signals({ desk, running }: ApiDesk): Promise<SeenEntry[]> {
  const names = await traderNames(desk);
  return running.engine
    .signals()
    .slice(0, WINDOW)
    .toReversed()
    .map((signal) => ({
      key: signal.id,
      parts: [signal, names.get(signal.traderId)],
      json: () => signalJson(signal, names),
    }));
}

async function orders({ desk, running }: ApiDesk): Promise<SeenEntry[]> {
  const names = await traderNames(desk);
  return running.engine
    .orders()
    .filter(({ state }, index) => index < WINDOW || !isFinal(state.status))
    .toReversed()
    .map((order) => {
      const { id, traderId } = order.intent;
      const name = traderId === null ? null : names.get(traderId);
      return { key: id, parts: [order, name], json: () => orderJson(order, names) };
    });
}

async function positions({ desk, running }: ApiDesk): Promise<SeenEntry[]> {
  const names = await traderNames(desk);
  const markets = new Map(running.engine.markets().map((row) => [row.symbol, row]));
  return running.engine
    .positions()
    .filter(({ state }) => state.status === 'open')
    .map((position) => {
      const market = markets.get(position.symbol) ?? null;
      const name = position.traderId === null ? null : names.get(position.traderId);
      const parts = [position, name, market?.last, market?.mark];
      return { key: position.id, parts, json: () => positionJson(position, names, market) };
    });
}

async function trades({ desk }: ApiDesk): Promise<SeenEntry[]> {
  const page = await LISTS.trades.call({ limit: WINDOW }).run(desk);
  return page.toReversed().map((trade) => ({ key: trade.id, parts: null, json: () => trade }));
}

function traders({ running }: ApiDesk): SeenEntry[] {
  const filters = new Map(running.engine.filters().map(({ id, name }) => [id, name]));
  return running.engine.traders().map(({ trader, funnel, nextCheckAt }) => {
    const filter = filters.get(trader.filterId) ?? null;
    const json = () => traderJson(trader, { filter, funnel, nextCheckAt });
    return { key: trader.id, parts: null, json };
  });
}

async function balances({ desk }: ApiDesk): Promise<SeenEntry[]> {
  const list = await LISTS.balance.call({}).run(desk);
  return list.map((balance) => ({ key: balance.asset, parts: null, json: () => balance }));
}

function logs({ logs: window }: ApiDesk): SeenEntry[] {
  return window.lines.slice(-WINDOW).map((line) => ({ key: line.id, parts: [line], json: () => line }));
}

async function single(key: string, json: Promise<unknown>): Promise<SeenEntry[]> {
  const value = await json;
  return [{ key, parts: null, json: () => value }];
}

const SECOND = 4;

/** The sources of the channels; each call gives sources with a memory of their own. */
export function channelSources(): Readonly<Record<Channel, ChannelSource>> {
  const audited = { isAudited: true, kind: 'state' } as const;
  const market = { isAudited: false, everyLooks: 1 } as const;
  return {
    tickers: { ...market, kind: 'state', look: tickers },
    candles: { ...market, kind: 'window', look: candlesOfAll() },
    signals: { ...audited, kind: 'window', everyLooks: 1, look: signals },
    positions: { ...audited, everyLooks: 1, look: positions },
    orders: { ...audited, kind: 'window', everyLooks: 1, look: orders },
    trades: { ...audited, kind: 'window', everyLooks: 2 * SECOND, look: trades },
    traders: { ...audited, everyLooks: SECOND, look: traders },
    status: { ...audited, everyLooks: SECOND, look: (api) => single('status', statusOf(api)) },
    risk: { ...audited, everyLooks: SECOND, look: (api) => single('risk', riskOf(api)) },
    balances: { ...audited, everyLooks: SECOND, look: balances },
    logs: { ...market, kind: 'window', look: logs },
  };
}
