/** Up to here a bucket is one millisecond wide, beyond it an eighth of a power of two: 12 % of the value. */
const LINEAR_MS = 128;
const BUCKETS_PER_OCTAVE = 8;
const OCTAVES = 12;
const BUCKETS = LINEAR_MS + BUCKETS_PER_OCTAVE * OCTAVES;
/** Percentiles cover the present and the previous stretch of this length. */
const STRETCH_MS = 60_000;

function bucketOf(ms: number): number {
  if (ms < LINEAR_MS) return ms > 0 ? Math.floor(ms) : 0;
  const octaves = Math.log2(ms / LINEAR_MS);
  return Math.min(BUCKETS - 1, LINEAR_MS + Math.floor(octaves * BUCKETS_PER_OCTAVE));
}

/** The upper end of a bucket in milliseconds. */
function upperEnd(bucket: number): number {
  if (bucket < LINEAR_MS) return bucket + 1;
  return LINEAR_MS * 2 ** ((bucket - LINEAR_MS + 1) / BUCKETS_PER_OCTAVE);
}

/** How long messages took, over the last one to two minutes. Recording one costs a division and an addition. */
export class LatencyHistogram {
  #present = new Uint32Array(BUCKETS);
  #previous = new Uint32Array(BUCKETS);
  #stretch = 0;

  /** Says what time it is: whole minutes of it move the histogram on. */
  advance(nowMs: number): void {
    const stretch = Math.floor(nowMs / STRETCH_MS);
    if (stretch === this.#stretch) return;
    const isNext = stretch === this.#stretch + 1;
    const emptied = this.#previous;
    this.#previous = isNext ? this.#present : new Uint32Array(BUCKETS);
    this.#present = emptied.fill(0);
    this.#stretch = stretch;
  }

  /** Counts a message that took `ms`. Negative values (clocks differ) count as 0, NaN is left out. */
  record(ms: number): void {
    if (Number.isNaN(ms)) return;
    const bucket = bucketOf(ms);
    this.#present[bucket] = (this.#present[bucket] ?? 0) + 1;
  }

  /**
   * The least time within which the share of messages arrived, to the millisecond below 128 ms, to 10 % above.
   * @param share 0 .. 1
   * @returns milliseconds; NaN when there was no message
   */
  percentile(share: number): number {
    const counts = this.#present.map((count, bucket) => count + (this.#previous[bucket] ?? 0));
    const total = counts.reduce((sum, count) => sum + count, 0);
    let seen = 0;
    for (let bucket = 0; bucket < BUCKETS; bucket += 1) {
      seen += counts[bucket] ?? 0;
      if (seen > 0 && seen >= total * share) return upperEnd(bucket);
    }
    return NaN;
  }
}
