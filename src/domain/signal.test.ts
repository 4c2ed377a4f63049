import { describe, expect, it } from 'vitest';
import { asId } from './ids.ts';
import { moveSignal, SIGNAL_TRANSITIONS } from './signal.ts';
import type { Signal, SignalState, SignalStatus } from './signal.ts';

const orderId = asId<Extract<SignalState, { status: 'executing' }>['orderId']>('order');
const why = { reason: 'a test' };
const STATES: { [Status in SignalStatus]: Extract<SignalState, { status: Status }> } = {
  pending: { status: 'pending', ...why },
  analyzing: { status: 'analyzing', ...why, since: 1 },
  awaiting_approval: { status: 'awaiting_approval', ...why, since: 1, expiresAt: 9 },
  approved: { status: 'approved', ...why, approvedBy: 'user' },
  rejected: { status: 'rejected', ...why, code: 'SYMBOL_TAKEN', at: 1 },
  executing: { status: 'executing', ...why, orderId },
  executed: { status: 'executed', ...why, orderId, at: 1 },
  cancelled: { status: 'cancelled', ...why, at: 1 },
  expired: { status: 'expired', ...why, at: 1 },
};
const STATUSES = Object.keys(STATES) as SignalStatus[];

/** From each state to those on the right. */
const MEANT = `
pending > analyzing awaiting_approval approved rejected cancelled expired
analyzing > awaiting_approval approved rejected cancelled expired
awaiting_approval > approved rejected cancelled expired
approved > executing rejected cancelled expired
rejected >
executing > executed rejected cancelled
executed >
cancelled >
expired >`;

const signalIn = (state: SignalState): Signal => ({
  id: asId('signal'),
  userId: asId('user'),
  traderId: asId('trader'),
  market: 'spot',
  symbol: asId('BTCUSDT'),
  side: 'long',
  conditions: ['RSI crossed up'],
  confidence: 70,
  score: 70,
  stopLoss: null,
  takeProfit: [],
  plots: [],
  metadata: '{}',
  price: 100,
  checkedAt: 1,
  expiresAt: 9,
  state,
  createdAt: 1,
  updatedAt: 1,
});

describe('signals', () => {
  it('move as they are meant to, and not otherwise', () => {
    const meant = new Map(
      MEANT.trim()
        .split('\n')
        .map((line) => line.split('>').map((part) => part.trim()))
        .map(([from = '', to = '']) => [from, to.split(' ').filter((word) => word !== '')]),
    );
    expect([...meant.keys()]).toEqual(STATUSES);
    for (const from of STATUSES) {
      for (const to of STATUSES) {
        const move = (): Signal => moveSignal(signalIn(STATES[from]), STATES[to], 5);
        if (meant.get(from)?.includes(to)) expect(move()).toEqual({ ...signalIn(STATES[to]), updatedAt: 5 });
        else expect(move, `${from} > ${to}`).toThrow(`signal signal is ${from} and cannot become ${to}`);
      }
    }
  });

  it('reach an end from every state, and never come back to one that they left', () => {
    const reachable = (from: SignalStatus): Set<SignalStatus> =>
      new Set(SIGNAL_TRANSITIONS[from].flatMap((to) => [to, ...reachable(to)]));
    for (const status of STATUSES) {
      expect(reachable(status).has(status)).toBe(false);
      const ends = [status, ...reachable(status)].filter((one) => SIGNAL_TRANSITIONS[one].length === 0);
      expect(ends).not.toEqual([]);
    }
  });
});
