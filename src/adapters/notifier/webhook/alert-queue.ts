import type { Alert } from '../../../ports/notifier.ts';

/** An alert with how often it was raised before it could be sent. */
export interface QueuedAlert {
  readonly alert: Alert;
  readonly count: number;
}

const RANK = { info: 0, warning: 1, critical: 2 } as const satisfies Record<Alert['severity'], number>;

/**
 * Alerts that wait to be sent: the gravest first, within a severity the oldest. Alerts of one key become one with a count.
 * At the bound the least grave gives way, the newest of them first; a critical one is lost only to other critical ones.
 */
export class AlertQueue {
  readonly #bound: number;
  readonly #waiting = new Map<string, QueuedAlert>();
  #dropped = 0;

  constructor(bound: number) {
    this.#bound = bound;
  }

  get length(): number {
    return this.#waiting.size;
  }

  /** How many alerts gave way to others since the start. */
  get dropped(): number {
    return this.#dropped;
  }

  /** Adds an alert, or puts one back that could not be sent. */
  add({ alert, count }: QueuedAlert): void {
    const known = this.#waiting.get(alert.key);
    const isGraver = known !== undefined && RANK[known.alert.severity] > RANK[alert.severity];
    this.#waiting.set(alert.key, { alert: isGraver ? known.alert : alert, count: count + (known?.count ?? 0) });
    if (this.#waiting.size > this.#bound) this.#dropOne();
  }

  /** Takes out the alert to send next, of those whose key may be sent. */
  take(maySend: (key: string) => boolean): QueuedAlert | undefined {
    let next: QueuedAlert | undefined;
    for (const queued of this.#waiting.values()) {
      const isGraver = next === undefined || RANK[queued.alert.severity] > RANK[next.alert.severity];
      if (isGraver && maySend(queued.alert.key)) next = queued;
    }
    if (next !== undefined) this.#waiting.delete(next.alert.key);
    return next;
  }

  keys(): Iterable<string> {
    return this.#waiting.keys();
  }

  #dropOne(): void {
    let victim: QueuedAlert | undefined;
    for (const queued of this.#waiting.values()) {
      if (victim === undefined || RANK[queued.alert.severity] <= RANK[victim.alert.severity]) victim = queued;
    }
    if (victim === undefined) return;
    this.#waiting.delete(victim.alert.key);
    this.#dropped += victim.count;
  }
}
