import type { Decimal, Money, Price, Quantity } from './decimal.ts';
import type { JournalEntryId, TradeId, UserId } from './ids.ts';
import type { InstrumentRef } from './instrument.ts';
import type { PositionSide } from './position/position.ts';
import type { Timeframe } from './time.ts';

export type SetupType = 'breakout' | 'reversal' | 'trend_follow' | 'mean_reversion' | 'other';
export type MarketRegime =
  'trend_up' | 'trend_down' | 'range' | 'breakout' | 'volatile' | 'accumulation' | 'distribution' | 'transition';

/** Indicators when the position was opened, as market data; NaN where they could not be computed. */
export interface EntryIndicators {
  readonly rsi: number;
  readonly atr: number;
  readonly volume: number;
}

/** What is said of a trade after it: by rule at its close, in words by agents or the user later. */
export interface JournalEntry extends InstrumentRef {
  readonly id: JournalEntryId;
  readonly userId: UserId;
  readonly tradeId: TradeId;
  readonly side: PositionSide;
  readonly entryPrice: Price;
  readonly exitPrice: Price | null;
  readonly quantity: Quantity;
  readonly pnl: Money;
  readonly pnlPct: Decimal;
  /** The trader's name at the time. */
  readonly strategy: string;
  readonly timeframe: Timeframe;
  readonly setup: SetupType;
  readonly regime: MarketRegime | null;
  readonly entryReasoning: string;
  readonly exitReasoning: string;
  /** 0 .. 100. */
  readonly confidence: number;
  readonly atEntry: EntryIndicators;
  readonly wasCorrectEntry: boolean | null;
  readonly wasCorrectExit: boolean | null;
  /** Deepest unrealised loss while it was open, as a positive amount. */
  readonly maxDrawdown: Money;
  /** Highest unrealised profit while it was open. */
  readonly maxProfit: Money;
  readonly holdMs: number;
  readonly lessons: string;
  readonly improvements: string;
  readonly createdAt: number;
}
