import { Worker } from 'node:worker_threads';

/** What the guarding thread is told. */
export interface LoopGuardTerms {
  /** One number that rises while the program is at work. */
  readonly beats: Int32Array;
  readonly lookMs: number;
  /** After so long without a beat the thread says so on stderr. */
  readonly warnAfterMs: number;
  /** After so long it ends the process, so that a supervisor can start it again. */
  readonly endAfterMs: number;
}

/** Has a thread of its own watch that the program's event loop goes on: what stands still cannot say so itself. */
export class LoopGuard {
  readonly #beats = new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT));
  readonly #thread: Worker;

  /** @param module the thread's */
  constructor(module: URL, times: Omit<LoopGuardTerms, 'beats'>) {
    const workerData: LoopGuardTerms = { beats: this.#beats, ...times };
    this.#thread = new Worker(module, { workerData, name: 'loop-guard' });
    this.#thread.unref();
    // Without it the program goes on unguarded, as without this class.
    this.#thread.on('error', () => undefined);
  }

  /** The program is at work. */
  beat(): void {
    Atomics.add(this.#beats, 0, 1);
  }

  async close(): Promise<void> {
    await this.#thread.terminate();
  }
}
