import type { Alert, Notifier, NotifierCapabilities } from '../../ports/notifier.ts';

/** How long a way to a person that is replaced may take over its last alerts. */
const LAST_ALERTS_MS = 10_000;

/** A notifier whose way to a person can be changed while others hold it. Without a way alerts are only in the log. */
export class ChangeableNotifier implements Notifier {
  readonly capabilities: NotifierCapabilities = { interactive: false };
  readonly #onAlert: (severity: Alert['severity']) => void;
  #way: Notifier | null;

  /** @param onAlert hears of every alert, whether there is a way for it or not */
  constructor(way: Notifier | null, onAlert: (severity: Alert['severity']) => void) {
    this.#way = way;
    this.#onAlert = onAlert;
  }

  /** From now on alerts go this way; the one before delivers what it has taken. */
  change(way: Notifier | null): void {
    void this.#way?.close(LAST_ALERTS_MS);
    this.#way = way;
  }

  notify(alert: Alert): void {
    this.#onAlert(alert.severity);
    this.#way?.notify(alert);
  }

  async close(timeoutMs: number): Promise<void> {
    await this.#way?.close(timeoutMs);
  }
}
