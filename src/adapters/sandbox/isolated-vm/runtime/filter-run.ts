import type { FilterPosition } from '../../../../ports/filter-sandbox.ts';
import type { FilterConfig, RawManage, RawMatch, RawOutcome, RawPlot } from '../filter-config.ts';
import { describeThrown } from './fault.ts';
import type { ListedSymbol, Market } from './market.ts';
import { utf8Length } from './plain.ts';
import type { Plots } from './plots.ts';
import { readManage, readMatch } from './results.ts';
import { strictObject } from './strict-object.ts';

const MOST_MISSES = 10;

export interface FilterFunctions {
  readonly check: (context: object) => unknown;
  readonly manage: ((context: object) => unknown) | null;
}

type Ranked = RawMatch & { readonly quoteVolume: number };
type Missed = { readonly symbol: string; readonly plots: readonly RawPlot[]; readonly distance: number };

/** Runs a filter over the symbols of its trader. */
export class FilterRun {
  readonly #filter: FilterFunctions;
  readonly #config: FilterConfig;
  readonly #market: Market;
  readonly #plots: Plots;
  readonly #context: object;
  #symbol = '';
  #now = NaN;
  #position: object | null = null;
  symbols: readonly ListedSymbol[] = [];

  constructor(filter: FilterFunctions, config: FilterConfig, { market, plots }: { market: Market; plots: Plots }) {
    this.#filter = filter;
    this.#config = config;
    this.#market = market;
    this.#plots = plots;
    this.#context = this.#createContext();
  }

  /**
   * @param positions the open positions of the trader by symbol
   * @returns a RawOutcome as JSON, or `{"fault": IsolateFault}`
   */
  run(kind: 'check' | 'manage', now: number, positions: Readonly<Record<string, FilterPosition>>): string {
    try {
      const outcome = kind === 'check' ? this.#check(now, positions) : this.#manage(now, positions);
      const text = JSON.stringify(outcome);
      const { resultBytes } = this.#config;
      const bytes = utf8Length(JSON.stringify([outcome.matches, outcome.manage]));
      if (bytes <= resultBytes) return text;
      const message = `the results are ${bytes} bytes long, at most ${resultBytes} are taken`;
      return JSON.stringify({ fault: { code: 'result', message, line: null, column: null } });
    } catch (thrown) {
      this.#plots.end();
      return JSON.stringify({ fault: describeThrown(thrown, this.#symbol === '' ? '' : `${this.#symbol}: `) });
    }
  }

  /** Computes ahead for a later check, from the symbol numbered `from` on; gives how many symbols there are. */
  prepare(now: number, from: number, to: number): number {
    const moments = this.#market.moments(now);
    for (const { symbol } of this.symbols.slice(from, to)) this.#market.prepare(symbol, moments);
    if (from === 0) for (const symbol of this.#config.references) this.#market.prepare(symbol, moments);
    return this.symbols.length;
  }

  #check(now: number, positions: Readonly<Record<string, FilterPosition>>): RawOutcome {
    const matches: Ranked[] = [];
    const misses: Missed[] = [];
    const checked = this.#each(now, positions, this.symbols, (symbol) => {
      const match = readMatch(this.#filter.check(this.#context), this.#config);
      if (match === null) this.#noteMiss(misses, symbol);
      else matches.push({ symbol, ...match, plots: this.#plots.read(), quoteVolume: this.#market.quoteVolume() });
    });
    matches.sort(byRank);
    return {
      matches: matches.slice(0, this.#config.top ?? matches.length).map(({ quoteVolume: _, ...match }) => match),
      manage: [],
      misses: misses.map(({ symbol, plots }) => ({ symbol, plots })),
      checked,
    };
  }

  /** Puts the symbol among the nearest misses, which are in order, if it is one. */
  #noteMiss(misses: Missed[], symbol: string): void {
    const distance = this.#plots.distance();
    const farthest = misses.length < MOST_MISSES ? Infinity : misses[MOST_MISSES - 1]!.distance;
    if (distance >= farthest) return;
    let at = misses.length;
    while (at > 0 && misses[at - 1]!.distance > distance) at -= 1;
    misses.splice(at, 0, { symbol, plots: this.#plots.read(), distance });
    misses.length = Math.min(misses.length, MOST_MISSES);
  }

  #manage(now: number, positions: Readonly<Record<string, FilterPosition>>): RawOutcome {
    const manage: RawManage[] = [];
    const held = this.symbols.filter(({ symbol }) => Object.hasOwn(positions, symbol));
    const checked = this.#each(now, positions, this.#filter.manage === null ? [] : held, (symbol) => {
      const request = readManage(this.#filter.manage?.(this.#context), this.#config);
      if (request !== null) manage.push({ symbol, ...request });
    });
    return { matches: [], manage, misses: [], checked };
  }

  /** Gives each symbol its turn; returns how many had one. */
  #each(
    ...[now, positions, symbols, visit]: [
      now: number,
      positions: Readonly<Record<string, FilterPosition>>,
      symbols: readonly ListedSymbol[],
      visit: (symbol: string) => void,
    ]
  ): number {
    const market = this.#market;
    const moments = market.moments(now);
    this.#now = now;
    let checked = 0;
    this.#symbol = '';
    if (!market.moveReferences(moments)) return 0;
    for (const listed of symbols) {
      if (!market.moveTo(listed, moments)) continue;
      const { symbol } = listed;
      this.#symbol = symbol;
      this.#position = Object.hasOwn(positions, symbol) ? Object.freeze(positions[symbol]!) : null;
      this.#plots.begin();
      visit(symbol);
      checked += 1;
    }
    this.#plots.end();
    this.#symbol = '';
    return checked;
  }

  #createContext(): object {
    const market = this.#market;
    const column = (number: number): PropertyDescriptor => ({
      get: () => market.clock.column(number),
      enumerable: true,
    });
    const shown = (get: () => unknown): PropertyDescriptor => ({ get, enumerable: true });
    const params = strictObject('params (see meta.params)', this.#config.params);
    const context = Object.defineProperties(
      {},
      {
        symbol: shown(() => this.#symbol),
        now: shown(() => this.#now),
        ticker: shown(() => market.ticker()),
        candles: shown(() => market.candles),
        others: shown(() => market.others),
        position: shown(() => this.#position),
        params: shown(() => params),
        ...Object.fromEntries(
          Object.entries({ time: 0, open: 1, high: 2, low: 3, close: 4, volume: 5, hl2: 10, hlc3: 11 }).map(
            ([name, number]) => [name, column(number)],
          ),
        ),
      },
    );
    return strictObject('the context of a check', context);
  }
}

/** Best first; without a known quote volume after those that have one. */
function byRank(a: Ranked, b: Ranked): number {
  if (a.score !== b.score) return b.score - a.score;
  const [aVolume, bVolume] = [a.quoteVolume || 0, b.quoteVolume || 0];
  if (aVolume !== bVolume) return bVolume - aVolume;
  return a.symbol < b.symbol ? -1 : 1;
}
