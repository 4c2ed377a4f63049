import type { LeverageBracket } from '../../domain/instrument.ts';
import { atoms, ONE, times } from '../atoms.ts';
import type { Atoms } from '../atoms.ts';
import type { Scale } from '../book/scale.ts';

/** A maintenance margin bracket in atoms; see LeverageBracket. */
export interface Bracket {
  readonly cap: Atoms;
  readonly maxLeverage: number;
  readonly rate: Atoms;
  readonly amount: Atoms;
}

/** Where the venue has not told its brackets: one for all, with a rate that is common for small coins. */
const DEFAULT_BRACKETS: readonly Bracket[] = [
  { cap: 10n ** 30n, maxLeverage: 20, rate: (ONE * 25n) / 1000n, amount: 0n },
];

/** What margin depends on in a futures symbol: its brackets, mark price and funding. */
export class Contract {
  readonly symbol: string;
  readonly marginAsset: string;
  scale: Scale;
  brackets: readonly Bracket[];
  readonly liquidationFeeRate: Atoms;
  /** Zero until the first mark price. */
  mark: Atoms = 0n;
  fundingRate: Atoms = 0n;
  fundingIntervalMs: number;
  /** What the outside world holds against the accounts, negative for a short, and what it paid for it. */
  outsideSteps = 0;
  outsideCost: Atoms = 0n;

  constructor(
    terms: {
      readonly symbol: string;
      readonly marginAsset: string;
      readonly fundingIntervalMs: number;
      readonly liquidationFeeRate: Atoms;
      readonly brackets: readonly LeverageBracket[];
    },
    scale: Scale,
  ) {
    this.symbol = terms.symbol;
    this.marginAsset = terms.marginAsset;
    this.fundingIntervalMs = terms.fundingIntervalMs;
    this.liquidationFeeRate = terms.liquidationFeeRate;
    this.scale = scale;
    this.brackets = compileBrackets(terms.brackets);
  }

  get maxLeverage(): number {
    return Math.max(...this.brackets.map(({ maxLeverage }) => maxLeverage));
  }

  /** The bracket that a notional falls into; beyond the last one the last holds. */
  bracketOf(notional: Atoms): Bracket {
    const found = this.brackets.find(({ cap }) => notional <= cap) ?? this.brackets.at(-1);
    return found as Bracket;
  }

  /** The largest position, with open orders, that a leverage allows. */
  maxNotional(leverage: number): Atoms {
    return this.brackets.reduce(
      (most, { cap, maxLeverage }) => (maxLeverage >= leverage && cap > most ? cap : most),
      0n,
    );
  }

  /** Notional x rate - amount, by bracket; continuous over brackets. */
  maintenanceMargin(notional: Atoms): Atoms {
    const { rate, amount } = this.bracketOf(notional);
    const margin = times(notional, rate) - amount;
    return margin > 0n ? margin : 0n;
  }
}

/** @param brackets as the instrument has them; empty while the venue has not told */
export function compileBrackets(brackets: readonly LeverageBracket[]): readonly Bracket[] {
  if (brackets.length === 0) return DEFAULT_BRACKETS;
  return brackets
    .map((bracket) => ({
      cap: atoms(bracket.notionalCap),
      maxLeverage: bracket.maxLeverage,
      rate: atoms(bracket.maintenanceMarginRate),
      amount: atoms(bracket.maintenanceAmount),
    }))
    .sort((a, b) => (a.cap < b.cap ? -1 : 1));
}
