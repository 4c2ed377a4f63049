import { describe, expect, it } from 'vitest';

import { anyOf, keys, listOf, mismatches, of } from './shape.ts';

const shape = keys(
  { ...of('decimal', 'price'), ...of('integer', 'time'), levels: listOf({ tuple: ['decimal', 'decimal'] }) },
  of('text', 'note'),
);
const fitting = { price: '1.50', time: 5, levels: [['1', '2']] };

describe('the shape checker', () => {
  it('accepts what fits, with and without optional keys', () => {
    expect(mismatches(fitting, shape)).toEqual([]);
    expect(mismatches({ ...fitting, note: 'x' }, shape)).toEqual([]);
    expect(mismatches(null, anyOf('text', 'null'))).toEqual([]);
  });

  it.each([
    ['a missing key', { price: '1', time: 5 }, '$.levels: missing'],
    ['a key too many', { ...fitting, more: 1 }, '$.more: not of the venue'],
    ['a number in place of a text', { ...fitting, price: 1.5 }, '$.price: 1.5 is no decimal'],
    ['an exponent', { ...fitting, price: '1e-7' }, '$.price: "1e-7" is no decimal'],
    ['a fraction in place of a whole number', { ...fitting, time: 5.5 }, '$.time: 5.5 is no integer'],
    ['a level with three entries', { ...fitting, levels: [['1', '2', '3']] }, '$.levels[0]: not 2 entries'],
    ['a list in place of an object', [], '$: no object'],
  ])('finds %s', (_, value, message) => {
    expect(mismatches(value, shape)).toContain(message);
  });
});
