import { Decimal, ZERO_MONEY } from '../domain/decimal.ts';
import type { Money, Price } from '../domain/decimal.ts';
import { asId } from '../domain/ids.ts';
import type { JournalEntryId, TradeId } from '../domain/ids.ts';
import type { JournalEntry } from '../domain/journal.ts';
import type { Position } from '../domain/position/position.ts';
import { tradeOf } from '../domain/trade.ts';
import type { Trade } from '../domain/trade.ts';
import type { EngineContext } from './context.ts';

/**
 * Books the trade that a closed position was, with its journal entry.
 * @returns its net result
 */
export function closeBooksOn(position: Position, context: EngineContext): Money {
  const { books, ids } = context;
  const signal = position.signalId === null ? undefined : books.signals.get(position.signalId);
  const trade = tradeOf(position, asId<TradeId>(ids.next()), signal?.conditions ?? []);
  books.addTrade(trade, entryOf(position, trade, context));
  return trade.pnl;
}

function entryOf(position: Position, trade: Trade, { books, ids, clock }: EngineContext): JournalEntry {
  const trader = trade.traderId === null ? undefined : books.traders.get(trade.traderId);
  const filter = trader && books.filters.get(trader.filterId);
  const signal = trade.signalId === null ? undefined : books.signals.get(trade.signalId);
  const { userId, market, symbol, side, entryPrice, exitPrice, quantity, pnl, pnlPct } = trade;
  return {
    id: asId<JournalEntryId>(ids.next()),
    userId,
    tradeId: trade.id,
    market,
    symbol,
    side,
    entryPrice,
    exitPrice,
    quantity,
    pnl,
    pnlPct,
    strategy: trader?.name ?? 'none',
    timeframe: filter?.meta.timeframes[0] ?? '1m',
    setup: 'other',
    regime: null,
    entryReasoning: position.openReason,
    exitReasoning: `closed by ${trade.reason}`,
    confidence: signal?.confidence ?? 0,
    atEntry: { rsi: NaN, atr: NaN, volume: NaN },
    wasCorrectEntry: null,
    wasCorrectExit: null,
    maxDrawdown: excursion(position, trade, position.worstPrice).negated() as Money,
    maxProfit: excursion(position, trade, position.bestPrice),
    holdMs: trade.exitTime - trade.entryTime,
    lessons: '',
    improvements: '',
    createdAt: clock.now(),
  };
}

/** Unrealised profit of the whole position at its best price (above zero), or at its worst (below). */
function excursion(position: Position, trade: Trade, at: Price): Money {
  const move = position.side === 'long' ? at.minus(trade.entryPrice) : trade.entryPrice.minus(at);
  const result = move.times(trade.quantity);
  const isBest = at.equals(position.bestPrice);
  return (isBest ? Decimal.max(result, ZERO_MONEY) : Decimal.min(result, ZERO_MONEY)) as Money;
}
