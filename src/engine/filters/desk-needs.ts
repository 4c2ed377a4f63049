import type { TraderId, VenueSymbol } from '../../domain/ids.ts';
import type { Timeframe } from '../../domain/time.ts';
import { candlesOfDay } from './close-ticker.ts';
import { seenSymbols } from './trader-at-work.ts';
import type { TraderAtWork } from './trader-at-work.ts';

/** What the market book has to hold for all traders. */
export interface DeskNeeds {
  /** Checked symbols, references, and symbols of open positions. */
  readonly symbols: readonly VenueSymbol[];
  readonly timeframes: readonly Timeframe[];
  /** Candles; twice as many, at least 500, are wanted of each timeframe. 0 without traders. */
  readonly lookback: number;
}

export function deskNeeds(
  traders: Iterable<TraderAtWork>,
  heldSymbolsOf: (traderId: TraderId) => readonly VenueSymbol[],
): DeskNeeds {
  const symbols = new Set<VenueSymbol>();
  const timeframes = new Set<Timeframe>();
  let lookback = 0;
  for (const atWork of traders) {
    for (const symbol of [...seenSymbols(atWork), ...heldSymbolsOf(atWork.trader.id)]) symbols.add(symbol);
    for (const timeframe of atWork.meta.timeframes) timeframes.add(timeframe);
    lookback = Math.max(lookback, atWork.meta.lookback, forDay(atWork));
  }
  return { symbols: [...symbols], timeframes: [...timeframes], lookback };
}

/** The lookback whose double holds the 24 hours of the ticker at a close. */
function forDay({ schedule, clockTimeframe }: TraderAtWork): number {
  return schedule.kind === 'close' ? Math.ceil(candlesOfDay(clockTimeframe) / 2) : 0;
}
