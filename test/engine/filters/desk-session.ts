import { createSystemClock } from '../../../src/adapters/clock/system/clock.ts';
import { createIsolatedVmSandbox } from '../../../src/adapters/sandbox/isolated-vm/sandbox.ts';
import { decimal } from '../../../src/domain/decimal.ts';
import type { ParamValue } from '../../../src/domain/filter.ts';
import { asId } from '../../../src/domain/ids.ts';
import type { TraderId, VenueSymbol } from '../../../src/domain/ids.ts';
import { MINUTE_MS } from '../../../src/domain/time.ts';
import type { Timeframe } from '../../../src/domain/time.ts';
import type { Trader } from '../../../src/domain/trader.ts';
import type { CheckReport } from '../../../src/engine/filters/check-report.ts';
import type { HeldPosition } from '../../../src/engine/filters/filter-position.ts';
import { TraderDesk } from '../../../src/engine/filters/trader-desk.ts';
import type { TraderAtWork } from '../../../src/engine/filters/trader-at-work.ts';
import { MarketBook } from '../../../src/engine/market/market-book.ts';
import { sandboxCommand } from '../../../src/modes/assets.ts';
import type { CandleColumns, CheckRequest, FilterSandbox } from '../../../src/ports/filter-sandbox.ts';
import { silentLogger } from '../../../src/testkit/silent-logger.ts';
import type { Minutes } from './minutes.ts';

function openSandbox(): FilterSandbox {
  return createIsolatedVmSandbox({
    command: sandboxCommand(),
    clock: createSystemClock(),
    logger: silentLogger,
    processes: 1,
    limits: { checkMs: 10_000 },
  });
}

export function trader(id: string, symbols: readonly VenueSymbol[], fields: Partial<Trader> = {}): Trader {
  return {
    id: asId<TraderId>(id),
    userId: asId('user'),
    portfolioId: null,
    name: id,
    filterId: asId(`filter-${id}`),
    symbols: { kind: 'list', symbols },
    schedule: null,
    params: {} satisfies Record<string, ParamValue>,
    mode: 'auto',
    size: { kind: 'pct', percent: decimal('1') },
    exits: null,
    maxPositions: null,
    cooldownMs: null,
    reverse: false,
    state: { status: 'running' },
    createdAt: 0,
    updatedAt: 0,
    ...fields,
  };
}

/** A market book and a desk over one sandbox, with a record of what crossed into it. */
export class DeskSession {
  readonly sandbox: FilterSandbox;
  readonly book: MarketBook;
  readonly desk: TraderDesk;
  readonly requests: CheckRequest[] = [];
  readonly stretches: CandleColumns[] = [];
  positions: readonly HeldPosition[] = [];
  /** The symbols of traders that check the most traded ones. */
  mostTraded: readonly VenueSymbol[] = [];
  readonly #markets: readonly Minutes[];
  readonly #lookback: number;
  readonly #timeframes: readonly Timeframe[];

  constructor(
    markets: readonly Minutes[],
    needs: { readonly timeframes: readonly Timeframe[]; readonly lookback: number },
    sandbox = openSandbox(),
  ) {
    this.sandbox = sandbox;
    this.#markets = markets;
    this.#lookback = needs.lookback;
    this.#timeframes = needs.timeframes;
    const { requests, stretches } = this;
    this.book = new MarketBook(needs, {
      candlesClosed: (symbol, closed) => this.desk.candlesClosed(symbol, closed),
      priceMoved: () => undefined,
    });
    for (const { symbol } of markets) this.book.follow(symbol);
    this.desk = new TraderDesk({
      sandbox: {
        limits: sandbox.limits,
        capabilities: sandbox.capabilities,
        inspect: (source) => sandbox.inspect(source),
        load: (id, source, params) => sandbox.load(id, source, params),
        extend(candles) {
          for (const each of candles)
            stretches.push({ ...each, columns: each.columns.map((column) => column.slice()) });
          sandbox.extend(candles);
        },
        check(request) {
          requests.push(request);
          return sandbox.check(request);
        },
        unload: (id) => sandbox.unload(id),
        close: () => sandbox.close(),
      },
      market: this.book,
      symbolsOf: ({ symbols }) => (symbols.kind === 'list' ? symbols.symbols : this.mostTraded),
      positionsOf: (id) => this.positions.filter(({ position }) => position.traderId === id),
    });
  }

  async put(given: Trader, source: string): Promise<TraderAtWork> {
    const outcome = await this.desk.put(given, source);
    if (!outcome.ok) throw new Error(outcome.fault.message);
    return outcome.atWork;
  }

  /** Loads what a fresh start loads: twice the lookback, at least 500 candles. */
  loadHistory(until: number, markets = this.#markets): void {
    const count = Math.max(2 * this.#lookback, 500);
    for (const market of markets) {
      const { candles } = this.book.follow(market.symbol);
      for (const timeframe of new Set<Timeframe>([...this.#timeframes, '1m'])) {
        candles.load(timeframe, market.history(timeframe, until, count));
      }
      this.desk.historyLoaded(market.symbol);
    }
  }

  /** The minute that ends at `until` closes. */
  closeMinute(until: number, markets = this.#markets): void {
    for (const market of markets) this.book.candle(market.candle('1m', until - MINUTE_MS));
  }

  /** Runs a check of all symbols, or of late ones. */
  async check(id: string, at: number, symbols: readonly VenueSymbol[] | null = null): Promise<CheckReport> {
    const report = await this.desk.run({ traderId: asId<TraderId>(id), at, symbols });
    if (report === null) throw new Error(`${id} is not at the desk`);
    return report;
  }
}
