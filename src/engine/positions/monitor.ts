import { readPrice } from '../../domain/decimal.ts';
import type { Price } from '../../domain/decimal.ts';
import type { PositionId, VenueSymbol } from '../../domain/ids.ts';
import type { Level } from '../../domain/levels.ts';
import type { Position } from '../../domain/position/position.ts';
import { SECOND_MS } from '../../domain/time.ts';
import type { MonitorDecision } from './decision.ts';
import { breakEven, closeAll, decideExits, tellStop } from './exits.ts';
import { LiquidationWatch } from './liquidation.ts';
import { fallbackStop, tighterStop } from './stop-price.ts';
import { Watch } from './watch.ts';
import type { WatchTerms } from './watch.ts';

export interface PositionMonitorOptions {
  /** The stop of positions that were never given one. */
  readonly fallbackStop: Level;
  /** How long a stop at the exchange may take to fill once the price is beyond it, before the monitor closes itself. */
  readonly venueGraceMs: number;
}

interface Watched {
  readonly watch: Watch;
  readonly liquidation: LiquidationWatch;
}

/** So long a stop at the venue may take to be set off: an answer of before says nothing. */
const SETTING_OFF_MS = SECOND_MS;

const NOTHING: readonly MonitorDecision[] = [];

/**
 * Watches the open positions of one market and says what is to be done: it decides and remembers, but changes nothing.
 *
 * Whoever carries a decision out puts the position back with `put` whenever it or its working exits changed: after a fill,
 * an edit, and also when a closing order failed, upon which the exit is decided again. A target whose close
 * was sent is marked as reached in the plan; a break-even that was told is taken out of it. Until the position comes back,
 * what was decided counts as on its way, so that decisions together never close more than there is.
 */
export class PositionMonitor {
  readonly #options: PositionMonitorOptions;
  readonly #bySymbol = new Map<VenueSymbol, Watched[]>();
  readonly #byId = new Map<PositionId, Watched>();
  #refusedPrices = 0;

  constructor(options: PositionMonitorOptions) {
    this.#options = options;
  }

  /** Prices that were no prices (NaN, zero, negative, infinite) and were passed over. */
  get refusedPrices(): number {
    return this.#refusedPrices;
  }

  /**
   * Takes a position under watch, or goes on with its newer version; a closed one is let go. Stop and best price go on from
   * what the monitor knows already, when that is tighter and better.
   */
  put(position: Position, terms: WatchTerms): readonly MonitorDecision[] {
    const before = this.#byId.get(position.id);
    this.drop(position.id);
    if (position.state.status !== 'open') return NOTHING;
    const seen = before?.watch.seenBy(position) ?? position;
    const basis = { rules: terms.instrument.rules, atr: terms.atr };
    const { stopPrice } = position.protection;
    const stop = stopPrice ?? fallbackStop(position, this.#options.fallbackStop, basis);
    before?.watch.trail();
    const tightest = before ? tighterStop(position.side, before.watch.stop, stop) : stop;

    const watch = new Watch(seen, terms, tightest);
    const liquidation = new LiquidationWatch(position);
    if (before) liquidation.continue(before.liquidation);
    this.#add({ watch, liquidation });
    const fallback: readonly MonitorDecision[] =
      stopPrice === null
        ? [{ kind: 'stop_moved', positionId: position.id, stopPrice: tightest, reason: 'fallback' }]
        : NOTHING;
    const moved = breakEven(watch);
    watch.aim();
    return moved.length === 0 ? fallback : moved;
  }

  /** Lets a position go. */
  drop(positionId: PositionId): void {
    const watched = this.#byId.get(positionId);
    if (watched === undefined) return;
    this.#byId.delete(positionId);
    const { symbol } = watched.watch.position;
    const others = (this.#bySymbol.get(symbol) ?? []).filter((other) => other !== watched);
    if (others.length === 0) this.#bySymbol.delete(symbol);
    else this.#bySymbol.set(symbol, others);
  }

  /**
   * The last price of a symbol moved. Almost always a few float comparisons; Decimal figures are looked at only when a
   * stop or target may have been reached.
   * @param at milliseconds UTC
   */
  price(symbol: VenueSymbol, price: number, at: number): readonly MonitorDecision[] {
    const watched = this.#bySymbol.get(symbol);
    if (watched === undefined) return NOTHING;
    if (!(price > 0 && price < Infinity)) {
      this.#refusedPrices += 1;
      return NOTHING;
    }
    let decisions = NOTHING;
    for (const { watch } of watched) {
      const number = price * watch.sign;
      if (number > watch.bestNumber) watch.raiseBest(number);
      else if (number < watch.worstNumber) watch.worstNumber = number;
      if (watch.isPassedOver(number)) continue;
      decisions = [...decisions, ...this.#decide(watch, price, at)];
    }
    return decisions;
  }

  /** The mark price of a futures symbol moved. */
  mark(symbol: VenueSymbol, mark: number): readonly MonitorDecision[] {
    const watched = this.#bySymbol.get(symbol);
    if (watched === undefined || readPrice(mark) === null) return NOTHING;
    return watched.flatMap(({ liquidation }) => liquidation.mark(mark) ?? []);
  }

  /**
   * What the passing of time decides: positions over their time limit, stops that the exchange should have filled, and what
   * the last price means by now: a stop at the exchange may have been lost after it, and the next price may be long in coming.
   * To be called every second or so.
   * @param lastPrice the last price since the position was opened, NaN while there is none: an older one says nothing of it
   */
  time(now: number, lastPrice: (position: Position) => number): readonly MonitorDecision[] {
    return [...this.#byId.values()].flatMap(({ watch }) => {
      const { plan, bestPrice } = watch.position;
      const last = lastPrice(watch.position);
      if (plan.closeAt !== null && now >= plan.closeAt) return this.#closeNow(watch, readPrice(last) ?? bestPrice);
      return watch.isPassedOver(last * watch.sign) ? NOTHING : this.#decide(watch, last, now);
    });
  }

  /**
   * The venue says that its stop, which should have been filled, still rests: it is waited for no longer.
   * @returns null when that says nothing yet, as the stop was due only just now
   */
  venueStopRests(positionId: PositionId, lastPrice: number, now: number): readonly MonitorDecision[] | null {
    const watch = this.#byId.get(positionId)?.watch;
    const since = watch?.venueStopDueSince ?? null;
    if (watch === undefined || since === null) return NOTHING;
    if (now - since < SETTING_OFF_MS) return null;
    watch.venueStopDueSince = -Infinity;
    return this.#decide(watch, lastPrice, now);
  }

  /**
   * Trailing stops that have moved since they were last told. The monitor itself acts on every best price at once; the
   * exchange, the store and the frontends follow at the pace at which this is called.
   */
  movedStops(): readonly MonitorDecision[] {
    return [...this.#byId.values()].flatMap(({ watch }) => {
      watch.trail();
      return tellStop(watch, 'trailing');
    });
  }

  /** Where the stop of a position stands now; null for a position that is not watched. */
  stopOf(positionId: PositionId): Price | null {
    const watch = this.#byId.get(positionId)?.watch;
    watch?.trail();
    return watch?.stop ?? null;
  }

  /** A watched position with the best and worst price that it has seen; null for one that is not watched. */
  seen(positionId: PositionId): Position | null {
    return this.#byId.get(positionId)?.watch.seen ?? null;
  }

  #add(watched: Watched): void {
    const { id, symbol } = watched.watch.position;
    this.#byId.set(id, watched);
    this.#bySymbol.set(symbol, [...(this.#bySymbol.get(symbol) ?? []), watched]);
  }

  #decide(watch: Watch, number: number, at: number): readonly MonitorDecision[] {
    const price = readPrice(number);
    return price === null ? NOTHING : decideExits(watch, { price, at }, this.#options.venueGraceMs);
  }

  #closeNow(watch: Watch, at: Price): readonly MonitorDecision[] {
    if (watch.open.isZero()) return NOTHING;
    const decisions = closeAll(watch, 'time_limit', at);
    watch.aim();
    return decisions;
  }
}
