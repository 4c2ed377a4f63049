import type { Ticker } from '../domain/candle.ts';
import type { EngineCommand } from '../domain/command.ts';
import type { Money } from '../domain/decimal.ts';
import type { AitraderError } from '../domain/errors.ts';
import type { UserId, VenueSymbol } from '../domain/ids.ts';
import type { Result } from '../lib/result.ts';
import type { EngineHandle, EngineStatus, MarketRow, TraderFunnel } from '../ports/engine-handle.ts';
import type { FeedStatus, MarketFeed } from '../ports/market-feed.ts';
import type { BookCounts } from './books/books.ts';
import { newestCandles } from './candle-view.ts';
import type { EngineContext } from './context.ts';
import { lastPrice } from './context.ts';
import type { SymbolMarket } from './market/market-book.ts';
import type { MarketRoom } from './market-room.ts';
import { accountFunds } from './portfolio/funds.ts';
import type { AccountFunds } from './portfolio/funds.ts';
import type { TraderRoom } from './trader-room.ts';

/** Figures of a run, for its summary. */
export interface EngineReport extends Readonly<BookCounts> {
  readonly symbols: number;
  readonly messages: number;
  readonly checks: number;
  readonly positionsOpen: number;
  readonly equity: Money;
  readonly errors: number;
}

export interface ViewParts {
  readonly context: EngineContext;
  readonly feed: MarketFeed;
  readonly market: MarketRoom;
  readonly traders: TraderRoom;
  readonly startedAt: number;
  readonly errors: () => number;
  readonly execute: (command: EngineCommand, by: UserId) => Promise<Result<null, AitraderError>>;
}

/** Of a trader that has not checked yet. */
export const NO_FUNNEL: TraderFunnel = {
  checked: 0,
  matched: 0,
  approved: 0,
  ordered: 0,
  filled: 0,
  lastRefusal: null,
  nearestMiss: null,
  lastFault: null,
};

/** What the engine shows of itself: snapshots that are made when somebody asks. */
export function createViews(parts: ViewParts): { readonly handle: EngineHandle; readonly report: () => EngineReport } {
  const { context, feed, market, traders } = parts;
  const { books, settings, broker, clock } = context;
  let feedStatus: FeedStatus['status'] = 'offline';
  feed.onStatus(({ status }) => (feedStatus = status));

  const funds = (): AccountFunds =>
    accountFunds(books.balances.get(settings.quoteAsset), books.positions.values(), (symbol) =>
      lastPrice(context, symbol),
    );

  const status = (): EngineStatus => ({
    money: settings.money,
    account: broker.account,
    startedAt: parts.startedAt,
    feed: feedStatus,
    feedLatencyMs: feed.metrics().latency.p95Ms,
    breaker: books.breaker.breaker,
    equity: funds().equity,
    dailyPnl: books.breaker.dailyPnl,
    dailyPnlPct: books.breaker.dailyPnlPct,
  });

  const row = (known: SymbolMarket): MarketRow => ({
    ...tickerOf(known),
    ageMs: Math.max(0, clock.now() - known.heardAt),
    stale: market.isStale(known.symbol),
  });

  const handle: EngineHandle = {
    execute: parts.execute,
    status,
    markets: () => market.symbols.flatMap((symbol) => knownRow(context, symbol, row)),
    traders: () =>
      [...books.traders.values()].map((trader) => ({
        trader,
        funnel: traders.desk.funnel(trader.id) ?? NO_FUNNEL,
        nextCheckAt: traders.scheduler.nextDueAt(trader.id),
      })),
    filters: () => [...books.filters.values()],
    candles: (request) => newestCandles(context, feed, request),
    signals: () => [...books.signals.values()].toReversed(),
    orders: () => [...books.orders.values()].toReversed(),
    positions: () => [...books.positions.values()],
    balances: () => [...books.balances.values()],
    onAudit: (listener) => books.onAudit(listener),
  };

  const report = (): EngineReport => ({
    ...books.counts,
    symbols: market.symbols.length,
    messages: feed.metrics().messages,
    checks: traders.checks,
    positionsOpen: books.positions.size,
    equity: funds().equity,
    errors: parts.errors(),
  });

  return { handle, report };
}

function knownRow(
  context: EngineContext,
  symbol: VenueSymbol,
  row: (known: SymbolMarket) => MarketRow,
): readonly MarketRow[] {
  const known = context.market.get(symbol);
  return known === undefined ? [] : [row(known)];
}

/** The venue's 24 h figures with the newest prices. */
function tickerOf({ symbol, last, lastTime, bid, ask, mark, day }: SymbolMarket): Ticker {
  const figures = { open: NaN, high: NaN, low: NaN, volume: NaN, quoteVolume: NaN };
  const { open, high, low, volume, quoteVolume } = day ?? figures;
  return {
    symbol,
    time: lastTime,
    last,
    bid,
    ask,
    mark,
    open,
    high,
    low,
    volume,
    quoteVolume,
    changePct: open > 0 ? (100 * (last - open)) / open : NaN,
  };
}
