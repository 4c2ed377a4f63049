import { setFlagsFromString } from 'node:v8';

import ivm from 'isolated-vm';

import type { Timeframe } from '../../../../domain/time.ts';
import type { FilterFault } from '../../../../ports/filter-sandbox.ts';
import { SERIES_BYTES } from '../candle-memory.ts';
import type { FilterConfig } from '../filter-config.ts';

/** Where the runtime's modules come from: texts that V8 can run. */
export interface ModuleSource {
  /** Address of the module that exports `secure`, `run` and the like. */
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
/** What V8 does while an isolate is tidied: it closes the holes between objects and, at first, forgets what it compiled. */
const COMPACT = 'compact-on-every-full-gc';
const FORGET_CODE = 'stress-flush-code';
const FILTER_FILE = 'filter.js';
const BEFORE = "import { beginLoading } from 'runtime'; beginLoading();";
const WHOLE = `import 'before'; import * as filter from '${FILTER_FILE}'; import { adopt } from 'runtime'; adopt(filter);`;
const FUNCTIONS = [
  'secure',
  'loaded',
  'configure',
  'bindSeries',
  'bindTickers',
  'setSymbols',
  'run',
  'prepare',
  'collectGarbage',
] as const;

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

/** A series of candles by its names, and the memory in which it lies. */
export interface NamedSeries {
  readonly symbol: string;
  readonly timeframe: Timeframe;
  readonly shared: ivm.ExternalCopy<SharedArrayBuffer>;
}

/**
 * One isolate with the runtime and, once it is loaded, one filter in it. Each call crosses into it once and is ended at its
 * limits.
 */
export class FilterIsolate {
  readonly #isolate: ivm.Isolate;
  readonly #context: ivm.Context;
  readonly #limits: IsolateLimits;
  readonly #module: ivm.Module;
  readonly #runtime: RuntimeFunctions;
  /** How many series it may see. */
  readonly mostSeries: number;
  readonly #bound = new Set<string>();
  #isTidied = false;

  /** @param limits the memory of `mostSeries` is shared, which counts against an isolate's limit: it is added to it */
  constructor(modules: ModuleSource, limits: IsolateLimits & { readonly mostSeries: number }) {
    this.#limits = limits;
    this.mostSeries = limits.mostSeries;
    const memoryLimit = Math.ceil((limits.memoryBytes + limits.mostSeries * SERIES_BYTES) / MEBIBYTE);
    this.#isolate = new ivm.Isolate({ memoryLimit, onCatastrophicError: () => process.abort() });
    try {
      this.#context = this.#isolate.createContextSync();
      this.#module = this.#loadRuntime(modules);
      this.#runtime = Object.fromEntries(
        FUNCTIONS.map((name) => [name, this.#module.namespace.getSync(name, { reference: true })]),
      ) as RuntimeFunctions;
      this.#call('secure');
    } catch (thrown) {
      this.dispose();
      throw thrown;
    }
  }

  /**
   * Runs the filter's module.
   * @returns its meta as JSON
   * @throws FilterFaultError when it cannot be loaded
   */
  load(source: string): string {
    this.#runModule(source);
    const loaded = JSON.parse(this.#call('loaded') as string) as { fault?: FilterFault; meta?: unknown };
    if (loaded.fault !== undefined) throw new FilterFaultError(loaded.fault, true);
    return JSON.stringify(loaded.meta);
  }

  /** Puts the loaded filter to work. */
  configure(config: FilterConfig): void {
    this.#call('configure', JSON.stringify(config));
  }

  /** Lets the isolate see series; false when it is not made for that much memory. */
  bindSeries(series: readonly NamedSeries[]): boolean {
    const added = series.filter(({ symbol, timeframe }) => !this.#bound.has(`${symbol} ${timeframe}`));
    if (this.#bound.size + added.length > this.mostSeries) return false;
    if (added.length === 0) return true;
    for (const { symbol, timeframe } of added) this.#bound.add(`${symbol} ${timeframe}`);
    const names = JSON.stringify(added.map(({ symbol, timeframe }) => [symbol, timeframe]));
    this.#call('bindSeries', names, ...added.map(({ shared }) => shared.copyInto()));
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

  /**
   * Gives the memory back that garbage holds; by itself an isolate waits until its limit is near. The first time most of what
   * is compiled has run once and never will again.
   */
  tidy(): void {
    const flags = this.#isTidied ? [COMPACT] : [COMPACT, FORGET_CODE];
    this.#isTidied = true;
    for (const flag of flags) setFlagsFromString(`--${flag}`);
    try {
      this.#call('collectGarbage');
    } finally {
      for (const flag of flags) setFlagsFromString(`--no-${flag}`);
    }
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

  #loadRuntime(modules: ModuleSource): ivm.Module {
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
    entry.instantiateSync(this.#context, (specifier, importer) =>
      compile(modules.resolve(specifier, addresses.get(importer) ?? modules.entry)),
    );
    entry.evaluateSync();
    return entry;
  }

  #runModule(source: string): void {
    try {
      const filter = this.#isolate.compileModuleSync(source, { filename: FILTER_FILE });
      if (filter.dependencySpecifiers.length > 0) {
        const [specifier = ''] = filter.dependencySpecifiers;
        throw new SyntaxError(
          `import of '${specifier.slice(0, 100)}': a filter imports nothing; what it needs is global`,
        );
      }
      const parts: Readonly<Record<string, ivm.Module>> = {
        runtime: this.#module,
        [FILTER_FILE]: filter,
        before: this.#isolate.compileModuleSync(BEFORE, { filename: 'runtime' }),
      };
      const whole = this.#isolate.compileModuleSync(WHOLE, { filename: 'runtime' });
      whole.instantiateSync(this.#context, (specifier) => parts[specifier]!);
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
