import type { OrderSide } from '../../domain/order/order.ts';

/** The trigger of one waiting order, in ticks. `sequence` decides who goes first of those set off by one price. */
export interface TriggerTerms {
  readonly sequence: number;
  readonly side: OrderSide;
  readonly kind: 'stop' | 'take_profit';
  /** Fixed: fires here. Trailing: begins to track here, NaN for at once. */
  readonly ticks: number;
  /** Null for a fixed trigger. */
  readonly trailingBps: number | null;
}

/** Whether a trigger of this kind waits for the price to rise: stops against the side, take-profits with it. */
export function waitsForRise(side: OrderSide, kind: 'stop' | 'take_profit'): boolean {
  return (side === 'buy') === (kind === 'stop');
}

/** A trigger in waiting. Fixed ones never change; trailing ones follow the price once they are active. */
export class Waiting<Owner> {
  readonly owner: Owner;
  terms: TriggerTerms;
  activatedAt: number | null = null;
  /** Trailing: best price since activation and the price that fires it, NaN before. */
  extreme = NaN;
  firesAt = NaN;

  constructor(owner: Owner, terms: TriggerTerms) {
    this.owner = owner;
    this.terms = terms;
  }

  /** Follows one price. @returns whether it fires */
  track(ticks: number, at: number): boolean {
    const { side, kind, ticks: activation } = this.terms;
    const deltaBps = this.terms.trailingBps ?? 0;
    if (this.activatedAt === null) {
      const reached = waitsForRise(side, kind) ? ticks >= activation : ticks <= activation;
      if (!reached && !Number.isNaN(activation)) return false;
      this.activatedAt = at;
    }
    if (side === 'sell') {
      if (!(ticks <= this.extreme)) this.moveTo(ticks, Math.floor((ticks * (10_000 - deltaBps)) / 10_000));
      return ticks <= this.firesAt;
    }
    if (!(ticks >= this.extreme)) this.moveTo(ticks, Math.ceil((ticks * (10_000 + deltaBps)) / 10_000));
    return ticks >= this.firesAt;
  }

  /** Carries the trigger over to finer ticks, `factor` of which make an old one. Its place among the others stays. */
  rescale(factor: number): void {
    this.terms = { ...this.terms, ticks: this.terms.ticks * factor };
    this.moveTo(this.extreme * factor, this.firesAt * factor);
  }

  private moveTo(extreme: number, firesAt: number): void {
    this.extreme = extreme;
    this.firesAt = firesAt;
  }
}

/** The triggers of one symbol that watch one price (the last trade, or the mark). */
export class TriggerIndex<Owner> {
  /** Nearest to the price last: the lowest of those that wait for a rise, the highest of those that wait for a fall. */
  private readonly rising: Waiting<Owner>[] = [];
  private readonly falling: Waiting<Owner>[] = [];
  private readonly trailing = new Set<Waiting<Owner>>();

  add(waiting: Waiting<Owner>): void {
    const { terms } = waiting;
    if (terms.trailingBps !== null) {
      this.trailing.add(waiting);
      return;
    }
    const list = this.listOf(terms);
    list.splice(insertionIndex(list, terms), 0, waiting);
  }

  remove(waiting: Waiting<Owner>): void {
    if (this.trailing.delete(waiting)) return;
    const list = this.listOf(waiting.terms);
    const index = list.indexOf(waiting, insertionIndex(list, waiting.terms));
    if (index >= 0) list.splice(index, 1);
  }

  /**
   * Takes out what this price sets off, oldest first.
   * @param ticks may have a fraction (mark price)
   */
  fire(ticks: number, at: number): readonly Waiting<Owner>[] {
    if (!isNext(this.rising, ticks) && !isNext(this.falling, ticks) && this.trailing.size === 0) return NOBODY;
    const fired: Waiting<Owner>[] = [];
    for (const list of [this.rising, this.falling]) {
      while (isNext(list, ticks)) fired.push(list.pop() as Waiting<Owner>);
    }
    for (const waiting of this.trailing) {
      if (!waiting.track(ticks, at)) continue;
      fired.push(waiting);
      this.trailing.delete(waiting);
    }
    return fired.sort((a, b) => a.terms.sequence - b.terms.sequence);
  }

  private listOf(terms: TriggerTerms): Waiting<Owner>[] {
    return waitsForRise(terms.side, terms.kind) ? this.rising : this.falling;
  }
}

const NOBODY: readonly never[] = [];

/** Whether a price sets off the nearest trigger of a list. */
function isNext<Owner>(list: readonly Waiting<Owner>[], ticks: number): boolean {
  const nearest = list[list.length - 1];
  return nearest !== undefined && reaches(ticks, nearest.terms);
}

/** Whether a price sets off a fixed trigger. */
export function reaches(ticks: number, terms: Pick<TriggerTerms, 'side' | 'kind' | 'ticks'>): boolean {
  return waitsForRise(terms.side, terms.kind) ? ticks >= terms.ticks : ticks <= terms.ticks;
}

/** The first place whose trigger is at the price of `terms` or nearer to the market. */
function insertionIndex<Owner>(list: readonly Waiting<Owner>[], terms: TriggerTerms): number {
  const rises = waitsForRise(terms.side, terms.kind);
  let low = 0;
  let high = list.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    const { ticks } = (list[middle] as Waiting<Owner>).terms;
    if (rises ? ticks > terms.ticks : ticks < terms.ticks) low = middle + 1;
    else high = middle;
  }
  return low;
}
