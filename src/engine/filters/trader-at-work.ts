import type { Exits } from '../../domain/exits.ts';
import type { FilterMeta, Schedule } from '../../domain/filter.ts';
import type { VenueSymbol } from '../../domain/ids.ts';
import { timeframeMs } from '../../domain/time.ts';
import type { Timeframe } from '../../domain/time.ts';
import type { Trader } from '../../domain/trader.ts';
import type { DueCheck } from './check-report.ts';
import type { Moment } from './moments.ts';

/** A trader with everything that its filter says, settled: what the trader names itself comes before its filter. */
export interface TraderAtWork {
  readonly trader: Trader;
  readonly meta: FilterMeta;
  readonly clockTimeframe: Timeframe;
  readonly schedule: Schedule;
  readonly exits: Exits;
  /** No new signal on a symbol for so long after one, milliseconds. */
  readonly cooldownMs: number;
  /** The symbols that it checks. */
  readonly symbols: readonly VenueSymbol[];
}

export function traderAtWork(trader: Trader, meta: FilterMeta, symbols: readonly VenueSymbol[]): TraderAtWork {
  const [clockTimeframe] = meta.timeframes;
  return {
    trader,
    meta,
    clockTimeframe,
    schedule: trader.schedule ?? meta.schedule,
    exits: trader.exits ?? meta.exits,
    cooldownMs: trader.cooldownMs ?? timeframeMs(clockTimeframe),
    symbols,
  };
}

/** Checked symbols and references, each once. */
export function seenSymbols({ symbols, meta }: TraderAtWork): VenueSymbol[] {
  return [...new Set([...symbols, ...meta.references])];
}

/**
 * Which symbols a check has to look at: all (null), or those whose candle has come since the last check of the same moment.
 * That one has seen nothing when a reference was late.
 */
export function unseenSymbols(
  { references }: FilterMeta,
  due: Pick<DueCheck, 'at' | 'symbols'>,
  { last, moment }: { readonly last: Moment | null; readonly moment: Moment },
): ReadonlySet<VenueSymbol> | null {
  if (due.symbols === null) return null;
  const unseen = new Set(
    last?.at === due.at ? moment.tickers.keys().filter((symbol) => !last.tickers.has(symbol)) : due.symbols,
  );
  return references.some((reference) => unseen.has(reference)) ? null : unseen;
}
