import ivm from 'isolated-vm';

import type { Timeframe } from '../../../../domain/time.ts';
import type { FilterFault } from '../../../../ports/filter-sandbox.ts';
import { SERIES_BYTES } from '../candle-memory.ts';
import type { FilterConfig } from '../filter-config.ts';

/** Where the runtime's modules come from: texts that V8 can run. */
export interface ModuleSource {
  /** Address of the module that exports `configure`, `run` and the like. */
  readonly entry: string;
  /** The address that a module's import means. */
  resolve(specifier: string, importer: string): string;
  read(address: string): string;
}

export interface IsolateLimits {
  /** Wall time of one call into the isolate. */
  readonly checkMs: number;
  readonly memoryBytes: number;
}

const MEBIBYTE = 2 ** 20;
const FILTER_FILE = 'filter.js';
const BEFORE = "import { beginLoading } from 'runtime'; beginLoading();";
const WHOLE = `import 'before'; import * as filter from '${FILTER_FILE}'; import { adopt } from 'runtime'; adopt(filter);`;
const FUNCTIONS = ['configure', 'loaded', 'bindSeries', 'bindTickers', 'setSymbols', 'run', 'prepare'] as const;

type RuntimeFunctions = Readonly<Record<(typeof FUNCTIONS)[number], ivm.Reference<(...args: never[]) => unknown>>>;

/** Thrown when a filter is at fault. */
export class FilterFaultError extends Error {
  readonly fault: FilterFault;
  /** Whether the isolate may not be used again. */
  readonly isBroken: boolean;

  constructor(fault: FilterFault, isBroken: boolean) {
    super(fault.message);
    this.fault = fault;
    this.isBroken = isBroken;
  }
}

/** One isolate with the runtime and one filter in it. Each call crosses into it once and is ended at its limits. */
export class FilterIsolate {
  readonly #isolate: ivm.Isolate;
  readonly #limits: IsolateLimits;
  readonly #runtime: RuntimeFunctions;
  /** How much shared memory it may hold beside its own. */
  readonly sharedBytes: number;
  readonly #bound = new Set<string>();

  /**
   * @param sharedBytes shared memory counts against an isolate's limit, so it is added to it
   * @throws FilterFaultError when the filter cannot be loaded
   */
  constructor(
    filter: { source: string; config: FilterConfig },
    modules: ModuleSource,
    limits: IsolateLimits & { sharedBytes: number },
  ) {
    this.#limits = limits;
    this.sharedBytes = limits.sharedBytes;
    const memoryLimit = Math.ceil((limits.memoryBytes + limits.sharedBytes) / MEBIBYTE);
    this.#isolate = new ivm.Isolate({ memoryLimit, onCatastrophicError: () => process.abort() });
    try {
      const context = this.#isolate.createContextSync();
      const runtime = this.#loadRuntime(context, modules);
      this.#runtime = Object.fromEntries(
        FUNCTIONS.map((name) => [name, runtime.namespace.getSync(name, { reference: true })]),
      ) as RuntimeFunctions;
      this.#call('configure', JSON.stringify(filter.config));
      this.#loadFilter(filter.source, context, runtime);
    } catch (thrown) {
      this.dispose();
      throw thrown;
    }
  }

  /** The filter's meta as JSON. */
  meta(): string {
    const loaded = JSON.parse(this.#call('loaded') as string) as { fault?: FilterFault; meta?: unknown };
    if (loaded.fault !== undefined) throw new FilterFaultError(loaded.fault, true);
    return JSON.stringify(loaded.meta);
  }

  /** Lets the isolate see a series; false when it is not made for that much memory. */
  bindSeries(symbol: string, timeframe: Timeframe, shared: ivm.ExternalCopy<SharedArrayBuffer>): boolean {
    const key = `${symbol} ${timeframe}`;
    if (this.#bound.has(key)) return true;
    if ((this.#bound.size + 1) * SERIES_BYTES > this.sharedBytes) return false;
    this.#bound.add(key);
    this.#call('bindSeries', symbol, timeframe, shared.copyInto());
    return true;
  }

  bindTickers(shared: ivm.ExternalCopy<SharedArrayBuffer>): void {
    this.#call('bindTickers', shared.copyInto());
  }

  setSymbols(listed: readonly (readonly [symbol: string, tickerRow: number])[]): void {
    this.#call('setSymbols', JSON.stringify(listed));
  }

  /** @returns a RawOutcome as JSON, or `{"fault": ...}` */
  run(kind: 'check' | 'manage', now: number, positionsJson: string): string {
    return this.#call('run', kind, now, positionsJson) as string;
  }

  prepare(now: number, from: number, to: number): number {
    return this.#call('prepare', now, from, to) as number;
  }

  dispose(): void {
    if (!this.#isolate.isDisposed) this.#isolate.dispose();
  }

  #call(name: keyof RuntimeFunctions, ...args: unknown[]): unknown {
    try {
      return this.#runtime[name].applySync(undefined, args as never[], { timeout: this.#limits.checkMs });
    } catch (thrown) {
      throw this.#faultOf(thrown, true);
    }
  }

  #loadRuntime(context: ivm.Context, modules: ModuleSource): ivm.Module {
    const byAddress = new Map<string, ivm.Module>();
    const addresses = new Map<ivm.Module, string>();
    const compile = (address: string): ivm.Module => {
      let module = byAddress.get(address);
      if (module === undefined) {
        module = this.#isolate.compileModuleSync(modules.read(address), { filename: 'runtime' });
        byAddress.set(address, module);
        addresses.set(module, address);
      }
      return module;
    };
    const entry = compile(modules.entry);
    entry.instantiateSync(context, (specifier, importer) =>
      compile(modules.resolve(specifier, addresses.get(importer) ?? modules.entry)),
    );
    entry.evaluateSync();
    return entry;
  }

  #loadFilter(source: string, context: ivm.Context, runtime: ivm.Module): void {
    try {
      const filter = this.#isolate.compileModuleSync(source, { filename: FILTER_FILE });
      if (filter.dependencySpecifiers.length > 0) {
        const [specifier = ''] = filter.dependencySpecifiers;
        throw new SyntaxError(
          `import of '${specifier.slice(0, 100)}': a filter imports nothing; what it needs is global`,
        );
      }
      const parts: Readonly<Record<string, ivm.Module>> = {
        runtime,
        [FILTER_FILE]: filter,
        before: this.#isolate.compileModuleSync(BEFORE, { filename: 'runtime' }),
      };
      const whole = this.#isolate.compileModuleSync(WHOLE, { filename: 'runtime' });
      whole.instantiateSync(context, (specifier) => parts[specifier]!);
      whole.evaluateSync({ timeout: this.#limits.checkMs });
    } catch (thrown) {
      throw this.#faultOf(thrown, true);
    }
  }

  /** Only strings are taken of what isolated-vm throws; it makes them of whatever the filter threw. */
  #faultOf(thrown: unknown, isBroken: boolean): FilterFaultError {
    if (thrown instanceof FilterFaultError) return thrown;
    const message = thrown instanceof Error ? thrown.message : 'the filter threw no error';
    const stack = thrown instanceof Error ? (thrown.stack ?? '') : '';
    const [, line, column] = /filter\.js:(\d+):(\d+)/.exec(`${message}\n${stack}`) ?? [];
    const place = {
      line: line === undefined ? null : Number(line),
      column: column === undefined ? null : Number(column),
    };
    const { checkMs, memoryBytes } = this.#limits;
    if (this.#isolate.isDisposed || /memory limit|disposed/i.test(message)) {
      const text = `it used more than ${Math.round(memoryBytes / MEBIBYTE)} MB of memory`;
      return new FilterFaultError({ code: 'memory', message: text, ...place }, true);
    }
    if (message === 'Script execution timed out.') {
      return new FilterFaultError({ code: 'timeout', message: `it ran longer than ${checkMs} ms`, ...place }, true);
    }
    const name = thrown instanceof Error ? thrown.name : 'Error';
    const text = `${name}: ${message.replace(/ \[filter\.js:\d+:\d+\]$/, '')}`.slice(0, 500);
    return new FilterFaultError(
      { code: name === 'SyntaxError' ? 'syntax' : 'threw', message: text, ...place },
      isBroken,
    );
  }
}
