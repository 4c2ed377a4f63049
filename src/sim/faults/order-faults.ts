import { atomsNumber } from '../../matching/atoms.ts';
import type { OrderRequest } from '../../matching/venue-types.ts';
import type { OrderFault } from './fault.ts';
import type { FaultLog } from './fault-log.ts';

/** Faults of single orders: a book that holds only part of what is asked for, events that come late. */
export class OrderFaults {
  readonly #log: FaultLog;
  readonly #now: () => number;
  #armed: { readonly fault: OrderFault; left: number }[] = [];

  constructor(log: FaultLog, now: () => number) {
    this.#log = log;
    this.#now = now;
  }

  arm(fault: OrderFault): void {
    this.#armed.push({ fault, left: fault.count });
  }

  clear(): void {
    this.#armed = [];
  }

  /** How many base units the next order is to find in the book; null: what there is. */
  takeBookSize({ size, clientOrderId }: OrderRequest): number | null {
    if (size.type !== 'quantity') return null;
    const fault = this.#take('partial_fill', clientOrderId);
    return fault?.kind === 'partial_fill' ? atomsNumber(size.quantity) * fault.fraction : null;
  }

  /** How late the account's events of a fill are to come; 0: at once. */
  takeDelayMs(clientOrderId: string): number {
    const fault = this.#take('late_fill', clientOrderId);
    return fault?.kind === 'late_fill' ? fault.delayMs : 0;
  }

  #take(kind: OrderFault['kind'], clientOrderId: string): OrderFault | null {
    const armed = this.#armed.find(({ fault }) => fault.kind === kind);
    if (armed === undefined) return null;
    armed.left -= 1;
    this.#armed = this.#armed.filter(({ left }) => left > 0);
    this.#log.add({ at: this.#now(), kind, target: clientOrderId });
    return armed.fault;
  }
}
