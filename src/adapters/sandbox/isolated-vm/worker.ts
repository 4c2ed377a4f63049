import type { Clock, Timer } from '../../../ports/clock.ts';
import type { FilterFault, MarketView } from '../../../ports/filter-sandbox.ts';
import type { Logger } from '../../../ports/logger.ts';
import type { CandleStore } from './candle-store.ts';
import { encodeView } from './candle-store.ts';
import type { FilterConfig } from './filter-config.ts';
import { FairQueue } from './fair-queue.ts';
import type { Owned } from './fair-queue.ts';
import { encodeFrame } from './process/protocol.ts';
import type { FromSandbox, Request } from './process/protocol.ts';
import { SandboxProcess } from './sandbox-process.ts';
import type { SandboxCommand } from './sandbox-process.ts';

/** A filter at work for a trader. */
export interface LoadedFilter {
  readonly source: string;
  readonly config: FilterConfig;
}

type WithoutId<Message> = Message extends unknown ? Omit<Message, 'id'> : never;

/** What a trader wants of a sandbox process. */
export interface Job extends Owned {
  readonly request: WithoutId<Request>;
  /** What must be in place before; null for an inspection. */
  readonly needs: {
    readonly filter: LoadedFilter;
    readonly symbols: readonly string[];
    readonly view: MarketView | null;
  } | null;
  /** False when nobody waits for the job any more: it is left out. */
  isWanted?(): boolean;
  /** Ends the job. `text` is the isolate's answer. */
  answered(result: { readonly text: string; readonly elapsedMs: number } | { readonly fault: FilterFault }): void;
  /** Ends the job: the sandbox cannot work, which is no fault of the filter. */
  failed(error: Error): void;
}

export interface WorkerOptions {
  readonly command: SandboxCommand;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly checkMs: number;
  /** How long after `checkMs` the process is ended, if the isolate did not end by itself. */
  readonly graceMs: number;
  readonly memoryBytes: number;
  /** How much the whole process may grow during a job. */
  readonly growthBytes: number;
  readonly resultBytes: number;
}

const CLOSED = 'the sandbox is closed';
const WATCH_MS = 25;
const START_MS = 20_000;
const MOST_STARTS = 5;
const MOST_SYMBOLS = 4_096;
/** When no check came for so long, the rush of a close is over, and what can wait for it begins. */
const LULL_MS = 50;
/** When nothing was to do for so long, isolates that have much garbage are tidied: it takes some 40 ms for each. */
const QUIET_MS = 1_000;
/** What comes together in so many jobs of a trader is worth it, and so is what compiling a filter leaves behind. */
const UNTIDY_JOBS = 100;

interface Running {
  readonly process: SandboxProcess;
  readonly filters: Map<string, LoadedFilter>;
  readonly symbols: Map<string, readonly string[]>;
  /** Jobs of each trader since its isolate was tidied. */
  readonly untidy: Map<string, number>;
  isReady: boolean;
  view: MarketView | null;
}

interface Current {
  readonly job: Job;
  readonly id: number;
  readonly startedMs: number;
  timer: Timer;
  /** Memory of the process when it was first looked at. */
  baseBytes: number | null;
  endedFor: 'timeout' | 'memory' | null;
}

const views = new WeakMap<MarketView, Buffer>();

function frameOfView(view: MarketView): Buffer {
  let frame = views.get(view);
  if (frame === undefined) views.set(view, (frame = encodeView(view)));
  return frame;
}

/**
 * One place in which filters run: a sandbox process, which is replaced when it dies, and the jobs that wait for it. One job
 * is given at a time, so that its limits are its own and, when the process dies, everybody knows of what.
 */
export class Worker {
  readonly #options: WorkerOptions;
  readonly #candles: CandleStore;
  readonly #waiting = new FairQueue<Job>();
  /** Done when nothing else waits, nor is likely to come. */
  readonly #idle = new FairQueue<Job>();
  #isLull = false;
  #running: Running | null = null;
  #current: Current | null = null;
  #startTimer: Timer | null = null;
  #quietTimer: Timer | null = null;
  #failedStarts = 0;
  #lastId = 0;
  #isClosed = false;

  constructor(options: WorkerOptions, candles: CandleStore) {
    this.#options = options;
    this.#candles = candles;
    this.#start();
  }

  get pid(): number | undefined {
    return this.#running?.process.pid;
  }

  waitingOf(owner: string): number {
    return this.#waiting.waitingOf(owner);
  }

  submit(job: Job, priority: 'soon' | 'idle' = 'soon'): void {
    if (this.#isClosed) return job.failed(new Error(CLOSED));
    (priority === 'soon' ? this.#waiting : this.#idle).push(job);
    // After starts that failed again and again each job is one more try.
    if (this.#running === null) this.#start();
    this.#next();
  }

  /** Hands a frame to the process as it is. */
  tell(frame: Buffer): void {
    this.#running?.process.write(frame);
  }

  drop(trader: string): void {
    this.#running?.filters.delete(trader);
    this.#running?.untidy.delete(trader);
    this.tell(encodeFrame({ type: 'drop', trader }));
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    this.#startTimer?.cancel();
    this.#quietTimer?.cancel();
    const running = this.#running;
    running?.process.kill();
    await running?.process.ended;
    this.#failAll(new Error(CLOSED));
  }

  #start(): void {
    const { command, checkMs, memoryBytes, resultBytes } = this.#options;
    const setup = { limits: { checkMs, memoryBytes }, mostSymbols: MOST_SYMBOLS, resultBytes };
    const process = new SandboxProcess(command, setup, {
      ready: () => {
        running.isReady = true;
        this.#failedStarts = 0;
        this.#startTimer?.cancel();
        this.#next();
      },
      answer: (message, text) => this.#answered(message, text),
      ended: (how) => this.#ended(running, how),
    });
    const known = { filters: new Map(), symbols: new Map(), untidy: new Map() };
    const running: Running = { process, ...known, isReady: false, view: null };
    this.#running = running;
    this.#startTimer = this.#options.clock.setTimer(START_MS, () => process.kill());
    for (const frame of this.#candles.frames()) process.write(frame);
  }

  #next(): void {
    const running = this.#running;
    if (this.#current !== null || running === null || !running.isReady) return;
    this.#quietTimer?.cancel();
    if (!this.#waiting.isEmpty) this.#isLull = false;
    const job = takeWanted(this.#waiting) ?? (this.#isLull ? takeWanted(this.#idle) : undefined);
    if (job === undefined) return this.#rest(running);
    const { clock } = this.#options;
    const id = (this.#lastId += 1);
    const frames = job.needs === null ? [] : framesBefore(running, job.owner, job.needs);
    frames.push(encodeFrame({ ...job.request, id }));
    running.process.write(frames.length === 1 ? frames[0]! : Buffer.concat(frames));
    this.#current = {
      job,
      id,
      startedMs: clock.monotonicMs(),
      timer: clock.setTimer(WATCH_MS, () => this.#watch()),
      baseBytes: null,
      endedFor: null,
    };
  }

  /** Nothing is to be done at once. */
  #rest(running: Running): void {
    const { clock } = this.#options;
    const lull = (): void => {
      this.#isLull = true;
      this.#next();
    };
    if (!this.#idle.isEmpty) this.#quietTimer = clock.setTimer(LULL_MS, lull);
    else if (tidyDue(running).length > 0) this.#quietTimer = clock.setTimer(QUIET_MS, () => this.#tidy());
  }

  #tidy(): void {
    const running = this.#running;
    if (running === null) return;
    this.#isLull = true;
    const nothing = (): void => undefined;
    for (const trader of tidyDue(running)) {
      running.untidy.set(trader, 0);
      const request = { type: 'tidy', trader } as const;
      this.submit({ owner: trader, request, needs: null, answered: nothing, failed: nothing }, 'idle');
    }
  }

  /** Looks after a job that takes its time. */
  #watch(): void {
    const current = this.#current;
    const process = this.#running?.process;
    if (current === null || process === undefined) return;
    const { clock, checkMs, graceMs, growthBytes } = this.#options;
    const bytes = process.residentBytes();
    current.baseBytes ??= bytes;
    if (clock.monotonicMs() - current.startedMs > checkMs + graceMs) current.endedFor = 'timeout';
    else if (bytes !== null && bytes - current.baseBytes! > growthBytes) current.endedFor = 'memory';
    if (current.endedFor !== null) return process.kill();
    current.timer = clock.setTimer(WATCH_MS, () => this.#watch());
  }

  #answered({ id, elapsedMs, fault }: Extract<FromSandbox, { type: 'answer' }>, text: string): void {
    const current = this.#current;
    if (current?.id !== id || current.endedFor !== null) return;
    current.timer.cancel();
    this.#current = null;
    try {
      current.job.answered(fault === null ? { text, elapsedMs } : { fault });
    } catch (error) {
      current.job.failed(error instanceof Error ? error : new Error(String(error)));
    }
    this.#next();
  }

  #ended(running: Running, how: string): void {
    if (this.#running !== running) return;
    this.#running = null;
    this.#startTimer?.cancel();
    const current = this.#current;
    this.#current = null;
    current?.timer.cancel();
    if (this.#isClosed) {
      current?.job.failed(new Error(CLOSED));
      return;
    }
    if (!running.isReady) this.#failedStarts += 1;
    this.#options.logger.warn('a sandbox process ended', { how, trader: current?.job.owner ?? null });
    if (this.#failedStarts < MOST_STARTS) this.#start();
    else this.#failAll(new Error(`the sandbox process does not start: ${how}`));
    current?.job.answered({ fault: this.#faultOf(current, how) });
  }

  #faultOf({ endedFor }: Current, how: string): FilterFault {
    const { checkMs, memoryBytes } = this.#options;
    const where = { line: null, column: null };
    switch (endedFor) {
      case 'timeout':
        return { code: 'timeout', message: `it ran longer than ${checkMs} ms and could not be interrupted`, ...where };
      case 'memory':
        return {
          code: 'memory',
          message: `it took far more than ${memoryBytes / 2 ** 20} MB beside its heap`,
          ...where,
        };
      case null: {
        const [signal = ''] = how.split(' ');
        const message = `it took its process down (${signal}), most likely by using too much memory at once`;
        return { code: 'crashed', message, ...where };
      }
    }
  }

  #failAll(error: Error): void {
    for (const job of [...this.#waiting.drain(), ...this.#idle.drain()]) job.failed(error);
  }
}

/** The next job for which somebody still waits. */
function takeWanted(queue: FairQueue<Job>): Job | undefined {
  let job = queue.take();
  while (job?.isWanted?.() === false) job = queue.take();
  return job;
}

/** The traders whose isolates have much garbage. */
function tidyDue({ untidy }: Running): string[] {
  return [...untidy].flatMap(([trader, jobs]) => (jobs >= UNTIDY_JOBS ? [trader] : []));
}

/** What the process must be told before a job. */
function framesBefore(
  running: Running,
  trader: string,
  { filter, symbols, view }: NonNullable<Job['needs']>,
): Buffer[] {
  const frames: Buffer[] = [];
  running.untidy.set(trader, (running.untidy.get(trader) ?? 0) + 1);
  if (running.filters.get(trader) !== filter) {
    running.filters.set(trader, filter);
    running.symbols.delete(trader);
    running.untidy.set(trader, UNTIDY_JOBS);
    frames.push(encodeFrame({ type: 'register', trader, source: filter.source, config: filter.config }));
  }
  const known = running.symbols.get(trader);
  if (known !== symbols && (known?.length !== symbols.length || known.some((symbol, at) => symbol !== symbols[at]))) {
    frames.push(encodeFrame({ type: 'symbols', trader, symbols }));
  }
  running.symbols.set(trader, symbols);
  if (view !== null && running.view !== view) {
    running.view = view;
    frames.push(frameOfView(view));
  }
  return frames;
}
