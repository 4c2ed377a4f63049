import fc from 'fast-check';

const level = fc.integer({ min: -30, max: 30 });
const units = fc.integer({ min: 1, max: 12 });
const pick = fc.nat(30);

/** One thing that happens to an account or its market. Prices are tenths around 100, sizes tenths of a unit. */
export const arbitraryTrading = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      type: fc.constant('submit' as const),
      isBuy: fc.boolean(),
      isReducing: fc.boolean(),
      level,
      units,
      kind: fc.constantFrom(
        ...(['market', 'market', 'limit', 'limit', 'post_only', 'ioc', 'fok'] as const),
        ...(['stop', 'stop', 'stop_limit', 'target', 'target_limit', 'trailing', 'trailing_from'] as const),
      ),
    }),
  },
  { weight: 1, arbitrary: fc.record({ type: fc.constant('list' as const), level, units, width: units }) },
  { weight: 2, arbitrary: fc.record({ type: fc.constant('cancel' as const), pick }) },
  { weight: 2, arbitrary: fc.record({ type: fc.constant('replace' as const), pick, level, units }) },
  { weight: 6, arbitrary: fc.record({ type: fc.constant('quote' as const), level, bid: units, ask: units }) },
  { weight: 6, arbitrary: fc.record({ type: fc.constant('trade' as const), level, units, isBuy: fc.boolean() }) },
  { weight: 3, arbitrary: fc.record({ type: fc.constant('wait' as const), ms: fc.integer({ min: 1, max: 400 }) }) },
  { weight: 1, arbitrary: fc.record({ type: fc.constant('funding' as const), rate: fc.integer({ min: -5, max: 5 }) }) },
  { weight: 3, arbitrary: fc.record({ type: fc.constant('restart' as const) }) },
);
export type Trading = typeof arbitraryTrading extends fc.Arbitrary<infer Value> ? Value : never;
