import { moveSignal } from '../../domain/signal.ts';
import type { Signal, SignalState, SignalStatus } from '../../domain/signal.ts';
import type { TraderMode } from '../../domain/trader.ts';

export interface SignalPolicy {
  readonly mode: TraderMode;
  /** ENABLE_AUTO_TRADING: when off, signals are only recorded. */
  readonly mayTrade: boolean;
  /** The trader asks for analysis, and it is switched on. */
  readonly wantsAnalysis: boolean;
  readonly now: number;
}

/**
 * The state that a pending signal, or one whose analysis has approved it, goes to next. Null: nowhere, it is recorded and
 * expires.
 */
export function nextStep(signal: Signal, { mode, mayTrade, wantsAnalysis, now }: SignalPolicy): SignalState | null {
  const isAnalyzed = signal.state.status === 'analyzing';
  if (mode === 'signals' || !mayTrade) return null;
  if (wantsAnalysis && !isAnalyzed) return { status: 'analyzing', reason: 'the trader asks for analysis', since: now };
  if (mode === 'semi_auto') {
    const { expiresAt } = signal;
    return { status: 'awaiting_approval', reason: 'the trader asks a person first', since: now, expiresAt };
  }
  return isAnalyzed
    ? { status: 'approved', reason: 'the analysis approves', approvedBy: 'agents' }
    : { status: 'approved', reason: 'the trader trades by itself', approvedBy: 'rule' };
}

/** An order that is out ends by its own fate alone. */
const EXPIRING: ReadonlySet<SignalStatus> = new Set<SignalStatus>([
  'pending',
  'analyzing',
  'awaiting_approval',
  'approved',
]);

/** The signal, expired if its time is over and no order is out for it. */
export function expireIfDue(signal: Signal, now: number): Signal {
  if (now < signal.expiresAt || !EXPIRING.has(signal.state.status)) return signal;
  const reasons: Partial<Record<SignalStatus, string>> = {
    awaiting_approval: 'nobody answered in time',
    analyzing: 'the analysis took too long',
    pending: 'recorded, not traded',
  };
  const reason = reasons[signal.state.status] ?? 'not executed in time';
  return moveSignal(signal, { status: 'expired', reason, at: now }, now);
}
