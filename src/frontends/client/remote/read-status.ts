import { decimal, money } from '../../../domain/decimal.ts';
import { asId } from '../../../domain/ids.ts';
import type { AccountId, VenueSymbol } from '../../../domain/ids.ts';
import type { Balance } from '../../../domain/account.ts';
import type { Candle } from '../../../domain/candle.ts';
import type { BreakerPosition } from '../../../domain/risk.ts';
import type { EngineStatus, MarketRow } from '../../../ports/engine-handle.ts';
import type { BalanceForm, CandleForm, OpeningForm, StatusForm, TickerForm } from '../../shared/wire/forms.ts';
import { figureOf, REMOTE_USER, shareOf } from './values.ts';

export function readStatus(form: StatusForm): EngineStatus {
  const { account, money: kind } = form;
  return {
    money: kind,
    account: { ...account, id: asId<AccountId>(account.id), userId: REMOTE_USER, money: kind },
    startedAt: form.startedAt,
    feed: form.feed,
    feedLatencyMs: figureOf(form.feedLatencyMs),
    breaker: readOpening(form.opening),
    equity: money(form.equity),
    dailyPnl: money(form.dailyPnl),
    dailyPnlPct: shareOf(form.dailyPnlPct),
  };
}

function readOpening({ allowed, cause, reason, since, resetAt }: OpeningForm): BreakerPosition {
  if (allowed) return { status: 'closed' };
  return { status: 'tripped', cause: cause ?? 'paused_by_user', reason: reason ?? '', since: since ?? 0, resetAt };
}

export function readTicker(form: TickerForm): MarketRow {
  const { symbol, stale, ...figures } = form;
  return {
    symbol: asId<VenueSymbol>(symbol),
    time: figureOf(figures.time),
    last: figureOf(figures.last),
    bid: figureOf(figures.bid),
    ask: figureOf(figures.ask),
    mark: figureOf(figures.mark),
    open: figureOf(figures.open),
    high: figureOf(figures.high),
    low: figureOf(figures.low),
    volume: figureOf(figures.volume),
    quoteVolume: figureOf(figures.quoteVolume),
    changePct: figureOf(figures.changePct),
    ageMs: figureOf(figures.ageMs),
    stale,
  };
}

export function readBalance({ accountId, asset, free, locked, updatedAt }: BalanceForm): Balance {
  return { accountId: asId<AccountId>(accountId), asset, free: decimal(free), locked: decimal(locked), updatedAt };
}

export function readCandle(form: CandleForm): Candle {
  return {
    symbol: asId<VenueSymbol>(form.symbol),
    timeframe: form.timeframe,
    openTime: form.openTime,
    open: figureOf(form.open),
    high: figureOf(form.high),
    low: figureOf(form.low),
    close: figureOf(form.close),
    volume: figureOf(form.volume),
    quoteVolume: figureOf(form.quoteVolume),
    trades: figureOf(form.trades),
    buyVolume: figureOf(form.buyVolume),
    sellVolume: figureOf(form.sellVolume),
    closed: form.closed,
  };
}
