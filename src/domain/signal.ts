import { AitraderError } from './errors.ts';
import type { Target } from './exits.ts';
import type { InstrumentRef } from './instrument.ts';
import type { Level } from './levels.ts';
import type { OrderId, SignalId, TraderId, UserId } from './ids.ts';
import type { PositionSide } from './position/position.ts';

/** What a filter plotted: the last value and the level it is measured against. */
export interface Plot {
  readonly name: string;
  readonly value: number;
  readonly level: number | null;
}

/** Where a signal stands. Every state says why it was entered. Times are milliseconds UTC. */
export type SignalState =
  | { readonly status: 'pending'; readonly reason: string }
  | { readonly status: 'analyzing'; readonly reason: string; readonly since: number }
  | {
      readonly status: 'awaiting_approval';
      readonly reason: string;
      readonly since: number;
      readonly expiresAt: number;
    }
  | { readonly status: 'approved'; readonly reason: string; readonly approvedBy: 'rule' | 'agents' | 'user' }
  | { readonly status: 'rejected'; readonly reason: string; readonly code: string; readonly at: number }
  | { readonly status: 'executing'; readonly reason: string; readonly orderId: OrderId }
  | { readonly status: 'executed'; readonly reason: string; readonly orderId: OrderId; readonly at: number }
  | { readonly status: 'cancelled'; readonly reason: string; readonly at: number }
  | { readonly status: 'expired'; readonly reason: string; readonly at: number };

export type SignalStatus = SignalState['status'];

/** A stored match with its fate. */
export interface Signal extends InstrumentRef {
  readonly id: SignalId;
  readonly userId: UserId;
  readonly traderId: TraderId;
  readonly side: PositionSide;
  /** The filter's words for why it matched. */
  readonly conditions: readonly string[];
  /** 0 .. 100. */
  readonly confidence: number;
  readonly score: number;
  readonly stopLoss: Level | null;
  readonly takeProfit: readonly Target[];
  readonly plots: readonly Plot[];
  /** What the filter put into `metadata`, as JSON text. */
  readonly metadata: string;
  /** The last price at the check, as market data. */
  readonly price: number;
  /** The moment of the check, milliseconds UTC. */
  readonly checkedAt: number;
  readonly expiresAt: number;
  readonly state: SignalState;
  readonly createdAt: number;
  readonly updatedAt: number;
}

const ENDINGS = ['rejected', 'cancelled', 'expired'] as const;

/** Which states may follow which. */
export const SIGNAL_TRANSITIONS: Readonly<Record<SignalStatus, readonly SignalStatus[]>> = {
  pending: ['analyzing', 'awaiting_approval', 'approved', ...ENDINGS],
  analyzing: ['awaiting_approval', 'approved', ...ENDINGS],
  awaiting_approval: ['approved', ...ENDINGS],
  approved: ['executing', ...ENDINGS],
  // The order is out: only its own fate can end the signal. An entry that ended without a fill is cancelled or rejected.
  executing: ['executed', 'rejected', 'cancelled'],
  executed: [],
  rejected: [],
  cancelled: [],
  expired: [],
};

/**
 * The signal in its next state.
 * @param at milliseconds UTC
 * @throws AitraderError `SIGNAL_TRANSITION_ILLEGAL`
 */
export function moveSignal(signal: Signal, state: SignalState, at: number): Signal {
  if (!SIGNAL_TRANSITIONS[signal.state.status].includes(state.status)) {
    throw new AitraderError('SIGNAL_TRANSITION_ILLEGAL', {
      signal: signal.id,
      status: signal.state.status,
      given: state.status,
    });
  }
  return { ...signal, state, updatedAt: at };
}
