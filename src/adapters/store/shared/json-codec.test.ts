import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { amount, finite, flag, float, fromJson, level, list, nullable, object, record, scalar } from './json-codec.ts';
import { text, toJson, word } from './json-codec.ts';
import type { Codec } from './json-codec.ts';

const point = object<{ x: number; name: string | null }>({ x: float, name: nullable(text) });

describe('a codec', () => {
  it('gives back every float, also those that JSON lacks', () => {
    const property = fc.property(fc.double(), (value) => {
      expect(fromJson(float, toJson(float, value))).toBe(value + 0);
    });
    fc.assert(property);
  });

  it('gives back names that objects have by themselves', () => {
    const odd = Object.fromEntries([
      ['__proto__', 1],
      ['toString', 2],
      ['', 3],
    ] as const);
    expect(Object.entries(fromJson(record(finite), toJson(record(finite), odd)))).toEqual(Object.entries(odd));
  });

  it('leaves out what an object has beyond its fields', () => {
    expect(fromJson(point, '{"x":"NaN","name":null,"more":1}')).toStrictEqual({ x: NaN, name: null });
  });

  const refused: readonly (readonly [string, Codec<never>, string])[] = [
    ['text for a number', finite as Codec<never>, '"1"'],
    ['a number that is not finite', finite as Codec<never>, '"Infinity"'],
    ['a number for text', text as Codec<never>, '1'],
    ['null where it is no value', text as Codec<never>, 'null'],
    ['a number for a flag', flag as Codec<never>, '1'],
    ['a list for a scalar', scalar as Codec<never>, '[]'],
    ['an exponent for an amount', amount<never>(), '"1e5"'],
    ['a number for an amount', amount<never>(), '1.5'],
    ['another distance for a level', level as Codec<never>, '"2furlongs"'],
    ['an object for a list', list(text) as Codec<never>, '{}'],
    ['a list for an object', point as unknown as Codec<never>, '[]'],
    ['an object without a field', point as unknown as Codec<never>, '{"x":1}'],
    ['a word of another set', word({ spot: true }) as Codec<never>, '"futures"'],
    ['a word that every object has', word({ spot: true }) as Codec<never>, '"toString"'],
    ['JSON that is cut off', list(text) as Codec<never>, '["a"'],
  ];
  it.each(refused)('refuses %s', (_, codec, json) => {
    expect(() => fromJson(codec, json)).toThrow();
  });

  it('refuses to write what it could not read', () => {
    expect(() => toJson(finite, NaN)).toThrow(TypeError);
    expect(() => toJson(word({ spot: true }), 'futures' as 'spot')).toThrow(TypeError);
  });
});
