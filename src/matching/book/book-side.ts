import { PriceLevel } from './price-level.ts';
import type { Queued } from './price-level.ts';

/** The bids or the asks of one symbol: levels sorted by price, the best one last. */
export class BookSide<Order extends Queued<Order>> {
  readonly isBid: boolean;
  private readonly sorted: PriceLevel<Order>[] = [];
  private readonly byTicks = new Map<number, PriceLevel<Order>>();
  /** The worst price with outside size: what lies beyond it cannot be seen. NaN: to be looked up. */
  private horizon = NaN;
  /** The price of the last `showOnly`. */
  private only = NaN;

  constructor(isBid: boolean) {
    this.isBid = isBid;
  }

  get best(): PriceLevel<Order> | undefined {
    return this.sorted[this.sorted.length - 1];
  }

  /** From the best to the worst. */
  *levels(): Generator<PriceLevel<Order>> {
    for (let index = this.sorted.length - 1; index >= 0; index -= 1) yield this.sorted[index] as PriceLevel<Order>;
  }

  at(ticks: number): PriceLevel<Order> | undefined {
    return this.byTicks.get(ticks);
  }

  /** Whether a price is better for whoever trades against this side: a higher bid, a lower ask. */
  isBetter(ticks: number, than: number): boolean {
    return this.isBid ? ticks > than : ticks < than;
  }

  /** Queues an order at its price, behind what is there. */
  rest(order: Order, ticks: number): PriceLevel<Order> {
    const isVisible = this.sees(ticks);
    const level = this.ensure(ticks);
    level.append(order, isVisible);
    return level;
  }

  /** Queues an order of an earlier run where it stood. @see PriceLevel.comeBack */
  comeBack(
    order: Order,
    ticks: number,
    place: { readonly ahead: number; readonly isUnseen: boolean },
  ): PriceLevel<Order> {
    const level = this.ensure(ticks);
    level.comeBack(order, place);
    return level;
  }

  leave(order: Order, level: PriceLevel<Order>): void {
    level.remove(order);
    this.dropIfEmpty(level);
  }

  /** The outside shows this size at a price now; zero: none. */
  showOutside(ticks: number, steps: number): void {
    if (steps === 0) {
      const level = this.byTicks.get(ticks);
      if (level === undefined) return;
      level.showOutside(0);
      this.dropIfEmpty(level);
    } else {
      this.ensure(ticks).showOutside(steps);
    }
    this.horizon = NaN;
  }

  /** There is no outside size better than this price: orders there have nobody before them. */
  showNothingBetter(than: number): void {
    for (let index = this.sorted.length - 1; index >= 0; index -= 1) {
      const level = this.sorted[index] as PriceLevel<Order>;
      if (!this.isBetter(level.ticks, than)) return;
      this.unshow(level, than);
    }
  }

  /** The one outside size shown on this side: feeds of the best price alone. What is worse goes out of sight. */
  showOnly(ticks: number, steps: number): void {
    const before = ticks === this.only ? undefined : this.byTicks.get(this.only);
    if (before !== undefined) this.unshow(before, ticks);
    this.showNothingBetter(ticks);
    this.only = ticks;
    this.showOutside(ticks, steps);
  }

  /** No outside size is shown but at the prices in `kept`: gone where another is worse, else out of sight. */
  keepOnly(kept: ReadonlySet<number>): void {
    let worst = NaN;
    for (const ticks of kept) if (!this.isBetter(ticks, worst)) worst = ticks;
    for (const level of this.sorted.filter(({ ticks }) => !kept.has(ticks))) this.unshow(level, worst);
  }

  dropIfEmpty(level: PriceLevel<Order>): void {
    if (!level.isEmpty || this.byTicks.get(level.ticks) !== level) return;
    this.byTicks.delete(level.ticks);
    this.sorted.splice(this.indexOf(level.ticks), 1);
    if (level.ticks === this.horizon) this.horizon = NaN;
  }

  /** Carries the levels over to finer units: so many new ticks and steps make an old one. The orders' own counts are not touched. */
  rescale({ ticks, steps }: { readonly ticks: number; readonly steps: number }): void {
    this.byTicks.clear();
    for (const level of this.sorted) {
      level.rescale(ticks, steps);
      this.byTicks.set(level.ticks, level);
    }
    this.only *= ticks;
    this.horizon = NaN;
  }

  /** Takes outside size away: it is gone where the shown prices still reach, else only out of sight. */
  private unshow(level: PriceLevel<Order>, worstShown: number): void {
    if (this.isBetter(level.ticks, worstShown)) level.showOutside(0);
    else level.hideOutside();
    this.dropIfEmpty(level);
    this.horizon = NaN;
  }

  /** Whether the outside size at a price can be seen: it lies no further out than the outermost that is shown. */
  private sees(ticks: number): boolean {
    if (Number.isNaN(this.horizon)) {
      this.horizon = this.sorted.find(({ outside }) => outside > 0)?.ticks ?? (this.isBid ? Infinity : -Infinity);
    }
    return !this.isBetter(this.horizon, ticks);
  }

  private ensure(ticks: number): PriceLevel<Order> {
    const known = this.byTicks.get(ticks);
    if (known !== undefined) return known;
    const level = new PriceLevel<Order>(ticks);
    this.byTicks.set(ticks, level);
    const { sorted } = this;
    const best = this.best;
    if (best === undefined || this.isBetter(ticks, best.ticks)) sorted.push(level);
    else sorted.splice(this.indexOf(ticks), 0, level);
    return level;
  }

  /** Where a price stands in `sorted`, or would. */
  private indexOf(ticks: number): number {
    let low = 0;
    let high = this.sorted.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.isBetter(ticks, (this.sorted[middle] as PriceLevel<Order>).ticks)) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
