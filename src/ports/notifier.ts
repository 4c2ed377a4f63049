import type { MoneyKind } from '../domain/account.ts';

/** Something that must reach a person. Text is plain and free of secrets. */
export interface Alert {
  /** Stable: alerts of the same key within the notifier's window are sent once, with their count. */
  readonly key: string;
  readonly severity: 'info' | 'warning' | 'critical';
  readonly money: MoneyKind;
  readonly title: string;
  readonly text: string;
  readonly at: number;
}

export interface NotifierCapabilities {
  /** Whether a person can answer, for example approve a signal. */
  readonly interactive: boolean;
}

/**
 * A way to a person: webhook, Telegram, mail. Contract suite: testkit/notifier-suite.
 * `notify` never blocks and never throws; alerts wait in a bounded queue in which critical ones displace the others.
 */
export interface Notifier {
  readonly capabilities: NotifierCapabilities;
  notify(alert: Alert): void;
  /** Tries to deliver what waits, for at most `timeoutMs`, then closes. */
  close(timeoutMs: number): Promise<void>;
}
