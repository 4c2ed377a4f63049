import type { TraderId, VenueSymbol } from '../../domain/ids.ts';
import type { Timeframe } from '../../domain/time.ts';
import type { Trader } from '../../domain/trader.ts';
import type { TraderFunnel } from '../../ports/engine-handle.ts';
import type { FilterFault, FilterSandbox } from '../../ports/filter-sandbox.ts';
import { CandleHandOver } from './candle-hand-over.ts';
import { reportOf } from './check-report.ts';
import type { CheckReport, DueCheck } from './check-report.ts';
import type { DeskMarket } from './desk-market.ts';
import { deskNeeds } from './desk-needs.ts';
import type { DeskNeeds } from './desk-needs.ts';
import { filterPositions } from './filter-position.ts';
import type { HeldPosition } from './filter-position.ts';
import { Funnel } from './funnel.ts';
import type { FunnelStep } from './funnel.ts';
import { Moments } from './moments.ts';
import type { Moment } from './moments.ts';
import { seenSymbols, traderAtWork, unseenSymbols } from './trader-at-work.ts';
import type { TraderAtWork } from './trader-at-work.ts';
import { Turns } from './turns.ts';

export interface TraderDeskOptions {
  readonly sandbox: FilterSandbox;
  /** The market book. */
  readonly market: DeskMarket;
  /** The symbols that a trader checks: those that it names, or the most traded ones now. */
  readonly symbolsOf: (trader: Trader) => readonly VenueSymbol[];
  /** The open positions of a trader, with the best price seen up to now. */
  readonly positionsOf: (traderId: TraderId) => readonly HeldPosition[];
}

export type PutOutcome =
  | { readonly ok: true; readonly atWork: TraderAtWork }
  /** `keepsOld`: the filter that was there before works on, with the trader as it was. */
  | { readonly ok: false; readonly fault: FilterFault; readonly keepsOld: boolean };

/** A trader's place at the desk. */
interface Place {
  atWork: TraderAtWork;
  readonly funnel: Funnel;
  /** Symbols beside the checked ones in which the trader has, or had, a position. */
  readonly heldBeside: Set<VenueSymbol>;
  /** The moment of the last check of all symbols, with what was late for it. */
  last: Moment | null;
  failuresInARow: number;
}

/**
 * Where filters are put to work. The desk hands closed candles to the sandbox, once for all traders: histories when they are
 * loaded, newer ones just before a check. It freezes what a check sees at its moment, and tells what came of it.
 *
 * The engine tells it of the market: `historyLoaded` once the book holds a symbol's history (before that nothing of the
 * symbol is checked, so that a fresh start sees what a long-running process sees), `candlesClosed` for every candle that the
 * book closed or corrected, and `symbolsChanged` when `symbolsOf` would answer differently.
 */
export class TraderDesk {
  readonly #options: TraderDeskOptions;
  readonly #handOver: CandleHandOver;
  readonly #moments: Moments;
  readonly #places = new Map<TraderId, Place>();
  readonly #turns = new Turns<TraderId>();

  constructor(options: TraderDeskOptions) {
    this.#options = options;
    this.#handOver = new CandleHandOver(options.market, options.sandbox);
    this.#moments = new Moments(options.market, {
      symbols: () => this.#handOver.loadedSymbols(),
      formingTimeframes: () => this.#formingTimeframes(),
    });
  }

  /**
   * Loads a filter for a trader, or replaces it together with the trader's settings; a broken one leaves what was there in
   * place. Rejects only for faults of the program itself.
   */
  put(trader: Trader, source: string): Promise<PutOutcome> {
    return this.#turns.take(trader.id, () => this.#load(trader, source));
  }

  /** Takes a trader out of work. What comes of a check under way is not reported. */
  remove(traderId: TraderId): void {
    this.#drop(traderId);
    // A load under way would bring it back.
    if (this.#turns.isTaken(traderId)) void this.#turns.take(traderId, async () => this.#drop(traderId));
  }

  /** Null when the trader is not at the desk. */
  get(traderId: TraderId): TraderAtWork | null {
    return this.#places.get(traderId)?.atWork ?? null;
  }

  /** What the market book has to hold for all traders. */
  needs(): DeskNeeds {
    const { positionsOf } = this.#options;
    return deskNeeds(
      this.#places.values().map(({ atWork }) => atWork),
      (traderId) => positionsOf(traderId).map(({ position }) => position.symbol),
    );
  }

  /** Whether the histories of all symbols and references of the trader are loaded. */
  isReady(traderId: TraderId): boolean {
    const atWork = this.get(traderId);
    return atWork !== null && seenSymbols(atWork).every((symbol) => this.#handOver.isLoaded(symbol));
  }

  /**
   * The book holds the history of a symbol in all timeframes: twice the lookback, or everything since its listing.
   * @param fromMs where history was changed, when it was loaded before; all of it otherwise. Milliseconds UTC
   */
  historyLoaded(symbol: VenueSymbol, fromMs = -Infinity): void {
    this.#handOver.loaded(symbol, fromMs);
    this.#moments.clear();
  }

  /** The book no longer holds the symbol: it is checked again after its history is loaded again. */
  historyLost(symbol: VenueSymbol): void {
    this.#handOver.lost(symbol);
    this.#moments.clear();
  }

  /** Candles that the book closed or corrected. */
  candlesClosed(
    symbol: VenueSymbol,
    closed: readonly { readonly timeframe: Timeframe; readonly openTime: number }[],
  ): void {
    for (const { timeframe, openTime } of closed) {
      this.#handOver.closed(symbol, timeframe, openTime);
      this.#moments.closed(timeframe, openTime);
    }
  }

  /** Asks anew which symbols each trader checks. */
  symbolsChanged(): void {
    for (const place of this.#places.values()) {
      const { trader, meta } = place.atWork;
      const atWork = traderAtWork(trader, meta, this.#options.symbolsOf(trader));
      this.#use(atWork);
      this.#release(place);
      place.atWork = atWork;
    }
  }

  funnel(traderId: TraderId): TraderFunnel | null {
    return this.#places.get(traderId)?.funnel.figures ?? null;
  }

  /** A match of the trader came one step further. */
  count(traderId: TraderId, step: FunnelStep): void {
    this.#places.get(traderId)?.funnel.count(step);
  }

  /** A match of the trader was refused. */
  refused(traderId: TraderId, code: string): void {
    this.#places.get(traderId)?.funnel.refused(code);
  }

  /**
   * Runs a check, and `manage` where the trader has open positions. What both see is frozen when this is called.
   * @returns null when the trader is not at the desk, was removed or was put anew meanwhile. Rejects only for faults of the
   *   program itself
   */
  async run(due: DueCheck): Promise<CheckReport | null> {
    const { traderId, at } = due;
    const place = this.#places.get(traderId);
    if (place === undefined) return null;
    const held = this.#options.positionsOf(traderId);
    this.#lookAt(place, held);
    this.#handOver.handOver();
    const moment = this.#momentOf(place.atWork, at);
    const unseen = unseenSymbols(place.atWork.meta, due, { last: place.last, moment });
    if (due.symbols === null || place.last?.at === at) place.last = moment;
    const symbols = unseen === null ? place.atWork.symbols : place.atWork.symbols.filter((each) => unseen.has(each));
    const { clockTimeframe } = place.atWork;
    const positions = filterPositions(held, { at, clockTimeframe, tickers: moment.tickers });
    const managed = unseen === null ? positions : new Map([...positions].filter(([symbol]) => unseen.has(symbol)));

    const { sandbox } = this.#options;
    const request = { traderId, now: at, view: moment.view };
    const [check, manage] = await Promise.all([
      symbols.length === 0 ? null : sandbox.check({ ...request, kind: 'check', symbols, positions }),
      managed.size === 0
        ? null
        : sandbox.check({ ...request, kind: 'manage', symbols: watchedSymbols(place), positions: managed }),
    ]);

    const asked = { due, symbols: symbols.length, tickers: moment.tickers };
    const report = reportOf({ ...asked, check, manage, failuresBefore: place.failuresInARow });
    place.failuresInARow = report.failuresInARow;
    if (check !== null || manage !== null) place.funnel.report(report, due.symbols === null);
    return this.#places.get(traderId) === place ? report : null;
  }

  async #load(trader: Trader, source: string): Promise<PutOutcome> {
    const { sandbox, symbolsOf } = this.#options;
    const outcome = await sandbox.load(trader.id, source, trader.params);
    const old = this.#places.get(trader.id);
    if (!outcome.ok) return { ok: false, fault: outcome.fault, keepsOld: old !== undefined };
    const place: Place = {
      atWork: traderAtWork(trader, outcome.meta, symbolsOf(trader)),
      funnel: old?.funnel ?? new Funnel(),
      heldBeside: new Set(),
      last: null,
      failuresInARow: 0,
    };
    this.#use(place.atWork);
    if (old !== undefined) this.#release(old);
    this.#places.set(trader.id, place);
    return { ok: true, atWork: place.atWork };
  }

  #drop(traderId: TraderId): void {
    const place = this.#places.get(traderId);
    if (place === undefined) return;
    this.#release(place);
    this.#places.delete(traderId);
    this.#options.sandbox.unload(traderId);
  }

  #use(atWork: TraderAtWork): void {
    this.#handOver.use(seenSymbols(atWork), atWork.meta.timeframes);
    this.#moments.clear();
  }

  #release({ atWork, heldBeside }: Place): void {
    this.#handOver.release([...seenSymbols(atWork), ...heldBeside], atWork.meta.timeframes);
    heldBeside.clear();
  }

  /** Symbols of positions that the trader no longer checks are looked at all the same: `manage` wants them. */
  #lookAt({ atWork, heldBeside }: Place, held: readonly HeldPosition[]): void {
    for (const { position } of held) {
      const { symbol } = position;
      if (heldBeside.has(symbol) || atWork.symbols.includes(symbol)) continue;
      heldBeside.add(symbol);
      this.#handOver.use([symbol], atWork.meta.timeframes);
      this.#moments.clear();
    }
  }

  #momentOf({ schedule, clockTimeframe }: TraderAtWork, at: number): Moment {
    if (schedule.kind === 'close') return this.#moments.atClose(clockTimeframe, at);
    return this.#moments.between(at);
  }

  /** Timeframes of which somebody sees the unfinished candle. */
  #formingTimeframes(): Set<Timeframe> {
    const timeframes = new Set<Timeframe>();
    for (const { atWork } of this.#places.values()) {
      if (atWork.schedule.kind === 'every') for (const timeframe of atWork.meta.timeframes) timeframes.add(timeframe);
    }
    return timeframes;
  }
}

/** With the symbols of positions beside the checked ones. The same list as long as there are none. */
function watchedSymbols({ atWork, heldBeside }: Place): readonly VenueSymbol[] {
  return heldBeside.size === 0 ? atWork.symbols : [...atWork.symbols, ...heldBeside];
}
