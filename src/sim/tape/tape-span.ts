/** From when to when a tape has data of a symbol. */
export interface TapeSpan {
  readonly symbol: string;
  /** Milliseconds UTC. */
  readonly fromMs: number;
  readonly toMs: number;
  /** False: a long file of which only the beginning was looked at; its data go on after `toMs`. */
  readonly isWhole: boolean;
}

/** The spans of several files, one for each symbol; holes between files do not show. */
export function joinSpans(spans: readonly TapeSpan[]): TapeSpan[] {
  const joined = new Map<string, TapeSpan>();
  for (const span of spans) {
    const known = joined.get(span.symbol) ?? span;
    const later = known.toMs > span.toMs ? known : span;
    joined.set(span.symbol, { ...later, fromMs: Math.min(known.fromMs, span.fromMs) });
  }
  return [...joined.values()];
}
