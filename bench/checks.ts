import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

import { createSystemClock } from '../src/adapters/clock/system/clock.ts';
import { createIsolatedVmSandbox } from '../src/adapters/sandbox/isolated-vm/sandbox.ts';
import type { Candle } from '../src/domain/candle.ts';
import { asId } from '../src/domain/ids.ts';
import type { TraderId, VenueSymbol } from '../src/domain/ids.ts';
import { TraderDesk } from '../src/engine/filters/trader-desk.ts';
import { MarketBook } from '../src/engine/market/market-book.ts';
import { CheckScheduler } from '../src/engine/timers/check-scheduler.ts';
import { sandboxCommand } from '../src/modes/assets.ts';
import type { FilterSandbox } from '../src/ports/filter-sandbox.ts';
import { arbitraryTrader } from '../src/testkit/builders/arbitrary-signals.ts';
import { example } from '../src/testkit/builders/example.ts';
import { SandboxMarket } from '../src/testkit/builders/sandbox-market.ts';
import { silentLogger } from '../src/testkit/silent-logger.ts';
import { median, percentile } from './harness.ts';
import type { BenchRow } from './harness.ts';

const SYMBOLS = 100;
const TRADERS = 100;
const LOOKBACK = 250;
const HISTORY = 520;
const WARM_UP = 10;
const CLOSES = 40;
const PROCESSES = 2;
/** As it is shipped: the compiler that runs the sources would be measured with them. */
const BUILT = join(process.cwd(), 'dist/workers/filter-sandbox.js');

const SOURCE = `export const meta = { name: 'bench', timeframes: ['5m'], lookback: ${LOOKBACK} };
export function check({ close, volume }) {
  const { lower } = ta.bollinger(close, 20, 2);
  const isBusy = ta.last(volume) > ta.last(ta.sma(volume, 20));
  if (ta.last(ta.rsi(close, 14)) < 30 && ta.last(ta.macd(close).histogram) > 0 && ta.last(close) < ta.last(lower) && isBusy) {
    return { side: 'long', conditions: ['RSI below 30'] };
  }
  return null;
}`;

const traderIds = Array.from({ length: TRADERS }, (_, at) => asId<TraderId>(`t${at}`));

/** A sandbox that answers at once: what is left is the engine's own work. */
function withoutChecks(sandbox: FilterSandbox): FilterSandbox {
  const { limits, capabilities } = sandbox;
  const nothing = { ok: true, matches: [], manage: [], misses: [], checked: SYMBOLS, elapsedMs: 0 } as const;
  return {
    limits,
    capabilities,
    inspect: (source) => sandbox.inspect(source),
    load: (traderId, source, params) => sandbox.load(traderId, source, params),
    extend: (candles) => sandbox.extend(candles),
    check: () => Promise.resolve(nothing),
    unload: (traderId) => sandbox.unload(traderId),
    close: () => sandbox.close(),
  };
}

/** A desk with its traders over a market of made-up five-minute candles. */
class BenchDesk {
  readonly market = new SandboxMarket(SYMBOLS, HISTORY + WARM_UP + CLOSES);
  readonly desk: TraderDesk;
  readonly #book: MarketBook;
  #row = HISTORY - 1;

  constructor(sandbox: FilterSandbox) {
    const { symbols } = this.market;
    this.#book = new MarketBook(
      { timeframes: ['5m'], lookback: LOOKBACK },
      {
        candlesClosed: (symbol, closed) => this.desk.candlesClosed(symbol, closed),
        priceMoved: () => undefined,
      },
    );
    this.desk = new TraderDesk({ sandbox, market: this.#book, symbolsOf: () => symbols, positionsOf: () => [] });
  }

  async start(): Promise<void> {
    for (const id of traderIds) {
      const trader = example(arbitraryTrader, { id, schedule: null, params: {} });
      const outcome = await this.desk.put(trader, SOURCE);
      if (!outcome.ok) throw new Error(`bench checks: ${outcome.fault.message}`);
    }
    for (const symbol of this.market.symbols) {
      const history = Array.from({ length: HISTORY }, (_, row) => this.#candle(symbol, row));
      this.#book.follow(symbol).candles.load('5m', history);
      this.desk.historyLoaded(symbol);
    }
  }

  /** Closes the next candle of every symbol; gives the moment. */
  close(): number {
    this.#row += 1;
    for (const symbol of this.market.symbols) this.#book.candle(this.#candle(symbol, this.#row));
    return this.market.closeOf(this.#row);
  }

  #candle(symbol: VenueSymbol, row: number): Candle {
    const columns = this.market.candlesOf(symbol);
    const at = (column: Float64Array): number => column[row] ?? NaN;
    const [openTime, open, high] = [at(columns.time), at(columns.open), at(columns.high)];
    const [low, close, volume] = [at(columns.low), at(columns.close), at(columns.volume)];
    const rest = { quoteVolume: volume * close, trades: 1, buyVolume: volume / 2, sellVolume: volume / 2 };
    return { symbol, timeframe: '5m', openTime, open, high, low, close, volume, ...rest, closed: true };
  }
}

function openSandbox(): FilterSandbox {
  const { command, args } = sandboxCommand();
  return createIsolatedVmSandbox({
    command: { command, args: [...args.slice(0, -1), BUILT] },
    clock: createSystemClock(),
    logger: silentLogger,
    processes: PROCESSES,
  });
}

/** What the engine itself spends on a check: the first one at a close, and each of the others. */
async function benchEngineSide(): Promise<BenchRow[]> {
  const sandbox = openSandbox();
  const bench = new BenchDesk(withoutChecks(sandbox));
  await bench.start();
  const [firsts, others, parses]: [number[], number[], number[]] = [[], [], []];
  for (let close = 0; close < WARM_UP + CLOSES; close += 1) {
    const at = bench.close();
    let tickers = '';
    for (const [number, traderId] of traderIds.entries()) {
      const startedAt = performance.now();
      const running = bench.desk.run({ traderId, at, symbols: null });
      const spent = performance.now() - startedAt;
      const report = await running;
      if (close < WARM_UP) continue;
      (number === 0 ? firsts : others).push(spent);
      if (number === 0) tickers = JSON.stringify([...(report?.tickers.values() ?? [])]);
    }
    if (close < WARM_UP) continue;
    const parsedAt = performance.now();
    JSON.parse(tickers);
    parses.push(performance.now() - parsedAt);
  }
  await sandbox.close();
  const row = (what: string, samples: readonly number[]): BenchRow => ({
    name: `a check of ${SYMBOLS} symbols, ${what}, without the sandbox, p50`,
    value: median(samples),
    unit: 'ms',
    reference: 'JSON.parse of the tickers that it shows',
    referenceValue: median(parses),
    ratio: median(samples) / median(parses),
  });
  return [row('the first at a close', firsts), row('each of the others', others)];
}

/** How late a timer of 1 ms rings, again and again until `work` is done: what a price tick would have waited. */
async function delaysDuring(work: Promise<unknown>): Promise<number[]> {
  const delays: number[] = [];
  let isDone = false;
  void work.finally(() => (isDone = true));
  while (!isDone) {
    const startedAt = performance.now();
    await sleep(1);
    delays.push(Math.max(0, performance.now() - startedAt - 1));
  }
  return delays;
}

/** How long price ticks wait while all traders are checked at one close. */
async function benchTickDelay(): Promise<BenchRow[]> {
  const sandbox = openSandbox();
  const bench = new BenchDesk(sandbox);
  await bench.start();
  let waiting = 0;
  let allDone: () => void = () => undefined;
  const scheduler = new CheckScheduler({
    clock: createSystemClock(),
    parallel: PROCESSES,
    run: async (due) => {
      const report = await bench.desk.run(due);
      if (report === null || report.fault !== null) throw new Error('bench checks: a check failed');
      waiting -= 1;
      if (waiting === 0) allDone();
    },
  });
  for (const id of traderIds) scheduler.add(id, '5m', { kind: 'close' });
  const [busy, idle]: [number[], number[]] = [[], []];
  for (let close = 0; close < WARM_UP + CLOSES; close += 1) {
    const done = new Promise<void>((resolve) => (allDone = resolve));
    waiting = TRADERS;
    const at = bench.close();
    const startedAt = performance.now();
    const delays = delaysDuring(done);
    scheduler.closed(at);
    await done;
    const spent = performance.now() - startedAt;
    if (close >= WARM_UP) {
      busy.push(...(await delays));
      idle.push(...(await delaysDuring(sleep(spent))));
    }
  }
  scheduler.stop();
  await sandbox.close();
  const row = (share: number, name: string): BenchRow => ({
    name: `a tick's wait while ${TRADERS} traders check ${SYMBOLS} symbols at one close, ${name}`,
    value: percentile(busy, share),
    unit: 'ms',
    reference: 'the same without checks',
    referenceValue: percentile(idle, share),
    ratio: percentile(busy, share) / percentile(idle, share),
  });
  return [row(0.5, 'p50'), row(0.99, 'p99'), row(1, 'max')];
}

/** The desk at which filters are put to work. Needs `make build`. */
export async function benchChecks(): Promise<BenchRow[]> {
  return [...(await benchEngineSide()), ...(await benchTickDelay())];
}
