import { AitraderError } from '../domain/errors.ts';
import type { Exits } from '../domain/exits.ts';
import type { FilterMeta } from '../domain/filter.ts';
import { asId } from '../domain/ids.ts';
import type { OrderId, PositionId, SignalId, TraderId } from '../domain/ids.ts';
import type { Order } from '../domain/order/order.ts';
import { moveSignal } from '../domain/signal.ts';
import type { Signal, SignalState } from '../domain/signal.ts';
import { MINUTE_MS, timeframeMs } from '../domain/time.ts';
import type { Trader } from '../domain/trader.ts';
import { err, ok } from '../lib/result.ts';
import type { Result } from '../lib/result.ts';
import type { FilterMatch } from '../ports/filter-sandbox.ts';
import type { EngineContext } from './context.ts';
import type { EntryDesk } from './entry-desk.ts';
import type { CheckReport } from './filters/check-report.ts';
import { newSignal } from './signals/new-signal.ts';
import { expireIfDue, nextStep } from './signals/next-step.ts';
import { RecentSignals } from './signals/recent-signals.ts';

/** A match may be acted on for one candle of its clock, and for so long at the least. */
const SHORTEST_LIFE_MS = 5 * MINUTE_MS;

/** How far a match came, for the funnel of its trader. */
export type SignalStep = 'approved' | 'ordered' | 'filled';

export interface SignalDeskParts {
  readonly entries: EntryDesk;
  readonly count: (traderId: TraderId, step: SignalStep) => void;
  readonly refused: (traderId: TraderId, code: string) => void;
  /** The exits that hold for a trader: its own, or its filter's. Null when it is not at work. */
  readonly exitsOf: (traderId: TraderId) => Exits | null;
}

/** Matches on their way to orders. */
export class SignalDesk {
  readonly #context: EngineContext;
  readonly #parts: SignalDeskParts;
  readonly #recent = new RecentSignals();
  /** Signals that enter once the trader's opposite position is flat. */
  readonly #reversals = new Map<PositionId, SignalId>();

  constructor(context: EngineContext, parts: SignalDeskParts) {
    this.#context = context;
    this.#parts = parts;
  }

  /** Goes on with the signals of an earlier run. */
  restore(signals: readonly Signal[]): void {
    for (const signal of signals) this.#recent.note(signal);
  }

  forget(traderId: TraderId): void {
    this.#recent.forget(traderId);
  }

  /** Takes in what a check brought, best match first. */
  report(report: CheckReport, trader: Trader, meta: FilterMeta): void {
    for (const match of report.matches) this.#match(match, report, { trader, meta });
  }

  /** Somebody lets a waiting signal pass. */
  approve(signalId: SignalId): Result<null, AitraderError> {
    const signal = this.#context.books.signals.get(signalId);
    const isWaiting = signal?.state.status === 'awaiting_approval';
    if (!isWaiting || this.#context.clock.now() >= signal.expiresAt)
      return err(notWaiting(signalId, signal, 'approved'));
    this.#move(signal, { status: 'approved', reason: 'approved by the user', approvedBy: 'user' });
    this.#execute(signalId);
    return ok(null);
  }

  reject(signalId: SignalId, reason: string): Result<null, AitraderError> {
    const signal = this.#context.books.signals.get(signalId);
    if (signal?.state.status !== 'awaiting_approval') return err(notWaiting(signalId, signal, 'rejected'));
    this.#reject(signal, 'REJECTED_BY_USER', reason);
    return ok(null);
  }

  /** Ends what nobody has acted on in time. To be called every second or so. */
  timePassed(): void {
    const now = this.#context.clock.now();
    for (const signal of this.#context.books.signals.values()) {
      const after = expireIfDue(signal, now);
      if (after !== signal) this.#put(after);
    }
  }

  /** The entry of a signal was filled for the first time. */
  entered(signalId: SignalId, orderId: OrderId): void {
    const signal = this.#context.books.signals.get(signalId);
    if (signal?.state.status !== 'executing') return;
    this.#parts.count(signal.traderId, 'filled');
    this.#move(signal, { status: 'executed', reason: 'filled', orderId, at: this.#context.clock.now() });
  }

  /** The entry of a signal has ended without a fill. */
  notEntered(order: Order): void {
    const { signalId } = order.intent;
    const signal = signalId === null ? undefined : this.#context.books.signals.get(signalId);
    if (signal?.state.status !== 'executing') return;
    if (order.state.status === 'rejected') {
      this.#reject(signal, order.state.code, order.state.reason);
      return;
    }
    const reason = 'reason' in order.state ? order.state.reason : `the entry is ${order.state.status}`;
    this.#move(signal, { status: 'cancelled', reason, at: this.#context.clock.now() });
  }

  /** A position is flat: a signal that waited for that goes on. */
  positionClosed(positionId: PositionId): void {
    const waiting = this.#reversals.get(positionId);
    this.#reversals.delete(positionId);
    if (waiting !== undefined) this.#execute(waiting);
  }

  #match(match: FilterMatch, report: CheckReport, { trader, meta }: { trader: Trader; meta: FilterMeta }): void {
    const { books, ids, settings, clock } = this.#context;
    const barMs = timeframeMs(meta.timeframes[0]);
    const refusal = this.#recent.refusal({
      traderId: trader.id,
      symbol: match.symbol,
      side: match.side,
      checkedAt: report.at,
      cooldownMs: trader.cooldownMs ?? barMs,
      closes: this.#closes(trader, match),
    });
    if (refusal !== null) {
      this.#parts.refused(trader.id, refusal.code);
      return;
    }
    const signal = newSignal(match, {
      id: asId<SignalId>(ids.next()),
      userId: settings.userId,
      traderId: trader.id,
      market: settings.market,
      price: report.tickers.get(match.symbol)?.last ?? NaN,
      checkedAt: report.at,
      lifeMs: Math.max(barMs, SHORTEST_LIFE_MS),
      now: clock.now(),
    });
    this.#put(signal);
    const step = nextStep(signal, {
      mode: trader.mode,
      mayTrade: settings.mayTrade,
      wantsAnalysis: false,
      now: clock.now(),
    });
    if (step === null) return;
    this.#move(signal, step);
    if (books.signals.get(signal.id)?.state.status === 'approved') this.#execute(signal.id);
  }

  #closes(trader: Trader, match: FilterMatch): boolean {
    return [...this.#context.books.positions.values()].some(
      ({ traderId, symbol, side }) => traderId === trader.id && symbol === match.symbol && side !== match.side,
    );
  }

  #execute(signalId: SignalId): void {
    const { books, clock } = this.#context;
    const signal = books.signals.get(signalId);
    const trader = signal && books.traders.get(signal.traderId);
    const exits = trader && this.#parts.exitsOf(trader.id);
    if (signal?.state.status !== 'approved') return;
    if (trader?.state.status !== 'running' || !exits) {
      this.#move(signal, { status: 'cancelled', reason: 'its trader is no longer at work', at: clock.now() });
      return;
    }
    this.#parts.count(trader.id, 'approved');
    const outcome = this.#parts.entries.propose(this.#parts.entries.proposalOf(signal, trader, exits));
    switch (outcome.kind) {
      case 'refused':
        this.#reject(signal, outcome.refusal.code, outcome.refusal.message);
        return;
      case 'ordered':
        this.#parts.count(trader.id, 'ordered');
        this.#move(signal, { status: 'executing', reason: 'the entry is on its way', orderId: outcome.orderId });
        return;
      case 'closing':
        this.#closing(signal, outcome);
    }
  }

  #closing(
    signal: Signal,
    { positionId, orderId, thenEnter }: { positionId: PositionId; orderId: OrderId | null; thenEnter: boolean },
  ): void {
    const at = this.#context.clock.now();
    if (thenEnter) {
      this.#reversals.set(positionId, signal.id);
      return;
    }
    if (orderId === null) {
      this.#move(signal, { status: 'cancelled', reason: 'the position is being closed already', at });
      return;
    }
    const reason = "closes the trader's opposite position";
    this.#move(signal, { status: 'executing', reason, orderId });
    const moved = this.#context.books.signals.get(signal.id);
    if (moved !== undefined) this.#move(moved, { status: 'executed', reason, orderId, at });
  }

  #reject(signal: Signal, code: string, reason: string): void {
    this.#parts.refused(signal.traderId, code);
    this.#move(signal, { status: 'rejected', reason, code, at: this.#context.clock.now() });
  }

  #move(signal: Signal, state: SignalState): void {
    this.#put(moveSignal(signal, state, this.#context.clock.now()));
  }

  #put(signal: Signal): void {
    this.#context.books.putSignal(signal);
    this.#recent.note(signal);
  }
}

function notWaiting(signalId: SignalId, signal: Signal | undefined, given: string): AitraderError {
  const status = signal?.state.status ?? 'unknown';
  return new AitraderError('SIGNAL_TRANSITION_ILLEGAL', { signal: signalId, status, given });
}
