import type { JournalEntry } from '../../../domain/journal.ts';
import type { Trade } from '../../../domain/trade.ts';
import type { JournalForm, TradeForm } from '../wire/forms.ts';
import { amountOrNull, amountText, figure, nameOf, ratioNumber } from './figures.ts';
import type { TraderNames } from './figures.ts';

export type TradeJson = TradeForm;
export type JournalEntryJson = JournalForm;

/** A closed position as the API gives it. `pnl` is net of fees and with funding; `pnlPct` counts 0 .. 100. */
export function tradeJson(trade: Trade, names: TraderNames): TradeForm {
  return {
    id: trade.id,
    positionId: trade.positionId,
    traderId: trade.traderId,
    trader: nameOf(trade.traderId, names),
    signalId: trade.signalId,
    market: trade.market,
    symbol: trade.symbol,
    side: trade.side,
    entryTime: trade.entryTime,
    entryPrice: amountText(trade.entryPrice),
    exitTime: trade.exitTime,
    exitPrice: amountOrNull(trade.exitPrice),
    quantity: amountText(trade.quantity),
    fees: amountText(trade.fees),
    funding: amountText(trade.funding),
    pnl: amountText(trade.pnl),
    pnlPct: ratioNumber(trade.pnlPct),
    reason: trade.reason,
    conditions: trade.conditions,
    exits: trade.exits.map(({ time, price, quantity, reason, grossPnl }) => ({
      time,
      price: amountText(price),
      quantity: amountText(quantity),
      reason,
      grossPnl: amountText(grossPnl),
    })),
    dust: trade.dust === null ? null : { quantity: amountText(trade.dust.quantity), cost: amountText(trade.dust.cost) },
  };
}

/** What is said of a trade, as the API gives it. */
export function journalEntryJson(entry: JournalEntry): JournalForm {
  const { rsi, atr, volume } = entry.atEntry;
  return {
    id: entry.id,
    tradeId: entry.tradeId,
    market: entry.market,
    symbol: entry.symbol,
    side: entry.side,
    entryPrice: amountText(entry.entryPrice),
    exitPrice: amountOrNull(entry.exitPrice),
    quantity: amountText(entry.quantity),
    pnl: amountText(entry.pnl),
    pnlPct: ratioNumber(entry.pnlPct),
    strategy: entry.strategy,
    timeframe: entry.timeframe,
    setup: entry.setup,
    regime: entry.regime,
    entryReasoning: entry.entryReasoning,
    exitReasoning: entry.exitReasoning,
    confidence: figure(entry.confidence),
    atEntry: { rsi: figure(rsi), atr: figure(atr), volume: figure(volume) },
    wasCorrectEntry: entry.wasCorrectEntry,
    wasCorrectExit: entry.wasCorrectExit,
    maxDrawdown: amountText(entry.maxDrawdown),
    maxProfit: amountText(entry.maxProfit),
    holdMs: entry.holdMs,
    lessons: entry.lessons,
    improvements: entry.improvements,
    createdAt: entry.createdAt,
  };
}
