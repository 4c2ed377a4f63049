/** A fault that took effect. */
export interface AppliedFault {
  /** Market time, milliseconds UTC. */
  readonly at: number;
  readonly kind: string;
  /** What it hit: a stream, an endpoint, an order. */
  readonly target: string;
}

const KEPT = 1_000;

/** The faults that took effect, for `/sim/state`: the last thousand, and how many there were. */
export class FaultLog {
  readonly #applied: AppliedFault[] = [];
  #count = 0;

  add(fault: AppliedFault): void {
    this.#count += 1;
    this.#applied.push(fault);
    if (this.#applied.length >= 2 * KEPT) this.#applied.splice(0, KEPT);
  }

  state(): { count: number; applied: readonly AppliedFault[] } {
    return { count: this.#count, applied: this.#applied.slice(-KEPT) };
  }
}
