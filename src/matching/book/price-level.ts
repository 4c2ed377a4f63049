/** What the book needs of an order to queue it. The book alone writes these fields. */
export interface Queued<Order> {
  remainingSteps: number;
  queueMark: number;
  previous: Order | null;
  next: Order | null;
}

/**
 * One price of one side: the outside size and the accounts' orders in one queue.
 *
 * Outside size is a number, not orders, so an order keeps its place by a mark: the outside steps that must have been
 * consumed at this level, counted from its beginning, before the order is first. Outside size that joins later stands
 * behind. When the outside shows less than what stood before an order, the order moves up to what is shown: who left is
 * not known, and it is taken that those behind left first. An order that joined out of sight stands behind all that is
 * first seen there.
 */
export class PriceLevel<Order extends Queued<Order>> {
  ticks: number;
  /** Outside steps shown now. */
  outside = 0;
  /** The accounts' steps resting here. */
  ownSteps = 0;
  first: Order | null = null;
  private last: Order | null = null;
  /** The first of the orders, up to the last one, that joined out of sight. */
  private firstUnseen: Order | null = null;
  private consumed = 0;

  constructor(ticks: number) {
    this.ticks = ticks;
  }

  get isEmpty(): boolean {
    return this.outside === 0 && this.first === null;
  }

  /** Outside steps that are served before `order`. */
  aheadOf(order: Order): number {
    return Math.max(0, order.queueMark - this.consumed);
  }

  /** @param isVisible whether the outside size shown here, also none, is all there is */
  append(order: Order, isVisible: boolean): void {
    order.queueMark = Math.max(this.consumed + this.outside, this.last?.queueMark ?? 0);
    if (isVisible) this.firstUnseen = null;
    else this.firstUnseen ??= order;
    order.previous = this.last;
    order.next = null;
    if (this.last === null) this.first = order;
    else this.last.next = order;
    this.last = order;
    this.ownSteps += order.remainingSteps;
  }

  /** Whether the order joined out of sight, and nothing has been shown here since. */
  isUnseen(order: Order): boolean {
    for (let unseen = this.firstUnseen; unseen !== null; unseen = unseen.next) if (unseen === order) return true;
    return false;
  }

  /** Queues an order of an earlier run, with what stood before it then. Those of one level come back in their order. */
  comeBack(order: Order, { ahead, isUnseen }: { readonly ahead: number; readonly isUnseen: boolean }): void {
    this.append(order, !isUnseen);
    order.queueMark = this.consumed + ahead;
  }

  remove(order: Order): void {
    this.ownSteps -= order.remainingSteps;
    if (this.firstUnseen === order) this.firstUnseen = order.next;
    if (order.previous === null) this.first = order.next;
    else order.previous.next = order.next;
    if (order.next === null) this.last = order.previous;
    else order.next.previous = order.previous;
    order.previous = null;
    order.next = null;
  }

  /** Takes steps of an order that stays; a filled one is removed as well. */
  reduce(order: Order, steps: number): void {
    order.remainingSteps -= steps;
    this.ownSteps -= steps;
  }

  /** Trades of the accounts or of the tape take outside size from the front. */
  consumeOutside(steps: number): void {
    this.consumed += steps;
    this.outside = Math.max(0, this.outside - steps);
  }

  /** The outside shows this size now. */
  showOutside(steps: number): void {
    const end = this.consumed + steps;
    for (let order = this.firstUnseen; order !== null; order = order.next) order.queueMark = end;
    this.firstUnseen = null;
    // Marks never fall along the queue: those to move up are the last ones.
    for (let order = this.last; order !== null && order.queueMark > end; order = order.previous) order.queueMark = end;
    this.outside = steps;
  }

  /** Carries price, sizes and marks over to finer units; the orders' own counts are not touched. */
  rescale(ticks: number, steps: number): void {
    this.ticks *= ticks;
    this.outside *= steps;
    this.ownSteps *= steps;
    this.consumed *= steps;
    for (let order = this.first; order !== null; order = order.next) order.queueMark *= steps;
  }

  /** The outside size is out of sight: nothing can be taken from it, and nobody moves up. */
  hideOutside(): void {
    this.outside = 0;
  }
}
