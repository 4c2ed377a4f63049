import { seededRandom } from '../../lib/random.ts';
import type { Fault, FaultScript, Incident } from './fault.ts';
import { FaultLog } from './fault-log.ts';
import { cause } from './incidents.ts';
import type { IncidentTargets } from './incidents.ts';
import { OrderFaults } from './order-faults.ts';
import { RequestFaults } from './request-faults.ts';
import { StreamFaults } from './stream-faults.ts';

/** Faults by script and by chance: arms what waits for its victim, and makes incidents happen at their time. */
export class FaultInjector {
  readonly log = new FaultLog();
  readonly streams: StreamFaults;
  readonly requests: RequestFaults;
  readonly orders: OrderFaults;
  readonly #now: () => number;
  #targets: IncidentTargets | null = null;
  #waiting: { readonly dueMs: number; readonly fault: Fault }[] = [];

  /** @param now market time */
  constructor(now: () => number) {
    this.#now = now;
    this.streams = new StreamFaults(this.log, now);
    this.requests = new RequestFaults(this.log);
    this.orders = new OrderFaults(this.log, now);
  }

  /** Says on what incidents act. To be called before the first script. */
  open(targets: IncidentTargets): void {
    this.#targets = targets;
  }

  /** True while something is to happen at a later market time. */
  get isWaiting(): boolean {
    return this.#waiting.length > 0 || this.streams.isDelaying;
  }

  /**
   * Takes over a script; its times count from now.
   * @returns how many faults it holds
   * @throws AitraderError `USAGE` for an incident that is due now and has nothing to act on
   */
  add({ seed, rates, faults }: FaultScript): number {
    const isByChance = Object.values(rates).some((rate: number) => rate > 0);
    if (isByChance || faults.length === 0) {
      this.streams.setChance(rates, seededRandom(seed));
      this.requests.setChance(rates, seededRandom(seed + 1));
    }
    for (const { afterMs, fault } of faults) {
      if (afterMs > 0) this.#waiting.push({ dueMs: this.#now() + afterMs, fault });
      else this.#start(fault);
    }
    return faults.length;
  }

  /** Takes all faults out of place that have not had their victim; what was held back is let go. */
  clear(): void {
    this.#waiting = [];
    this.streams.clear();
    this.requests.clear();
    this.orders.clear();
  }

  /** Starts what is due and lets go what was held back. */
  release(nowMs: number): void {
    this.streams.release(nowMs);
    if (this.#waiting.length === 0) return;
    const due = this.#waiting.filter(({ dueMs }) => dueMs <= nowMs);
    this.#waiting = this.#waiting.filter(({ dueMs }) => dueMs > nowMs);
    for (const { fault } of due) this.#startLate(fault);
  }

  /** A scripted incident without anything to act on is written down and forgotten. */
  #startLate(fault: Fault): void {
    try {
      this.#start(fault);
    } catch (failure) {
      const target = failure instanceof Error ? failure.message : String(failure);
      this.log.add({ at: this.#now(), kind: `${fault.kind}: failed`, target });
    }
  }

  #start(fault: Fault): void {
    switch (fault.kind) {
      case 'drop':
      case 'delay':
      case 'double':
      case 'reorder':
        this.streams.arm(fault);
        return;
      case 'refuse':
      case 'error_before':
      case 'error_after':
      case 'lose_answer':
      case 'delay_answer':
        this.requests.arm(fault);
        return;
      case 'late_fill':
      case 'partial_fill':
        this.orders.arm(fault);
        return;
      default:
        this.#cause(fault);
    }
  }

  #cause(incident: Incident): void {
    if (this.#targets === null) throw new Error('faults came before the exchange was open');
    cause(incident, this.#targets);
  }
}
