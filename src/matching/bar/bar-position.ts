import { Decimal, priceFromMarketData } from '../../domain/decimal.ts';
import type { Price } from '../../domain/decimal.ts';
import { roundToTick } from '../../domain/exchange-rules.ts';
import type { Instrument } from '../../domain/instrument.ts';
import type { CloseReason, PositionSide } from '../../domain/position/position.ts';
import { atoms } from '../atoms.ts';
import type { Atoms } from '../atoms.ts';
import type { Stake } from './bar-account.ts';
import type { BarColumns, ExitPlan } from './bar-types.ts';
import type { Liquidation } from './liquidation.ts';

/** A price level with its Float64, which bars are compared with; equal decimals are equal floats. */
interface BarLevel {
  readonly price: Price;
  readonly number: number;
}

interface BarTarget extends BarLevel {
  readonly quantity: Atoms;
}

function levelAt(price: Price): BarLevel {
  return { price, number: price.toNumber() };
}

/** An open position with its levels. Stops and targets of a long are rounded down to the tick, of a short up. */
export class BarPosition implements Stake {
  readonly symbol: string;
  readonly side: PositionSide;
  readonly base: string;
  readonly tag: string;
  readonly entryPrice: Price;
  readonly entryTime: number;
  quantity: Atoms;
  cost: Atoms = 0n;
  stop: BarLevel | null = null;
  /** What a fill of the stop is called: by what moved it last. */
  stopReason: CloseReason = 'stop';
  /** Where it is liquidated, and where its margin is used up; null where that cannot be. */
  private ruin: { readonly liquidation: BarLevel; readonly bankruptcy: BarLevel } | null = null;
  /** Those not reached yet, next one first. */
  targets: readonly BarTarget[] = [];
  private plan: ExitPlan | null = null;
  private readonly instrument: Instrument;
  /** The highest high (short: lowest low) since the entry. */
  private best: number;
  /** The best price that the stop was last drawn after. */
  private drawnFrom = NaN;

  constructor(
    instrument: Instrument,
    entry: { readonly side: PositionSide; readonly tag: string; readonly quantity: Atoms },
    fill: { readonly price: Price; readonly time: number },
  ) {
    this.instrument = instrument;
    this.symbol = instrument.symbol;
    this.base = instrument.base;
    this.side = entry.side;
    this.tag = entry.tag;
    this.quantity = entry.quantity;
    this.entryPrice = fill.price;
    this.entryTime = fill.time;
    this.best = fill.price.toNumber();
  }

  get isLong(): boolean {
    return this.side === 'long';
  }

  setPlan(plan: ExitPlan): void {
    this.plan = plan;
    this.stop = plan.stop && levelAt(this.onTick(plan.stop));
    const quantities = shareQuantity(this.quantity, atoms(this.instrument.rules.step), plan.targets);
    this.targets = plan.targets.map(({ price }, index) => ({
      ...levelAt(this.onTick(price)),
      quantity: quantities[index] ?? 0n,
    }));
  }

  /** Whether its time is over at a bar that opens at `time`. */
  isExpired(time: number): boolean {
    const maxHoldMs = this.plan?.maxHoldMs ?? null;
    return maxHoldMs !== null && time - this.entryTime >= maxHoldMs;
  }

  /** The price at which the bar fills the stop (its open, when it opens beyond it), before slippage; null: untouched. */
  stopFill(columns: BarColumns, index: number): Price | null {
    const { stop, isLong } = this;
    if (stop === null) return null;
    const open = columns.open[index] as number;
    if (this.isReached(stop, open)) return priceFromMarketData(open);
    const worst = (isLong ? columns.low : columns.high)[index] as number;
    return this.isReached(stop, worst) ? stop.price : null;
  }

  /** Takes over where the position, as it is now, is liquidated. */
  setLiquidation(at: Liquidation | null): void {
    this.ruin = at && { liquidation: levelAt(at.price), bankruptcy: levelAt(at.bankruptcy) };
  }

  /** The price at which a bar that opens beyond it finds all margin used up; null: it does not. */
  bankruptcyAtOpen(columns: BarColumns, index: number): Price | null {
    if (this.ruin === null) return null;
    const { bankruptcy } = this.ruin;
    return this.isReached(bankruptcy, columns.open[index] as number) ? bankruptcy.price : null;
  }

  /** The price at which the bar liquidates the position (its margin is lost); null: not, or its stop comes first. */
  liquidationFill(columns: BarColumns, index: number): Price | null {
    if (this.ruin === null) return null;
    const { stop } = this;
    const { liquidation, bankruptcy } = this.ruin;
    if (stop !== null && !this.isReached(liquidation, stop.number)) return null;
    const worst = (this.isLong ? columns.low : columns.high)[index] as number;
    return this.isReached(liquidation, worst) ? bankruptcy.price : null;
  }

  /** Whether a price against the position is at a level or beyond. */
  private isReached(level: BarLevel, price: number): boolean {
    return this.isLong ? price <= level.number : price >= level.number;
  }

  /** The price at which the bar fills the next target (its open, when it opens beyond it); null: untouched. */
  targetFill(columns: BarColumns, index: number): Price | null {
    const { isLong } = this;
    const [target] = this.targets;
    if (target === undefined) return null;
    const open = columns.open[index] as number;
    if (isLong ? open >= target.number : open <= target.number) return priceFromMarketData(open);
    const best = (isLong ? columns.high : columns.low)[index] as number;
    return (isLong ? best >= target.number : best <= target.number) ? target.price : null;
  }

  /** Strikes off the next target. @returns what it closes: its share, or what is left when that is less */
  takeTarget(): Atoms {
    const [target, ...others] = this.targets;
    this.targets = others;
    if (target === undefined) return 0n;
    return target.quantity > this.quantity ? this.quantity : target.quantity;
  }

  /** At the close: break-even and trailing move the stop, to act from the next bar. @returns whether it moved */
  ratchet(columns: BarColumns, index: number): boolean {
    const { plan, isLong } = this;
    if (plan === null) return false;
    const reached = (isLong ? columns.high : columns.low)[index] as number;
    if (isLong ? reached > this.best : reached < this.best) this.best = reached;
    // But for a distance that changes by itself, the stop moves with the best price only.
    if (this.best === this.drawnFrom && plan.trailing?.kind !== 'distance') return false;
    this.drawnFrom = this.best;
    const breakEven = plan.breakEvenAt?.toNumber() ?? NaN;
    const isAtBreakEven = isLong ? this.best >= breakEven : this.best <= breakEven;
    const movedToEntry = isAtBreakEven && this.tighten(this.entryPrice, 'break_even');
    const trailed = this.trailedStop(index);
    return (trailed !== null && this.tighten(trailed, 'trailing')) || movedToEntry;
  }

  /** Moves the stop where that is tighter. @returns whether it was */
  tighten(to: Price, reason: CloseReason): boolean {
    const level = levelAt(this.onTick(to));
    const { stop, isLong } = this;
    if (stop !== null && (isLong ? level.number <= stop.number : level.number >= stop.number)) return false;
    this.stop = level;
    this.stopReason = reason;
    return true;
  }

  private trailedStop(index: number): Price | null {
    const trailing = this.plan?.trailing ?? null;
    if (trailing === null) return null;
    const best = priceFromMarketData(this.best);
    const distance =
      trailing.kind === 'percent'
        ? best.times(trailing.percent).dividedBy(100)
        : decimalOrNull(trailing.distanceAt(index));
    if (distance === null) return null;
    const level = this.isLong ? best.minus(distance) : best.plus(distance);
    return level.greaterThan(0) ? (level as Price) : null;
  }

  private onTick(price: Price): Price {
    return roundToTick(price, this.instrument.rules, this.isLong ? 'down' : 'up');
  }
}

function decimalOrNull(value: number): Decimal | null {
  return value >= 0 && value !== Infinity ? new Decimal(value) : null;
}

/** How much each target closes: parts floored to the step, equal shares of the rest likewise, what is left on the last. */
function shareQuantity(quantity: Atoms, step: Atoms, targets: ExitPlan['targets']): readonly Atoms[] {
  const floor = (amount: Atoms): Atoms => amount - (amount % step);
  const given = targets.map(({ part }) =>
    part === null
      ? null
      : floor(atoms(part.times(quantity.toString()).dividedBy('1e8').toDecimalPlaces(8, Decimal.ROUND_DOWN))),
  );
  const taken = given.reduce<Atoms>((sum, amount) => sum + (amount ?? 0n), 0n);
  const sharing = BigInt(given.filter((amount) => amount === null).length);
  const share = sharing === 0n ? 0n : floor((quantity - taken) / sharing);
  const shares = given.map((amount) => amount ?? share);
  const last = shares.length - 1;
  const before = shares.slice(0, last).reduce<Atoms>((sum, amount) => sum + amount, 0n);
  return shares.map((amount, index) => (index === last ? quantity - before : amount));
}
