import { priceFromMarketData, ZERO_MONEY } from '../../domain/decimal.ts';
import type { Money, Price, Quantity, Decimal } from '../../domain/decimal.ts';
import { floorToStep } from '../../domain/exchange-rules.ts';
import type { CloseReason } from '../../domain/position/position.ts';
import { atoms } from '../atoms.ts';
import type { Atoms } from '../atoms.ts';
import { BarAccount, moneyOf, quantityOf } from './bar-account.ts';
import type { Reduction } from './bar-account.ts';
import { BarPosition } from './bar-position.ts';
import type { BarClose, BarEntry, BarPositionReport, BarRefusalReason, BarSeries, BarTerms } from './bar-types.ts';
import { cutToFunds, sizeRefusal } from './entry-size.ts';
import { liquidationOf } from './liquidation.ts';
import { Track } from './track.ts';

/** What is closed, at which price and why. */
interface BarExit {
  readonly price: Price;
  readonly quantity: Atoms;
  readonly reason: CloseReason;
}

/**
 * The fill model of backtests. The caller walks the bars with `next`, looks at the closes, and asks for entries and closes,
 * which fill at the open of each symbol's next bar. Within a bar: (1) at the open closes, then reversals, then entries in
 * the order in which they were asked for, then expired time limits; (2) the stop; (3) every touched target in order. A bar
 * that opens beyond a level fills at its open. Slippage moves every fill but targets against the trader. At the close
 * trailing and break-even move the stop for the next bar.
 *
 * On futures every position stands on an isolated margin of its own. A bar that opens where nothing is left of it, or that
 * reaches the liquidation price before a stop, takes it all. Funding and fees are paid from free cash, not from it.
 */
export class BarMatcher {
  readonly account: BarAccount;
  /** Open time of the bars of now, NaN before the first. */
  time = NaN;
  private readonly terms: BarTerms;
  private readonly tracks: readonly Track[];
  private readonly bySymbol: ReadonlyMap<string, Track>;
  private entries: BarEntry[] = [];
  private openPositions = 0;
  private waitingCloses = 0;
  private readonly slippage: Decimal;

  /** @throws RangeError when the symbols do not share a quote asset, or one comes twice */
  constructor(terms: BarTerms, series: readonly BarSeries[]) {
    const quotes = new Set(series.map(({ instrument }) => instrument.quote));
    const [quote] = quotes;
    this.bySymbol = new Map(series.map((one) => [one.instrument.symbol, new Track(one)]));
    if (quote === undefined || quotes.size > 1 || this.bySymbol.size !== series.length) {
      throw new RangeError('give at least one symbol, each once, all of one quote asset');
    }
    this.terms = terms;
    this.tracks = [...this.bySymbol.values()];
    this.account = new BarAccount({ ...terms, quote });
    this.slippage = terms.slippageBps.dividedBy(10_000);
  }

  /** Enters the bars of the next open time and matches them. @returns false when there are none left */
  next(): boolean {
    let time = Infinity;
    for (const { series, index } of this.tracks) {
      const candidate = series.columns.time[index + 1];
      if (candidate !== undefined && candidate < time) time = candidate;
    }
    if (time === Infinity) return false;
    for (const track of this.tracks) {
      track.isNow = track.series.columns.time[track.index + 1] === time;
      if (track.isNow) track.index += 1;
    }
    this.time = time;
    if (this.waitingCloses > 0 || this.entries.length > 0 || this.openPositions > 0) this.match();
    return true;
  }

  /** Asks for an entry at the symbol's next open. Entries are tried in the order in which they are asked for. */
  enter(entry: BarEntry): void {
    this.trackOf(entry.symbol);
    this.entries.push(entry);
  }

  /** Asks for a close at the symbol's next open; one of a position that is gone by then does nothing. */
  close(close: BarClose): void {
    this.trackOf(close.symbol).closes.push(close);
    this.waitingCloses += 1;
  }

  /** Moves a stop for the bars to come, where that is tighter. @returns whether it was */
  tightenStop(symbol: string, to: Price): boolean {
    const { position } = this.trackOf(symbol);
    const hasMoved = position?.tighten(to, 'stop') ?? false;
    if (position !== null && hasMoved) this.tellStop(position);
    return hasMoved;
  }

  /** Pays funding on an open position. @returns what the account received, negative when it paid */
  payFunding(symbol: string, rate: Decimal, markPrice: number): Money {
    const { position } = this.trackOf(symbol);
    if (position === null) return moneyOf(0n);
    return moneyOf(this.account.payFunding(position, priceFromMarketData(markPrice), rate));
  }

  /** Closes what is open at the last close of its symbol. Entries and closes that still wait are dropped. */
  end(): void {
    this.entries = [];
    for (const track of this.tracks) {
      const { position } = track;
      if (position === null) continue;
      const price = this.slipped(track.closeAt(track.index), !position.isLong);
      this.exit(track, position, { price, quantity: position.quantity, reason: 'end' });
    }
  }

  /** Cash and the worth of what is open, at the last closes: for the equity curve, one point a bar. */
  equityNumber(): number {
    let equity = this.account.cashNumber;
    if (this.openPositions === 0) return equity;
    for (const { position, series, index } of this.tracks) {
      if (position !== null) equity += this.account.worthNumber(position, series.columns.close[index] as number);
    }
    return equity;
  }

  /** The same to the last digit. */
  equity(): Money {
    return this.openPositions === 0 ? this.account.cashBalance : this.equityAt((track) => track.closeAt(track.index));
  }

  positions(): readonly BarPositionReport[] {
    return this.tracks.flatMap(({ position }) => {
      if (position === null) return [];
      const { symbol, side, tag, quantity, entryPrice, entryTime, stop } = position;
      return [{ symbol, side, tag, quantity: quantityOf(quantity), entryPrice, entryTime, stop: stop?.price ?? null }];
    });
  }

  private match(): void {
    const equityAtClose = this.entries.length > 0 ? this.equityBeforeNow() : ZERO_MONEY;
    for (const track of this.tracks) {
      if (!track.isNow || track.position === null) continue;
      const price = track.position.bankruptcyAtOpen(track.series.columns, track.index);
      if (price !== null) this.liquidate(track, track.position, price);
    }
    if (this.waitingCloses > 0) for (const track of this.tracks) if (track.isNow) this.fillCloses(track);
    if (this.entries.length > 0) this.fillEntries(equityAtClose);
    for (const track of this.tracks) if (track.isNow && track.position !== null) this.expire(track, track.position);
    for (const track of this.tracks) if (track.isNow && track.position !== null) this.fillLevels(track, track.position);
  }

  private fillCloses(track: Track): void {
    const closes = track.closes.splice(0);
    this.waitingCloses -= closes.length;
    for (const { fraction, reason } of closes) {
      const { position } = track;
      if (position === null) return;
      const part = quantityOf(position.quantity).times(fraction) as Quantity;
      const quantity = fraction.equals(1) ? position.quantity : atoms(floorToStep(part, track.series.instrument.rules));
      const price = this.slipped(track.open, !position.isLong);
      if (quantity > 0n) this.exit(track, position, { price, quantity, reason });
    }
  }

  /** Plain entries are sized on the equity of the last closes, reversals on what their close has left of it. */
  private fillEntries(equityAtClose: Money): void {
    const due = this.entries.filter(({ symbol }) => this.trackOf(symbol).isNow);
    this.entries = this.entries.filter(({ symbol }) => !this.trackOf(symbol).isNow);
    for (const entry of due.filter(({ isReversal }) => isReversal)) this.fill(entry, this.equityBeforeNow());
    for (const entry of due.filter(({ isReversal }) => !isReversal)) this.fill(entry, equityAtClose);
  }

  private fill(entry: BarEntry, equity: Money): void {
    const track = this.trackOf(entry.symbol);
    const price = this.slipped(track.open, entry.side === 'long');
    const { freeCash } = this.account;
    const wanted = entry.quantity({ equity, freeCash });
    const { instrument } = track.series;
    const quantity = cutToFunds(this.terms, instrument.rules, { wanted, price, freeCash });
    const reason = this.standingRefusal(track, entry) ?? sizeRefusal(instrument.rules, { wanted, price, quantity });
    if (reason !== null) {
      this.terms.onEvent({ type: 'refused', time: this.time, symbol: entry.symbol, tag: entry.tag, reason });
      return;
    }
    const { side, tag } = entry;
    const position = new BarPosition(instrument, { side, tag, quantity: atoms(quantity) }, { price, time: this.time });
    const { notional, fee } = this.account.open(position, price);
    position.setPlan(entry.exits({ price, quantity }));
    position.setLiquidation(liquidationOf(instrument, position, this.terms.leverage));
    track.position = position;
    this.openPositions += 1;
    const money = { price, quantity, notional: moneyOf(notional), fee: moneyOf(fee) };
    const { symbol, stop } = position;
    this.terms.onEvent({ type: 'entry', time: this.time, symbol, side, tag, ...money, stop: stop?.price ?? null });
  }

  private standingRefusal(track: Track, entry: BarEntry): BarRefusalReason | null {
    const { market, maxPositions } = this.terms;
    if (market === 'spot' && entry.side === 'short') return 'short_on_spot';
    if (track.position !== null) return 'symbol_taken';
    return maxPositions !== null && this.openPositions >= maxPositions ? 'no_slot' : null;
  }

  private expire(track: Track, position: BarPosition): void {
    if (!position.isExpired(this.time)) return;
    const price = this.slipped(track.open, !position.isLong);
    this.exit(track, position, { price, quantity: position.quantity, reason: 'time_limit' });
  }

  private fillLevels(track: Track, position: BarPosition): void {
    const { columns } = track.series;
    const ruined = position.liquidationFill(columns, track.index);
    if (ruined !== null) {
      this.liquidate(track, position, ruined);
      return;
    }
    const stopped = position.stopFill(columns, track.index);
    if (stopped !== null) {
      const price = this.slipped(stopped, !position.isLong);
      this.exit(track, position, { price, quantity: position.quantity, reason: position.stopReason });
      return;
    }
    for (let price = position.targetFill(columns, track.index); price !== null;) {
      const quantity = position.takeTarget();
      if (quantity > 0n) this.exit(track, position, { price, quantity, reason: 'target' });
      if (position.quantity === 0n) return;
      price = position.targetFill(columns, track.index);
    }
    if (position.ratchet(columns, track.index)) this.tellStop(position);
  }

  private exit(track: Track, position: BarPosition, fill: BarExit): void {
    this.tellExit(track, position, { ...fill, ...this.account.reduce(position, fill.price, fill.quantity) });
    position.setLiquidation(liquidationOf(track.series.instrument, position, this.terms.leverage));
  }

  private liquidate(track: Track, position: BarPosition, price: Price): void {
    const { quantity } = position;
    const paid = this.account.liquidate(position, price);
    this.tellExit(track, position, { price, quantity, reason: 'liquidation', ...paid });
  }

  private tellExit(track: Track, position: BarPosition, fill: BarExit & Reduction): void {
    const { symbol, side, tag } = position;
    if (position.quantity === 0n) {
      track.position = null;
      this.openPositions -= 1;
    }
    this.terms.onEvent({
      type: 'exit',
      time: this.time,
      symbol,
      side,
      tag,
      price: fill.price,
      quantity: quantityOf(fill.quantity),
      notional: moneyOf(fill.notional),
      fee: moneyOf(fill.fee),
      reason: fill.reason,
      grossPnl: moneyOf(fill.grossPnl),
      remaining: quantityOf(position.quantity),
    });
  }

  private tellStop({ symbol, tag, stop }: BarPosition): void {
    if (stop === null) return;
    this.terms.onEvent({ type: 'stop_moved', time: this.time, symbol, tag, stop: stop.price });
  }

  /** A price moved by the slippage against whoever buys or sells at it. */
  private slipped(price: Price, isBuy: boolean): Price {
    return price.times(isBuy ? this.slippage.plus(1) : this.slippage.negated().plus(1)) as Price;
  }

  /** Cash of now, and what is open at the closes before the bars of now. */
  private equityBeforeNow(): Money {
    return this.equityAt((track) => track.closeAt(track.isNow ? track.index - 1 : track.index));
  }

  private equityAt(closeOf: (track: Track) => Price): Money {
    let equity: Decimal = this.account.cashBalance;
    for (const track of this.tracks) {
      if (track.position !== null) equity = equity.plus(this.account.worth(track.position, closeOf(track)));
    }
    return equity as Money;
  }

  private trackOf(symbol: string): Track {
    const track = this.bySymbol.get(symbol);
    if (track === undefined) throw new RangeError(`there are no bars of ${symbol}`);
    return track;
  }
}
