import fc from 'fast-check';

import { decimal } from '../../domain/decimal.ts';
import type { Decimal } from '../../domain/decimal.ts';
import type { Exits, Target } from '../../domain/exits.ts';
import { asId } from '../../domain/ids.ts';
import type { VenueSymbol } from '../../domain/ids.ts';
import type { Market } from '../../domain/instrument.ts';
import type { Level } from '../../domain/levels.ts';
import type { CloseReason, Dust, PositionExit } from '../../domain/position/position.ts';

const ID_CHARACTERS = [...'0123456789abcdefghijklmnopqrstuvwxyz'];

/** Ids of the id source's form. */
export function arbitraryId<Id extends ReturnType<typeof asId>>(): fc.Arbitrary<Id> {
  const form = { unit: fc.constantFrom(...ID_CHARACTERS), minLength: 24, maxLength: 24 };
  return fc.string(form).map((text) => asId<Id>(text));
}

/** Objects with these fields, made as literals make them: `fc.record` alone also gives some without a prototype. */
export function record<Value>(fields: { [Name in keyof Value]: fc.Arbitrary<Value[Name]> }): fc.Arbitrary<Value> {
  return fc.record(fields, { noNullPrototype: true });
}

export function orNull<Value>(arbitrary: fc.Arbitrary<Value>): fc.Arbitrary<Value | null> {
  return fc.option(arbitrary, { nil: null });
}

export const arbitrarySymbol: fc.Arbitrary<VenueSymbol> = fc
  .constantFrom('BTCUSDT', 'ETHUSDT', '1000PEPEUSDT', 'BTCUSDT_261225')
  .map((text) => asId<VenueSymbol>(text));

export const arbitraryMarket: fc.Arbitrary<Market> = fc.constantFrom('spot', 'futures');

/** Milliseconds UTC from 1970 to 2096. */
export const arbitraryTime = fc.integer({ min: 0, max: 4_000_000_000_000 });

/** Text of any writing, with what breaks careless SQL and JSON. */
export const arbitraryText = fc.oneof(
  fc.string({ unit: 'grapheme', maxLength: 40 }),
  fc.constantFrom(
    '',
    "it's",
    '"quoted"; DROP TABLE orders; --',
    'line\nbreak\ttab',
    '{"a":[1]}',
    '\u202Eright to left',
  ),
);

/** JSON text, as it stands in fields that hold what others said. */
export const arbitraryJson = fc.json({ maxDepth: 2 });

/** Any finite number that market data and scores can be; zero has no sign. */
export const arbitraryNumber = fc.double({ noNaN: true, noDefaultInfinity: true }).map((value) => value + 0);

/** Market data: with NaN and infinities. */
export const arbitraryFloat = fc.double().map((value) => value + 0);

/** Up to 30 digits before the point and 18 behind it. */
export function arbitraryAmount<Amount extends Decimal = Decimal>(
  { sign }: { readonly sign: 'any' | 'not negative' | 'above zero' } = { sign: 'any' },
): fc.Arbitrary<Amount> {
  const whole = fc.oneof(fc.bigInt({ min: 0n, max: 100_000n }), fc.bigInt({ min: 0n, max: 10n ** 30n }));
  const fraction = fc.tuple(fc.bigInt({ min: 0n, max: 10n ** 18n - 1n }), fc.integer({ min: 1, max: 18 }));
  const magnitude = fc
    .tuple(whole, fraction)
    .map(([before, [behind, digits]]) => decimal(`${before}.${String(behind).padStart(18, '0').slice(0, digits)}`));
  const signed = sign === 'any' ? fc.tuple(magnitude, fc.boolean()) : magnitude.map((value) => [value, false] as const);
  return signed
    .map(([value, isNegative]) => decimal(isNegative ? value.negated() : value) as Amount)
    .filter((value) => sign !== 'above zero' || value.greaterThan(0));
}

export const aboveZero = { sign: 'above zero' } as const;
export const notNegative = { sign: 'not negative' } as const;

export const arbitraryLevel: fc.Arbitrary<Level> = fc.oneof(
  arbitraryAmount<Extract<Level, { kind: 'price' }>['price']>(aboveZero).map((price): Level => ({
    kind: 'price',
    price,
  })),
  arbitraryAmount(aboveZero).map((percent): Level => ({ kind: 'percent', percent })),
  arbitraryAmount(aboveZero).map((multiple): Level => ({ kind: 'atr', multiple })),
  arbitraryAmount(aboveZero).map((multiple): Level => ({ kind: 'r', multiple })),
);

export const arbitraryTarget: fc.Arbitrary<Target> = record({
  at: arbitraryLevel,
  part: orNull(arbitraryAmount(aboveZero)),
});

export const arbitraryExits: fc.Arbitrary<Exits> = record({
  stopLoss: orNull(arbitraryLevel),
  takeProfit: fc.array(arbitraryTarget, { maxLength: 3 }),
  trailing: orNull(arbitraryLevel),
  breakEven: orNull(arbitraryLevel),
  maxHoldMs: orNull(fc.nat()),
});

export const arbitraryCloseReason: fc.Arbitrary<CloseReason> = fc.constantFrom(
  ...(['stop', 'target', 'trailing', 'break_even', 'time_limit', 'signal'] as const),
  ...(['reversal', 'manual', 'kill', 'liquidation', 'external', 'end'] as const),
);

export const arbitraryPositionExit: fc.Arbitrary<PositionExit> = record({
  fillKey: arbitraryText,
  orderId: orNull(arbitraryId()),
  quantity: arbitraryAmount(notNegative),
  price: arbitraryAmount(aboveZero),
  time: arbitraryTime,
  reason: arbitraryCloseReason,
  grossPnl: arbitraryAmount(),
});

export const arbitraryDust: fc.Arbitrary<Dust> = record({
  quantity: arbitraryAmount(notNegative),
  cost: arbitraryAmount(),
});
