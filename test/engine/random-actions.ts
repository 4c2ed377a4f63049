import fc from 'fast-check';

import type { Fate } from '../../src/testkit/scripted-broker-terms.ts';

export const SYMBOLS = ['AUSDT', 'BUSDT', 'CUSDT'] as const;

/** One thing that happens to the engine, or is asked of it. */
export type Action =
  | { readonly do: 'signal'; readonly symbol: string; readonly side: 'long' | 'short'; readonly target: boolean }
  | { readonly do: 'move'; readonly symbol: string; readonly percent: number }
  | { readonly do: 'wait'; readonly ms: number }
  | { readonly do: 'pause' | 'resume' | 'restart' }
  | { readonly do: 'kill'; readonly keep: boolean }
  | { readonly do: 'close'; readonly symbol: string; readonly part: number }
  | { readonly do: 'tighten'; readonly symbol: string; readonly percent: number }
  | { readonly do: 'script'; readonly leg: 'entry' | 'exit' | 'stop' | 'cancel'; readonly fate: Fate }
  | { readonly do: 'fill_entry'; readonly part: number }
  | { readonly do: 'end_stop' }
  | { readonly do: 'mute' | 'garble' | 'unreachable'; readonly on: boolean }
  /** Somebody else trades on the account (above zero: buys), and it is told or not. */
  | { readonly do: 'others'; readonly symbol: string; readonly units: number }
  | { readonly do: 'funding'; readonly symbol: string; readonly amount: number }
  /** The program dies at this commit or submission from now on. */
  | { readonly do: 'die_at'; readonly what: 'commit' | 'submission'; readonly count: number };

const symbol = fc.constantFrom(...SYMBOLS);
const fate: fc.Arbitrary<Fate> = fc.oneof(
  fc.constant({ kind: 'accepted' } as const),
  fc.constantFrom('-1000', '-2022', '-1003', '-2010', '-2021').map((code) => ({ kind: 'refused', code }) as const),
  fc.constantFrom(0, 1_500, 20_000).map((retryAfterMs) => ({ kind: 'not_executed', retryAfterMs }) as const),
  fc.record({ kind: fc.constantFrom('unknown', 'silence'), arrives: fc.boolean() }) as fc.Arbitrary<Fate>,
  fc.constant({ kind: 'throws' } as const),
);
/** What only happens to an account that others use, too. */
export const actionOfOthers: fc.Arbitrary<Action> = fc.record({
  do: fc.constant('others' as const),
  symbol,
  units: fc.constantFrom(-2, -1, -0.4, 0.4, 1, 2),
});
const funding: fc.Arbitrary<Action> = fc.record({
  do: fc.constant('funding' as const),
  symbol,
  amount: fc.constantFrom(-0.3, 0.2),
});
/** Any of them, the everyday ones more often. */
export const action: fc.Arbitrary<Action> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      do: fc.constant('signal' as const),
      symbol,
      side: fc.constantFrom('long' as const, 'short' as const),
      target: fc.boolean(),
    }),
  },
  {
    weight: 6,
    arbitrary: fc.record({ do: fc.constant('move' as const), symbol, percent: fc.integer({ min: -7, max: 7 }) }),
  },
  {
    weight: 4,
    arbitrary: fc.record({ do: fc.constant('wait' as const), ms: fc.constantFrom(0, 10, 900, 2_500, 9_000, 61_000) }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constantFrom('pause' as const, 'resume' as const, 'resume' as const) }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('restart' as const) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('kill' as const), keep: fc.boolean() }) },
  {
    weight: 2,
    arbitrary: fc.record({ do: fc.constant('close' as const), symbol, part: fc.constantFrom(0.3, 0.5, 1) }),
  },
  {
    weight: 2,
    arbitrary: fc.record({ do: fc.constant('tighten' as const), symbol, percent: fc.integer({ min: 1, max: 6 }) }),
  },
  {
    weight: 5,
    arbitrary: fc.record({
      do: fc.constant('script' as const),
      leg: fc.constantFrom('entry' as const, 'exit' as const, 'stop' as const, 'cancel' as const),
      fate,
    }),
  },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('fill_entry' as const), part: fc.constantFrom(0.25, 0.5, 1) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('end_stop' as const) }) },
  { weight: 2, arbitrary: funding },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constantFrom('mute' as const, 'garble' as const, 'unreachable' as const),
      on: fc.boolean(),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constant('die_at' as const),
      what: fc.constantFrom('commit' as const, 'submission' as const),
      count: fc.integer({ min: 1, max: 4 }),
    }),
  },
);
