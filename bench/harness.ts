/** One line of `make bench`. `ratio` is value over referenceValue, of pairs measured side by side. */
export interface BenchRow {
  readonly name: string;
  readonly value: number;
  readonly unit: string;
  /** What did the same work in the same run. */
  readonly reference: string;
  readonly referenceValue: number;
  readonly ratio: number;
}

/** A piece of work and who else can do it. */
export interface Contest {
  readonly name: string;
  /** What is counted, in the plural: candles, messages. */
  readonly things: string;
  /** How many of them one call of a contestant works through. */
  readonly count: number;
  readonly ours: () => unknown;
  /** By their names; the fastest of them is the reference. */
  readonly references: Readonly<Record<string, () => unknown>>;
}

/** Shorter samples measure the timer and a single garbage collection. */
const SAMPLE_MS = 10;
const WARM_UP_SAMPLES = 15;
const PAIRS = 31;

/** Results go here, so that no compiler finds the work useless. */
const sink: unknown[] = [];

function timeMs(work: () => unknown, repeats: number): number {
  const startedAt = performance.now();
  for (let run = 0; run < repeats; run += 1) sink[0] = work();
  return performance.now() - startedAt;
}

/** How often to call `work` for a sample of SAMPLE_MS, once it is warm. */
function repeatsOf(work: () => unknown): number {
  let repeats = 1;
  for (let sample = 0; sample < WARM_UP_SAMPLES; sample += 1) {
    const spent = timeMs(work, repeats);
    repeats = Math.max(1, Math.round((repeats * SAMPLE_MS) / Math.max(spent, 0.001)));
  }
  return repeats;
}

/** The value that `share` (0 .. 1) of the values do not exceed. */
export function percentile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? NaN;
}

/** The middle value; the upper one of two middles. */
export function median(values: readonly number[]): number {
  return percentile(values, 0.5);
}

function fastest(references: Contest['references']): string {
  const timed = Object.entries(references).map(([name, work]) => {
    const repeats = repeatsOf(work);
    return { name, ms: median(Array.from({ length: 5 }, () => timeMs(work, repeats) / repeats)) };
  });
  return timed.toSorted((a, b) => a.ms - b.ms)[0]?.name ?? '';
}

/**
 * Throughput of our work and of the fastest reference in million things a second: medians over pairs run in turn, ours
 * and theirs, and the median of the pairs' ratios, so that what slows the machine slows both.
 * @throws Error when the contest names no reference
 */
export function contest({ name, things, count, ours, references }: Contest): BenchRow {
  const reference = fastest(references);
  const theirs = references[reference];
  if (theirs === undefined) throw new Error(`bench ${name}: name at least one reference`);
  const ourRepeats = repeatsOf(ours);
  const theirRepeats = repeatsOf(theirs);
  const speed = (ms: number, repeats: number) => (count * repeats) / ms / 1_000;
  const pairs = Array.from({ length: PAIRS }, () => ({
    ours: speed(timeMs(ours, ourRepeats), ourRepeats),
    theirs: speed(timeMs(theirs, theirRepeats), theirRepeats),
  }));
  return {
    name,
    value: median(pairs.map((pair) => pair.ours)),
    unit: `M ${things}/s`,
    reference,
    referenceValue: median(pairs.map((pair) => pair.theirs)),
    ratio: median(pairs.map((pair) => pair.ours / pair.theirs)),
  };
}
