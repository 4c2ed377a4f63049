import type { VenueSymbol } from '../../domain/ids.ts';

/** What matches compete by. */
interface Ranked {
  readonly symbol: VenueSymbol;
  readonly score: number;
}

/**
 * The best `top` matches, best first: by score, then quote volume, then symbol. Figures that are not known come last.
 * @param quoteVolumeOf the 24 h turnover of a symbol, NaN while unknown
 * @param top null keeps all
 */
export function rankMatches<Match extends Ranked>(
  matches: readonly Match[],
  quoteVolumeOf: (symbol: VenueSymbol) => number,
  top: number | null,
): readonly Match[] {
  const known = (figure: number): number => (Number.isNaN(figure) ? -Infinity : figure);
  const sorted = matches.toSorted(
    (a, b) =>
      descending(known(a.score), known(b.score)) ||
      descending(known(quoteVolumeOf(a.symbol)), known(quoteVolumeOf(b.symbol))) ||
      descending(b.symbol, a.symbol),
  );
  return top === null ? sorted : sorted.slice(0, top);
}

/** Subtraction would give NaN for two infinities. */
function descending<Value extends number | string>(a: Value, b: Value): number {
  return a === b ? 0 : a > b ? -1 : 1;
}
