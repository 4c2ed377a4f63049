import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { asId } from '../../domain/ids.ts';
import type { TraderId, VenueSymbol } from '../../domain/ids.ts';
import type { PositionSide } from '../../domain/position/position.ts';
import type { Signal } from '../../domain/signal.ts';
import { arbitrarySignal } from '../../testkit/builders/arbitrary-signals.ts';
import { example } from '../../testkit/builders/example.ts';
import { RecentSignals } from './recent-signals.ts';
import type { MatchAttempt } from './recent-signals.ts';

const MATCH: MatchAttempt = {
  traderId: asId<TraderId>('trader'),
  symbol: asId<VenueSymbol>('BTCUSDT'),
  side: 'long',
  checkedAt: 1_000_000,
  cooldownMs: 300_000,
  closes: false,
};

const EXECUTED: Signal['state'] = { status: 'executed', reason: '', orderId: asId('order'), at: 0 };

function signal(fields: Partial<Signal> = {}): Signal {
  const { traderId, symbol, side, checkedAt } = MATCH;
  return example(arbitrarySignal, { traderId, symbol, side, checkedAt, state: EXECUTED, ...fields });
}

function refusalAfter(earlier: readonly Signal[], match: Partial<MatchAttempt>): string | null {
  const recent = new RecentSignals();
  for (const each of earlier) recent.note(each);
  return recent.refusal({ ...MATCH, ...match })?.code ?? null;
}

describe('a match after the last signal of its trader and symbol', () => {
  const later = MATCH.checkedAt + 300_000;

  it.each<[string, Partial<Signal>, Partial<MatchAttempt>, string | null]>([
    ['of the same check', {}, {}, 'SIGNAL_REPEATED'],
    ['of an earlier check that came late', {}, { checkedAt: MATCH.checkedAt - 1 }, 'SIGNAL_REPEATED'],
    ['inside the cooldown', {}, { checkedAt: later - 1 }, 'SIGNAL_COOLDOWN'],
    ['at the end of the cooldown', {}, { checkedAt: later }, null],
    [
      'while the last one is on its way',
      { state: { status: 'pending', reason: '' } },
      { checkedAt: later },
      'SIGNAL_REPEATED',
    ],
    ['of another symbol', {}, { symbol: asId<VenueSymbol>('ETHUSDT') }, null],
    ['of another trader', {}, { traderId: asId<TraderId>('other') }, null],
    ['that closes the position inside the cooldown', {}, { side: 'short', checkedAt: later - 1, closes: true }, null],
    ['of the other side inside the cooldown', {}, { side: 'short', checkedAt: later - 1 }, 'SIGNAL_COOLDOWN'],
  ])('%s', (...[, earlier, match, expected]) => {
    expect(refusalAfter([signal(earlier)], match)).toBe(expected);
  });

  it('is judged by what became of the signal, and by nothing once the trader was removed', () => {
    const recent = new RecentSignals();
    recent.note(signal({ state: { status: 'pending', reason: '' } }));
    recent.note(signal());
    expect(recent.refusal({ ...MATCH, checkedAt: later })).toBeNull();
    recent.forget(MATCH.traderId);
    expect(recent.refusal(MATCH)).toBeNull();
  });

  it('never comes twice within a cooldown, however checks fall', () => {
    const minutes = fc.integer({ min: 0, max: 60 });
    const side = fc.constantFrom<PositionSide>('long', 'short');
    fc.assert(
      fc.property(fc.array(fc.tuple(minutes, side)), fc.integer({ min: 1, max: 20 }), (checks, cooldown) => {
        const recent = new RecentSignals();
        const admitted: number[] = [];
        for (const [minute, drawn] of checks) {
          const match = { ...MATCH, side: drawn, checkedAt: minute * 60_000, cooldownMs: cooldown * 60_000 };
          if (recent.refusal(match) !== null) continue;
          recent.note(signal({ side: drawn, checkedAt: match.checkedAt }));
          admitted.push(minute);
        }
        for (const [index, minute] of admitted.entries()) {
          if (index > 0) expect(minute - (admitted[index - 1] ?? 0)).toBeGreaterThanOrEqual(cooldown);
        }
      }),
    );
  });
});
