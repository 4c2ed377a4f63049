import { backoffMs } from '../../../lib/backoff.ts';
import type { BackoffRule } from '../../../lib/backoff.ts';
import type { Secret } from '../../../lib/secret.ts';
import type { Chance } from '../../../ports/chance.ts';
import type { Clock, Timer } from '../../../ports/clock.ts';
import type { Logger } from '../../../ports/logger.ts';
import type { Alert, Notifier } from '../../../ports/notifier.ts';
import { AlertQueue } from './alert-queue.ts';
import type { QueuedAlert } from './alert-queue.ts';

const QUEUE_BOUND = 100;
const ANSWER_TIMEOUT_MS = 10_000;
/** Alerts of a key that was sent this recently wait and are sent as one. */
const WINDOW_MS = 60_000;
const RETRY: BackoffRule = { firstMs: 1_000, maxMs: 60_000, jitter: 0.2 };

export interface WebhookOptions {
  /** The address often holds a token, so it is a secret as a whole. */
  readonly url: Secret;
  readonly clock: Clock;
  readonly chance: Chance;
  readonly logger: Logger;
}

/** What is posted, as JSON. `text` alone is what chat services (Slack, Mattermost, Discord by `content`) show. */
interface WebhookBody {
  readonly text: string;
  readonly content: string;
  readonly alert: Alert & { readonly count: number };
}

function bodyOf({ alert, count }: QueuedAlert): WebhookBody {
  const times = count > 1 ? ` (${count} times)` : '';
  const text = `[${alert.money.toUpperCase()}] ${alert.severity}: ${alert.title}${times}\n${alert.text}`;
  return { text, content: text, alert: { ...alert, count } };
}

/**
 * Posts alerts to an address, one at a time. What cannot be delivered is tried again with growing waits until it is, or
 * until it gives way to graver alerts; answers of 4xx other than 408 and 429 say that this alert will never be taken, and it
 * is dropped with a log line.
 */
export class WebhookNotifier implements Notifier {
  readonly capabilities = { interactive: false } as const;
  readonly #options: WebhookOptions;
  readonly #queue = new AlertQueue(QUEUE_BOUND);
  readonly #sentAt = new Map<string, number>();
  readonly #abort = new AbortController();
  #timer: Timer | null = null;
  #delivery: Promise<void> | null = null;
  #failures = 0;
  #retryAt = -Infinity;
  #closed = false;

  constructor(options: WebhookOptions) {
    this.#options = options;
  }

  notify(alert: Alert): void {
    if (this.#closed) return;
    this.#queue.add({ alert, count: 1 });
    this.#plan();
  }

  async close(timeoutMs: number): Promise<void> {
    this.#closed = true;
    this.#timer?.cancel();
    const deadline = this.#options.clock.setTimer(timeoutMs, () => this.#abort.abort());
    await this.#delivery;
    while (this.#queue.length > 0 && !this.#abort.signal.aborted && this.#failures === 0) {
      await this.#deliver(() => true);
    }
    deadline.cancel();
    const lost = this.#queue.length;
    if (lost > 0) this.#options.logger.warn('alerts were not delivered', { lost });
  }

  /** Sets the timer for the next delivery: after a failure when its wait is over, else when a waiting key may be sent. */
  #plan(): void {
    if (this.#delivery !== null || this.#closed || this.#queue.length === 0) return;
    const now = this.#options.clock.now();
    const dueAt = Math.min(...[...this.#queue.keys()].map((key) => this.#mayBeSentAt(key)));
    this.#timer?.cancel();
    this.#timer = this.#options.clock.setTimer(Math.max(dueAt - now, this.#retryAt - now, 0), () => {
      this.#delivery = this.#deliver((key) => this.#mayBeSentAt(key) <= this.#options.clock.now()).finally(() => {
        this.#delivery = null;
        this.#plan();
      });
    });
  }

  #mayBeSentAt(key: string): number {
    return (this.#sentAt.get(key) ?? -Infinity) + WINDOW_MS;
  }

  async #deliver(maySend: (key: string) => boolean): Promise<void> {
    const next = this.#queue.take(maySend);
    if (next === undefined) return;
    const { url, clock, chance, logger } = this.#options;
    const { key } = next.alert;
    const outcome = await post(url, bodyOf(next), this.#abort.signal);
    forgetOld(this.#sentAt, clock.now());
    if (outcome === 'failed') {
      this.#failures += 1;
      this.#retryAt = clock.now() + backoffMs(this.#failures, RETRY, chance.next());
      this.#queue.add(next);
      logger.warn('an alert could not be delivered and is tried again', { alert: key, failures: this.#failures });
      return;
    }
    this.#failures = 0;
    this.#sentAt.set(key, clock.now());
    if (outcome === 'refused') logger.error('the webhook refused an alert; it is dropped', { alert: key });
  }
}

function forgetOld(sentAt: Map<string, number>, now: number): void {
  for (const [key, at] of sentAt) if (at + WINDOW_MS < now) sentAt.delete(key);
}

async function post(url: Secret, body: WebhookBody, abort: AbortSignal): Promise<'delivered' | 'refused' | 'failed'> {
  try {
    const response = await fetch(url.reveal(), {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
      redirect: 'error',
      signal: AbortSignal.any([abort, AbortSignal.timeout(ANSWER_TIMEOUT_MS)]),
    });
    await response.body?.cancel();
    if (response.ok) return 'delivered';
    const isTemporary = response.status >= 500 || response.status === 408 || response.status === 429;
    return isTemporary ? 'failed' : 'refused';
  } catch {
    return 'failed';
  }
}
