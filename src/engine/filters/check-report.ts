import type { Ticker } from '../../domain/candle.ts';
import type { TraderId, VenueSymbol } from '../../domain/ids.ts';
import type { CheckOutcome, FilterFault, FilterMatch, ManageRequest, NearMiss } from '../../ports/filter-sandbox.ts';

/** After so many failed checks in a row a trader is disabled. */
const MOST_FAILURES = 5;

/** A check that is to be run now. */
export interface DueCheck {
  readonly traderId: TraderId;
  /** The moment that the check stands for, milliseconds UTC: it sees nothing later, whenever it runs. */
  readonly at: number;
  /** Null: all symbols of the trader. Otherwise the symbols whose candle came after the others were checked. */
  readonly symbols: readonly VenueSymbol[] | null;
}

/** What came of a check. */
export interface CheckReport {
  readonly traderId: TraderId;
  readonly at: number;
  /** Entries that the filter wants, best first; only sides that its meta allows, at most its `top`. */
  readonly matches: readonly FilterMatch[];
  /** What the filter wants done with open positions of the trader. */
  readonly manage: readonly ManageRequest[];
  /** The symbols nearest to their trigger, nearest first. */
  readonly misses: readonly NearMiss[];
  /** How many symbols were to be looked at for entries, and how many had all candles for it. */
  readonly symbols: number;
  readonly checked: number;
  /** The tickers that the check saw: price and quote volume of a match. */
  readonly tickers: ReadonlyMap<VenueSymbol, Ticker>;
  /** Time in the sandbox. */
  readonly elapsedMs: number;
  /** What went wrong, null when all went well. The part that did not fail (`check` or `manage`) still has its results. */
  readonly fault: FilterFault | null;
  /** How many checks of the trader failed in a row, this one included. */
  readonly failuresInARow: number;
  /** Why the trader is to be disabled now, null when it is not. Holds words of the filter: escape them before showing. */
  readonly disableReason: string | null;
}

/** What a report is made of; null where nothing was asked of the sandbox. */
interface CheckParts extends Pick<CheckReport, 'symbols' | 'tickers'> {
  readonly due: DueCheck;
  readonly check: CheckOutcome | null;
  readonly manage: CheckOutcome | null;
  /** How many checks of the trader failed in a row before this one. */
  readonly failuresBefore: number;
}

export function reportOf({ due, symbols, tickers, check, manage, failuresBefore }: CheckParts): CheckReport {
  const entries = check?.ok === true ? check : null;
  const looked = manage?.ok === true ? manage : null;
  const fault = faultOf(check) ?? faultOf(manage);
  const failuresInARow = fault !== null ? failuresBefore + 1 : check === null && manage === null ? failuresBefore : 0;
  const isBad = fault !== null && failuresInARow >= MOST_FAILURES;
  return {
    traderId: due.traderId,
    at: due.at,
    matches: entries?.matches ?? [],
    manage: looked?.manage ?? [],
    misses: entries?.misses ?? [],
    symbols,
    checked: entries?.checked ?? 0,
    tickers,
    elapsedMs: (entries?.elapsedMs ?? 0) + (looked?.elapsedMs ?? 0),
    fault,
    failuresInARow,
    disableReason: isBad ? `its filter failed ${failuresInARow} times in a row, at last: ${describe(fault)}` : null,
  };
}

function faultOf(outcome: CheckOutcome | null): FilterFault | null {
  return outcome?.ok === false ? outcome.fault : null;
}

function describe({ message, line, column }: FilterFault): string {
  return line === null ? message : `line ${line}, column ${column ?? 1}: ${message}`;
}
