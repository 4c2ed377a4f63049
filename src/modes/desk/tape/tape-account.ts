import type { Config } from '../../../config/config.ts';
import type { VariableName } from '../../../config/variables.ts';
import type { Money } from '../../../domain/decimal.ts';
import { money } from '../../../domain/decimal.ts';
import type { Instrument } from '../../../domain/instrument.ts';

/** What a simulated account is kept in, what it begins with, and what an entry is for. */
export interface TapeAccount {
  readonly quoteAsset: string;
  readonly balance: Money;
  /** Null: what the configuration says. */
  readonly entrySize: Money | null;
}

/** What an account begins with in quotes that are no dollars: what a coin is worth on a tape, nobody tells. */
const BALANCES: Readonly<Record<string, string>> = { BTC: '1', ETH: '10', BNB: '10' };
/** As the configuration's defaults: 100 of 10,000. */
const ENTRY_PART = '0.01';

export interface TapeAccountTerms {
  readonly config: Config;
  /** Whether the user has set this variable. */
  readonly isGiven: (name: VariableName) => boolean;
}

/**
 * The account for the symbols of a tape: kept in QUOTE_ASSET where the user has set it and a symbol is quoted in it, else in
 * what most of the symbols are quoted in. Amounts that the user has set hold in it as they stand.
 */
export function tapeAccount(instruments: readonly Instrument[], { config, isGiven }: TapeAccountTerms): TapeAccount {
  const counts = new Map<string, number>();
  for (const { quote } of instruments) counts.set(quote, (counts.get(quote) ?? 0) + 1);
  const [commonest] = [...counts].toSorted(([, a], [, b]) => b - a);
  const wanted = config.symbols.quoteAsset;
  const isWanted = isGiven('QUOTE_ASSET') && counts.has(wanted);
  const quoteAsset = isWanted ? wanted : (commonest?.[0] ?? wanted);
  const usual = BALANCES[quoteAsset];
  if (usual === undefined) return { quoteAsset, balance: config.paper.balance, entrySize: null };
  const balance = isGiven('PAPER_BALANCE') ? config.paper.balance : money(usual);
  return { quoteAsset, balance, entrySize: isGiven('DEFAULT_SIZE') ? null : money(balance.times(ENTRY_PART)) };
}
