import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';

import type { EpisodeReport } from './episode.ts';

export interface ManyTerms {
  readonly first: number;
  readonly count: number;
  /** How many processors; default: all. */
  readonly jobs?: number;
  /** Hears of each seed as it is played. */
  readonly onReport: (report: EpisodeReport) => void;
}

/** Plays seeds on all processors; settles when all are played. */
export async function playMany({ first, count, jobs = availableParallelism(), onReport }: ManyTerms): Promise<void> {
  let next = first;
  const end = first + count;
  const work = (): Promise<void> =>
    new Promise((resolve, reject) => {
      const worker = new Worker(new URL('worker.ts', import.meta.url));
      worker.on('error', reject);
      worker.on('message', (report: EpisodeReport | null) => {
        if (report !== null) onReport(report);
        if (next < end) {
          worker.postMessage(next);
          next += 1;
        } else void worker.terminate().then(() => resolve());
      });
    });
  await Promise.all(Array.from({ length: Math.min(count, jobs) }, work));
}
