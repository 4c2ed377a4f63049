import type { Money } from '../domain/decimal.ts';
import type { AitraderError } from '../domain/errors.ts';
import { asId } from '../domain/ids.ts';
import type { OrderIntent } from '../domain/order/order.ts';
import type { RiskApproved } from '../domain/risk-approval.ts';
import type { CircuitBreakerState, RiskEvent, RiskEventType } from '../domain/risk.ts';
import type { Result } from '../lib/result.ts';
import type { Notifier } from '../ports/notifier.ts';
import type { EngineContext } from './context.ts';
import { approveEntry } from './risk/approval.ts';
import type { RiskFacts } from './risk/approval.ts';
import { equityMarked, kill, newBreaker, passTime, pause, resume, tradeClosed } from './risk/breaker.ts';
import type { BreakerOutcome } from './risk/breaker.ts';

/** Events that a person has to hear of, wherever they are. */
const ALARMS: ReadonlySet<RiskEventType> = new Set<RiskEventType>([
  'circuit_breaker_triggered',
  'kill_switch_activated',
  'position_unprotected',
  'exit_failed',
  'liquidation_near',
  'stream_lost',
  'foreign_instance',
  'anomaly_detected',
]);

/** Under which the store keeps whether a kill closes positions. */
export const KILL_CLOSES = 'kill_closes_positions';

/** What a risk event says; details become JSON. */
export interface Incident {
  readonly type: RiskEventType;
  readonly severity: RiskEvent['severity'];
  readonly message: string;
  readonly details?: Readonly<Record<string, string | number>>;
}

/** The circuit breaker at work: it counts trades, marks the account, and keeps what happened. */
export class RiskDesk {
  readonly #context: EngineContext;
  readonly #notifier: Notifier | null;
  #killCloses: boolean;
  #isFlatTold = false;

  /** @param killCloses whether the last kill was to close what is open */
  constructor(context: EngineContext, notifier: Notifier | null, killCloses: boolean) {
    this.#context = context;
    this.#notifier = notifier;
    this.#killCloses = killCloses;
  }

  /** Killed, and nothing is to stay open: what a late fill still opens is closed, too, also after a restart. */
  get closesAll(): boolean {
    return this.#killCloses && this.isKilled;
  }

  get isKilled(): boolean {
    const { breaker } = this.#context.books.breaker;
    return breaker.status === 'tripped' && breaker.cause === 'kill_switch';
  }

  get isOpen(): boolean {
    return this.#context.books.breaker.breaker.status === 'closed';
  }

  /** Judges an entry by the limits and the breaker as they are now. */
  approve(intent: OrderIntent, facts: RiskFacts): Result<RiskApproved<OrderIntent>, AitraderError> {
    const { settings, books } = this.#context;
    return approveEntry(intent, facts, { limits: settings.limits, breaker: books.breaker.breaker });
  }

  /** Marks the account to the market and lets the breaker's time pass. To be called every second or so. */
  mark(equity: Money): void {
    const { books, clock, settings } = this.#context;
    const at = clock.now();
    const { breaker, dayStartEquity } = books.breaker;
    // The first day of an account begins with what is in it once that is known.
    if (dayStartEquity.isZero() && equity.greaterThan(0)) {
      books.putBreaker({ ...newBreaker(settings.userId, at, equity), breaker }, 'day started');
    }
    this.#settle(passTime(books.breaker, at, equity));
    this.#settle(equityMarked(books.breaker, equity, { limits: settings.limits, at }));
  }

  noteTrade(pnl: Money): void {
    const { books, clock, settings } = this.#context;
    const outcome = tradeClosed(books.breaker, pnl, { limits: settings.limits, at: clock.now() });
    this.#settle(outcome);
    books.putBreaker(outcome.state, null);
  }

  pause(reason: string): void {
    const { books, clock } = this.#context;
    this.#settle({ state: pause(books.breaker, reason, clock.now()), notices: [] });
  }

  kill(reason: string, closes: boolean): void {
    this.#killCloses = closes;
    this.#isFlatTold = false;
    this.#context.books.keep(KILL_CLOSES, closes);
    this.#settle(kill(this.#context.books.breaker, reason, this.#context.clock.now()));
  }

  /**
   * The venue has confirmed that nothing of ours is left after a kill.
   * @param left what stays, as it is not ours
   */
  flatConfirmed(left: readonly string[]): void {
    if (this.#isFlatTold || !this.closesAll) return;
    this.#isFlatTold = true;
    const rest = left.length === 0 ? 'nothing else is there' : `not ours and left as it is: ${left.join('; ')}`;
    const message = `kill: the exchange confirms that no position and no order of this program is left; ${rest}`;
    this.raise({ type: 'kill_switch_activated', severity: 'info', message });
  }

  /** Whether a kill that closes everything waits for the venue to confirm that nothing is left. */
  get awaitsFlat(): boolean {
    return this.closesAll && !this.#isFlatTold;
  }

  resume(): void {
    const { books, clock, settings } = this.#context;
    this.#settle(resume(books.breaker, { limits: settings.limits, at: clock.now() }));
  }

  /** Keeps what happened, and tells a person when it matters. */
  raise({ type, severity, message, details = {} }: Incident): void {
    const { books, clock, ids, settings, logger } = this.#context;
    const at = clock.now();
    const data = JSON.stringify(details);
    const id = asId<RiskEvent['id']>(ids.next());
    books.addRiskEvent({ id, userId: settings.userId, type, severity, message, data, acknowledged: false, at });
    if (severity === 'info') logger.info(message, { ...details });
    else logger.warn(message, { type, ...details });
    if (severity !== 'critical' && !ALARMS.has(type)) return;
    const title = type.replaceAll('_', ' ');
    // Told again with other figures it is the same alert.
    const key = `${type}:${details['symbol'] ?? ''}:${message.replaceAll(/\d+(\.\d+)?/g, '#')}`;
    this.#notifier?.notify({ key, severity, money: settings.money, title, text: message, at });
  }

  #settle({ state, notices }: BreakerOutcome): void {
    const { books } = this.#context;
    const before = books.breaker;
    if (isAnotherPosition(before, state)) {
      const change = state.breaker.status === 'closed' ? 'closed' : `tripped by ${state.breaker.cause}`;
      books.putBreaker(state, change);
    } else if (before.dayStart === state.dayStart) books.markBreaker(state);
    else books.putBreaker(state, 'day started');
    for (const notice of notices) this.raise(notice);
  }
}

function isAnotherPosition({ breaker: before }: CircuitBreakerState, { breaker: after }: CircuitBreakerState): boolean {
  if (before.status === 'closed' || after.status === 'closed') return before.status !== after.status;
  return before.cause !== after.cause || before.reason !== after.reason || before.resetAt !== after.resetAt;
}
