import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { asId } from '../../domain/ids.ts';
import { parseLevel } from '../../domain/levels.ts';
import { moveSignal, SIGNAL_TRANSITIONS } from '../../domain/signal.ts';
import type { FilterMatch } from '../../ports/filter-sandbox.ts';
import { arbitrarySignal } from '../../testkit/builders/arbitrary-signals.ts';
import { newSignal } from './new-signal.ts';
import { expireIfDue, nextStep } from './next-step.ts';
import type { SignalPolicy } from './next-step.ts';

const MATCH: FilterMatch = {
  symbol: asId('BTCUSDT'),
  side: 'long',
  conditions: ['RSI turned'],
  confidence: 70,
  score: 12,
  stopLoss: parseLevel('2%'),
  takeProfit: [{ at: parseLevel('1.5r'), part: null }],
  metadata: '{}',
  plots: [],
};

const SIGNAL = newSignal(MATCH, {
  id: asId('signal'),
  userId: asId('user'),
  traderId: asId('trader'),
  market: 'spot',
  price: 100,
  checkedAt: 1_000,
  lifeMs: 60_000,
  now: 1_500,
});
const ANALYZED = moveSignal(SIGNAL, { status: 'analyzing', reason: '', since: 1_500 }, 1_500);
const AUTO: SignalPolicy = { mode: 'auto', mayTrade: true, wantsAnalysis: false, now: 2_000 };

describe('a new signal', () => {
  it('carries the match and waits, for as long after the check as it may be acted on', () => {
    const { symbol, side, conditions, confidence, score, stopLoss, metadata, plots } = MATCH;
    expect(SIGNAL).toMatchObject({ symbol, side, conditions, confidence, score, stopLoss, metadata, plots });
    expect(SIGNAL.takeProfit).toEqual(MATCH.takeProfit);
    expect(SIGNAL).toMatchObject({ expiresAt: 61_000, createdAt: 1_500, state: { status: 'pending' } });
  });
});

describe('the next step of a signal', () => {
  it.each([
    ['auto trades by rule', SIGNAL, {}, { status: 'approved', approvedBy: 'rule' }],
    ['auto asks for analysis first', SIGNAL, { wantsAnalysis: true }, { status: 'analyzing', since: 2_000 }],
    [
      'auto trades what analysis approved',
      ANALYZED,
      { wantsAnalysis: true },
      { status: 'approved', approvedBy: 'agents' },
    ],
    ['semi_auto asks a person', SIGNAL, { mode: 'semi_auto' }, { status: 'awaiting_approval', expiresAt: 61_000 }],
    ['semi_auto has it analyzed first', SIGNAL, { mode: 'semi_auto', wantsAnalysis: true }, { status: 'analyzing' }],
    [
      'semi_auto asks after analysis',
      ANALYZED,
      { mode: 'semi_auto', wantsAnalysis: true },
      { status: 'awaiting_approval' },
    ],
  ] as const)('%s', (...[, signal, policy, expected]) => {
    const step = nextStep(signal, { ...AUTO, ...policy });
    expect(step).toMatchObject(expected);
    expect(SIGNAL_TRANSITIONS[signal.state.status]).toContain(step?.status);
  });

  it('is none where signals are only recorded', () => {
    expect(nextStep(SIGNAL, { ...AUTO, mode: 'signals' })).toBeNull();
    expect(nextStep(SIGNAL, { ...AUTO, mayTrade: false })).toBeNull();
  });
});

describe('expiry', () => {
  it('ends every signal whose time is over, except where an order is out or the fate is sealed', () => {
    fc.assert(
      fc.property(arbitrarySignal, fc.integer({ min: -5, max: 5 }), (signal, beyond) => {
        const now = signal.expiresAt + beyond;
        const after = expireIfDue(signal, now);
        const mayExpire = SIGNAL_TRANSITIONS[signal.state.status].includes('expired');
        if (beyond >= 0 && mayExpire) expect(after.state).toMatchObject({ status: 'expired', at: now });
        else expect(after).toBe(signal);
      }),
    );
  });
});
