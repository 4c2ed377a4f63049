import type { FilterMeta, ParamValue } from '../../../domain/filter.ts';
import type { TraderId } from '../../../domain/ids.ts';
import { anchorTime, candleOpenTime, timeframeMs } from '../../../domain/time.ts';
import type { Clock } from '../../../ports/clock.ts';
import type {
  CandleColumns,
  CheckOutcome,
  CheckRequest,
  FilterFault,
  FilterOutcome,
  FilterSandbox,
  SandboxLimits,
} from '../../../ports/filter-sandbox.ts';
import type { Logger } from '../../../ports/logger.ts';
import { CandleStore } from './candle-store.ts';
import { RefusedData } from './exits.ts';
import type { RawOutcome } from './filter-config.ts';
import { readMeta, resolveParams } from './meta.ts';
import { readOutcome } from './outcome.ts';
import type { SandboxCommand } from './sandbox-process.ts';
import { Worker } from './worker.ts';
import type { Job, LoadedFilter, WorkerOptions } from './worker.ts';

export interface SandboxOptions {
  readonly command: SandboxCommand;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Sandbox processes that traders share. */
  readonly processes?: number;
  /** Processes for traders that break limits again and again, one each. */
  readonly ownProcesses?: number;
  readonly limits?: Partial<SandboxLimits>;
  /** How long after `limits.checkMs` a process is ended whose isolate could not be interrupted. */
  readonly graceMs?: number;
}

const MEBIBYTE = 2 ** 20;
const LIMITS: SandboxLimits = {
  checkMs: 5_000,
  memoryBytes: 64 * MEBIBYTE,
  sourceBytes: 10_240,
  resultBytes: 64 * 1_024,
};
/** Together with the time a killed process needs to be noticed, a check ends within 6 s. */
const GRACE_MS = 400;
/** Garbage that waits to be collected, beside a filter's own memory. */
const GROWTH_MARGIN = 64 * MEBIBYTE;
/** A trader that broke its limits so often in a row gets a process of its own. */
const STRIKES = 2;
const MOST_WAITING = 8;
const PREPARED_AT_ONCE = 10;
const NOBODY = '';

interface Trader extends LoadedFilter {
  readonly meta: FilterMeta;
}

/** What is remembered of a trader beyond its filter. */
interface Place {
  worker: Worker;
  failuresInARow: number;
  strikes: number;
  /** Checks that are not answered yet. */
  pending: number;
  isUnloaded: boolean;
}

/** Filters in V8 isolates inside child processes, see architecture decision 4. */
export function createIsolatedVmSandbox(options: SandboxOptions): FilterSandbox {
  return new IsolatedVmSandbox(options);
}

class IsolatedVmSandbox implements FilterSandbox {
  readonly limits: SandboxLimits;
  readonly capabilities = { killsNativeCode: true };
  readonly #workerOptions: WorkerOptions;
  readonly #candles = new CandleStore();
  readonly #shared: readonly Worker[];
  readonly #own = new Map<TraderId, Worker>();
  readonly #mostOwn: number;
  readonly #traders = new Map<TraderId, Trader>();
  readonly #places = new Map<TraderId, Place>();
  /** Where filters are loaded just now that are not at work yet. */
  readonly #loading = new Map<TraderId, Worker>();
  #inspections = 0;

  constructor(options: SandboxOptions) {
    const { command, clock, logger, graceMs = GRACE_MS, processes = 2, ownProcesses = 4 } = options;
    this.limits = { ...LIMITS, ...options.limits };
    const { checkMs, memoryBytes, resultBytes } = this.limits;
    const growthBytes = memoryBytes + GROWTH_MARGIN;
    this.#workerOptions = { command, clock, logger, checkMs, graceMs, memoryBytes, growthBytes, resultBytes };
    this.#shared = Array.from({ length: processes }, () => new Worker(this.#workerOptions, this.#candles));
    this.#mostOwn = ownProcesses;
  }

  inspect(source: string): Promise<FilterOutcome> {
    this.#inspections += 1;
    return this.#inspect(source, { worker: this.#shared[this.#inspections % this.#shared.length]!, trader: null });
  }

  /** @param trader for whom the filter is kept ready in the worker's process; null for nobody */
  #inspect(
    source: string,
    { worker, trader }: { readonly worker: Worker; readonly trader: TraderId | null },
  ): Promise<FilterOutcome> {
    const bytes = Buffer.byteLength(source);
    const { sourceBytes } = this.limits;
    if (bytes > sourceBytes) {
      const message = `the source is ${bytes} bytes long, at most ${sourceBytes} are taken`;
      return Promise.resolve({ ok: false, fault: { code: 'syntax', message, line: null, column: null } });
    }
    return new Promise((resolve, reject) => {
      worker.submit({
        owner: NOBODY,
        request: { type: 'inspect', source, trader },
        needs: null,
        failed: reject,
        answered: (result) => {
          if ('fault' in result) return resolve({ ok: false, fault: result.fault });
          resolve(attempt('meta', () => ({ ok: true, meta: readMeta(JSON.parse(result.text)) })));
        },
      });
    });
  }

  async load(traderId: TraderId, source: string, params: Readonly<Record<string, ParamValue>>): Promise<FilterOutcome> {
    const worker = this.#places.get(traderId)?.worker ?? this.#emptiest();
    this.#loading.set(traderId, worker);
    const inspected = await this.#inspect(source, { worker, trader: traderId }).finally(() =>
      this.#loading.delete(traderId),
    );
    const outcome = inspected.ok
      ? attempt('meta', () => this.#put(traderId, worker, { source, params, meta: inspected.meta }))
      : inspected;
    if (!outcome.ok && !this.#traders.has(traderId)) worker.drop(traderId);
    return outcome;
  }

  /** Puts an inspected filter to work. */
  #put(
    traderId: TraderId,
    worker: Worker,
    { source, params, meta }: { source: string; params: Readonly<Record<string, ParamValue>>; meta: FilterMeta },
  ): FilterOutcome {
    const { timeframes, lookback, references, sides, top } = meta;
    const { resultBytes } = this.limits;
    const resolved = resolveParams(meta.params, params);
    const config = { timeframes, lookback, references, sides, top, resultBytes, params: resolved };
    this.#traders.set(traderId, { source, config, meta });
    const place = this.#places.get(traderId) ?? { worker, pending: 0, isUnloaded: false };
    this.#places.set(traderId, Object.assign(place, { failuresInARow: 0, strikes: 0 }));
    return { ok: true, meta };
  }

  extend(candles: readonly CandleColumns[]): void {
    const frame = this.#candles.extend(candles);
    for (const worker of [...this.#shared, ...this.#own.values()]) worker.tell(frame);
  }

  check(request: CheckRequest): Promise<CheckOutcome> {
    const { traderId, kind, now, symbols, positions, view } = request;
    const trader = this.#traders.get(traderId);
    const place = this.#places.get(traderId);
    if (trader === undefined || place === undefined)
      return Promise.reject(new Error(`trader ${traderId} is not loaded`));
    if (place.worker.waitingOf(traderId) >= MOST_WAITING) {
      return Promise.reject(new Error(`trader ${traderId}: ${MOST_WAITING} checks wait already`));
    }
    const { worker } = place;
    place.pending += 1;
    return new Promise<CheckOutcome>((resolve, reject) => {
      worker.submit({
        owner: traderId,
        request: {
          type: 'check',
          trader: traderId,
          kind,
          now,
          positions: JSON.stringify(Object.fromEntries(positions)),
        },
        needs: { filter: trader, symbols, view },
        failed: reject,
        answered: (result) => {
          const outcome = settle(result, place);
          if (place.strikes >= STRIKES) this.#isolate(traderId, place);
          resolve(outcome);
          if (outcome.ok && kind === 'check') this.#prepare(request, trader, worker);
        },
      });
    }).finally(() => {
      place.pending -= 1;
      this.#release(traderId, place);
    });
  }

  unload(traderId: TraderId): void {
    const place = this.#places.get(traderId);
    this.#traders.delete(traderId);
    this.#places.delete(traderId);
    if (place === undefined) return;
    place.isUnloaded = true;
    this.#release(traderId, place);
  }

  /** Lets go of what an unloaded trader holds, once its checks are answered. */
  #release(traderId: TraderId, { worker, pending, isUnloaded }: Place): void {
    if (!isUnloaded || pending > 0 || this.#places.has(traderId)) return;
    if (this.#own.get(traderId) === worker) {
      this.#own.delete(traderId);
      void worker.close();
    } else worker.drop(traderId);
  }

  async close(): Promise<void> {
    await Promise.all([...this.#shared, ...this.#own.values()].map((worker) => worker.close()));
  }

  /** The shared process with the fewest traders. */
  #emptiest(): Worker {
    const counts = new Map(this.#shared.map((worker) => [worker, 0]));
    const taken = [...[...this.#places.values()].map(({ worker }) => worker), ...this.#loading.values()];
    for (const worker of taken) counts.set(worker, (counts.get(worker) ?? Infinity) + 1);
    return this.#shared.reduce((a, b) => (counts.get(b)! < counts.get(a)! ? b : a));
  }

  /** Gives a trader a process of its own, as long as there are any. */
  #isolate(traderId: TraderId, place: Place): void {
    if (this.#own.has(traderId) || this.#own.size >= this.#mostOwn) return;
    place.worker.drop(traderId);
    place.worker = new Worker(this.#workerOptions, this.#candles);
    this.#own.set(traderId, place.worker);
  }

  /** Where the next check of a trader begins at another anchor, computes ahead, in slices between the checks of all. */
  #prepare({ traderId, now, symbols }: CheckRequest, trader: Trader, worker: Worker): void {
    const { timeframes, lookback, schedule } = trader.meta;
    const [clock] = timeframes;
    const stepMs = schedule.kind === 'close' ? timeframeMs(clock) : schedule.everyMs;
    const next =
      schedule.kind === 'close' ? candleOpenTime(now, clock) + stepMs : (Math.floor(now / stepMs) + 1) * stepMs;
    const moves = timeframes.some((each) => anchorTime(now, each, lookback) !== anchorTime(next, each, lookback));
    if (!moves) return;
    for (let from = 0; from < symbols.length; from += PREPARED_AT_ONCE) {
      const request = { type: 'prepare', trader: traderId, now: next, from, to: from + PREPARED_AT_ONCE } as const;
      // A fault of it shows again, and counts, in the check itself.
      const nothing = (): void => undefined;
      const isWanted = (): boolean => this.#traders.get(traderId) === trader;
      const needs = { filter: trader, symbols, view: null };
      worker.submit({ owner: traderId, request, needs, isWanted, answered: nothing, failed: nothing }, 'idle');
    }
  }
}

/** The outcome of a check; what it says of the trader is noted in `place`. */
function settle(result: Parameters<Job['answered']>[0], place: Place): CheckOutcome {
  const outcome = 'fault' in result ? ({ ok: false, fault: result.fault } as const) : readAnswer(result);
  if (outcome.ok) {
    place.failuresInARow = 0;
    place.strikes = 0;
    return outcome;
  }
  place.failuresInARow += 1;
  place.strikes = BREAKS_LIMITS.has(outcome.fault.code) ? place.strikes + 1 : 0;
  return { ...outcome, failuresInARow: place.failuresInARow };
}

const BREAKS_LIMITS: ReadonlySet<FilterFault['code']> = new Set(['timeout', 'memory', 'crashed']);

type Refusal = { readonly ok: false; readonly fault: FilterFault };

function readAnswer({
  text,
  elapsedMs,
}: {
  text: string;
  elapsedMs: number;
}): Extract<CheckOutcome, { ok: true }> | Refusal {
  const raw = JSON.parse(text) as RawOutcome | { readonly fault: FilterFault };
  if ('fault' in raw) return { ok: false, fault: raw.fault };
  return attempt('result', () => readOutcome(raw, elapsedMs));
}

/** What `work` gives; data that it refuses is the filter's fault. */
function attempt<Value>(code: 'meta' | 'result', work: () => Value): Value | Refusal {
  try {
    return work();
  } catch (thrown) {
    if (!(thrown instanceof RefusedData)) throw thrown;
    return { ok: false, fault: { code, message: thrown.message.slice(0, 500), line: null, column: null } };
  }
}
