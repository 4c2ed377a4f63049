import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { Decimal } from '../../domain/decimal.ts';
import { canonicalJson } from './canonical-json.ts';

/** The same by the plainest means. */
function reference(value: unknown): unknown {
  if (Decimal.isDecimal(value)) return new Decimal(value).toFixed();
  if (typeof value === 'number' && !Number.isFinite(value)) return String(value);
  if (Array.isArray(value)) return value.map(reference);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).filter(([, part]) => part !== undefined);
  entries.sort(([one], [other]) => (one < other ? -1 : 1));
  return Object.fromEntries(entries.map(([key, part]) => [key, reference(part)]));
}

const decimal = fc.double({ noNaN: true, noDefaultInfinity: true }).map((value) => new Decimal(value));
const leaf = fc.oneof(
  decimal,
  fc.double(),
  fc.integer(),
  fc.string({ unit: 'binary' }),
  fc.constantFrom(null, undefined, true),
);
const name = fc.oneof(fc.string(), fc.constantFrom('10', '9', '0', '01', '4294967295', 'a', 'b', 'a\nb', ''));
const { tree } = fc.letrec((tie) => ({
  tree: fc.oneof({ depthSize: 'small' }, leaf, fc.array(tie('tree')), fc.dictionary(name, tie('tree'))),
}));

describe('canonical JSON', () => {
  it('is the text of the record with its keys sorted, whatever is in it and however often it is written', () => {
    fc.assert(
      fc.property(fc.dictionary(name, tree), (record) => {
        const expected = JSON.stringify(reference(record));
        expect(canonicalJson(record)).toBe(expected);
        expect(canonicalJson({ ...record, again: record })).toBe(
          JSON.stringify(reference({ ...record, again: record })),
        );
      }),
    );
  });

  it('is the same whatever order the fields came in', () => {
    expect(canonicalJson({ b: new Decimal('1e-9'), a: [1, NaN] })).toBe('{"a":[1,"NaN"],"b":"0.000000001"}');
    expect(canonicalJson({ a: [1, NaN], b: new Decimal('1e-9') })).toBe('{"a":[1,"NaN"],"b":"0.000000001"}');
  });
});
