import { NO_FUNNEL } from '../../engine/views.ts';
import type { Account } from '../../domain/account.ts';
import { Decimal } from '../../domain/decimal.ts';
import type { Money } from '../../domain/decimal.ts';
import { AitraderError } from '../../domain/errors.ts';
import type { AuditRecord } from '../../domain/event.ts';
import type { Trader } from '../../domain/trader.ts';
import { err } from '../../lib/result.ts';
import type { EngineHandle, EngineStatus } from '../../ports/engine-handle.ts';

/** What is known of a desk before its engine runs. */
interface EarlyDesk {
  readonly account: Account;
  /** Milliseconds UTC. */
  readonly startedAt: number;
  readonly traders: readonly Trader[];
}

const UNKNOWN = new Decimal(NaN);

function notYet(): AitraderError {
  return new AitraderError('DESK_NOT_OPEN', { what: 'a command' });
}

/** The engine of a screen that is there first: holds what is known, and from `attach` on the running engine. */
export class LateEngine implements EngineHandle {
  readonly #early: EarlyDesk;
  readonly #listeners = new Set<(record: AuditRecord) => void>();
  #engine: EngineHandle | null = null;

  constructor(early: EarlyDesk) {
    this.#early = early;
  }

  attach(engine: EngineHandle): void {
    this.#engine = engine;
    engine.onAudit((record) => {
      for (const listener of this.#listeners) listener(record);
    });
  }

  async execute(...[command, by]: Parameters<EngineHandle['execute']>): ReturnType<EngineHandle['execute']> {
    return this.#engine === null ? err(notYet()) : this.#engine.execute(command, by);
  }

  status(): EngineStatus {
    const { account, startedAt } = this.#early;
    return (
      this.#engine?.status() ?? {
        money: account.money,
        account,
        startedAt,
        feed: 'reconnecting',
        feedLatencyMs: NaN,
        breaker: { status: 'closed' },
        equity: UNKNOWN as Money,
        dailyPnl: UNKNOWN as Money,
        dailyPnlPct: UNKNOWN,
      }
    );
  }

  markets(): ReturnType<EngineHandle['markets']> {
    return this.#engine?.markets() ?? [];
  }

  traders(): ReturnType<EngineHandle['traders']> {
    const early = (trader: Trader) => ({ trader, funnel: NO_FUNNEL, nextCheckAt: null });
    return this.#engine?.traders() ?? this.#early.traders.map(early);
  }

  filters(): ReturnType<EngineHandle['filters']> {
    return this.#engine?.filters() ?? [];
  }

  async candles(...[request]: Parameters<EngineHandle['candles']>): ReturnType<EngineHandle['candles']> {
    if (this.#engine === null) throw notYet();
    return this.#engine.candles(request);
  }

  signals(): ReturnType<EngineHandle['signals']> {
    return this.#engine?.signals() ?? [];
  }

  orders(): ReturnType<EngineHandle['orders']> {
    return this.#engine?.orders() ?? [];
  }

  positions(): ReturnType<EngineHandle['positions']> {
    return this.#engine?.positions() ?? [];
  }

  balances(): ReturnType<EngineHandle['balances']> {
    return this.#engine?.balances() ?? [];
  }

  onAudit(listener: (record: AuditRecord) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }
}
