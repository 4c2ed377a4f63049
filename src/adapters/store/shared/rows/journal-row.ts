import { asId } from '../../../../domain/ids.ts';
import type { JournalEntry, MarketRegime, SetupType } from '../../../../domain/journal.ts';
import {
  amountText,
  amountTextOrNull,
  flagNumberOrNull,
  floatOrNull,
  readAmount,
  readAmountOrNull,
} from '../fields.ts';
import { readFlagOrNull, readFloat, readRow, readWord } from '../fields.ts';
import type { RowOf, TableDefinition } from '../table.ts';
import { MARKETS, POSITION_SIDES, TIMEFRAME_WORDS } from './words.ts';

export const JOURNAL = {
  kind: 'entity',
  key: ['id'],
  columns: {
    id: 'text',
    user_id: 'text',
    trade_id: 'text',
    market: 'text',
    symbol: 'text',
    side: 'text',
    entry_price: 'text',
    exit_price: 'text?',
    quantity: 'text',
    pnl: 'text',
    pnl_pct: 'text',
    strategy: 'text',
    timeframe: 'text',
    setup: 'text',
    regime: 'text?',
    entry_reasoning: 'text',
    exit_reasoning: 'text',
    confidence: 'real',
    rsi_at_entry: 'real?',
    atr_at_entry: 'real?',
    volume_at_entry: 'real?',
    was_correct_entry: 'integer?',
    was_correct_exit: 'integer?',
    max_drawdown: 'text',
    max_profit: 'text',
    hold_ms: 'integer',
    lessons: 'text',
    improvements: 'text',
    created_at: 'integer',
  },
} as const satisfies TableDefinition;

type JournalRow = RowOf<typeof JOURNAL>;

const SETUPS: Record<SetupType, true> = {
  breakout: true,
  reversal: true,
  trend_follow: true,
  mean_reversion: true,
  other: true,
};
const REGIMES: Record<MarketRegime, true> = {
  trend_up: true,
  trend_down: true,
  range: true,
  breakout: true,
  volatile: true,
  accumulation: true,
  distribution: true,
  transition: true,
};

export function journalToRow(entry: JournalEntry): JournalRow {
  return {
    id: entry.id,
    user_id: entry.userId,
    trade_id: entry.tradeId,
    market: entry.market,
    symbol: entry.symbol,
    side: entry.side,
    entry_price: amountText(entry.entryPrice),
    exit_price: amountTextOrNull(entry.exitPrice),
    quantity: amountText(entry.quantity),
    pnl: amountText(entry.pnl),
    pnl_pct: amountText(entry.pnlPct),
    strategy: entry.strategy,
    timeframe: entry.timeframe,
    setup: entry.setup,
    regime: entry.regime,
    entry_reasoning: entry.entryReasoning,
    exit_reasoning: entry.exitReasoning,
    confidence: entry.confidence,
    rsi_at_entry: floatOrNull(entry.atEntry.rsi),
    atr_at_entry: floatOrNull(entry.atEntry.atr),
    volume_at_entry: floatOrNull(entry.atEntry.volume),
    was_correct_entry: flagNumberOrNull(entry.wasCorrectEntry),
    was_correct_exit: flagNumberOrNull(entry.wasCorrectExit),
    max_drawdown: amountText(entry.maxDrawdown),
    max_profit: amountText(entry.maxProfit),
    hold_ms: entry.holdMs,
    lessons: entry.lessons,
    improvements: entry.improvements,
    created_at: entry.createdAt,
  };
}

/** @throws AitraderError `ROW_INVALID` */
export function journalFromRow(row: JournalRow): JournalEntry {
  return readRow('journal', row.id, () => ({
    id: asId(row.id),
    userId: asId(row.user_id),
    tradeId: asId(row.trade_id),
    market: readWord(MARKETS, row.market),
    symbol: asId(row.symbol),
    side: readWord(POSITION_SIDES, row.side),
    entryPrice: readAmount(row.entry_price),
    exitPrice: readAmountOrNull(row.exit_price),
    quantity: readAmount(row.quantity),
    pnl: readAmount(row.pnl),
    pnlPct: readAmount(row.pnl_pct),
    strategy: row.strategy,
    timeframe: readWord(TIMEFRAME_WORDS, row.timeframe),
    setup: readWord(SETUPS, row.setup),
    regime: row.regime === null ? null : readWord(REGIMES, row.regime),
    entryReasoning: row.entry_reasoning,
    exitReasoning: row.exit_reasoning,
    confidence: row.confidence,
    atEntry: {
      rsi: readFloat(row.rsi_at_entry),
      atr: readFloat(row.atr_at_entry),
      volume: readFloat(row.volume_at_entry),
    },
    wasCorrectEntry: readFlagOrNull(row.was_correct_entry),
    wasCorrectExit: readFlagOrNull(row.was_correct_exit),
    maxDrawdown: readAmount(row.max_drawdown),
    maxProfit: readAmount(row.max_profit),
    holdMs: row.hold_ms,
    lessons: row.lessons,
    improvements: row.improvements,
    createdAt: row.created_at,
  }));
}
