import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { NOT_READ } from '../../lib/flat-json/byte-scanner.ts';
import { LevelList } from './level-list.ts';

const DIGITS = fc.stringMatching(/^\d{1,10}$/);
const DECIMAL = fc.oneof(
  DIGITS,
  fc.tuple(DIGITS, DIGITS).map(([whole, fraction]) => `${whole}.${fraction}`),
);
/** Texts and lists that a reader of price levels could take for a number, or for the end of its list. */
const ODD_PART = fc.oneof(
  fc.constantFrom(
    '',
    '.',
    '.5',
    '1.',
    '1.5.2',
    '-1',
    '+1',
    '1e5',
    ' 1',
    ']',
    ']]',
    ']],[',
    '1"]]',
    '1\\',
    '[["1"',
    'é',
  ),
  fc.integer(),
  fc.constant(null),
  fc.array(fc.constantFrom('1', ']]', 'a'), { maxLength: 2 }),
);
const PLAIN_LEVELS = fc.oneof(
  fc.array(fc.tuple(DECIMAL, DECIMAL), { maxLength: 10 }),
  fc
    .array(fc.tuple(fc.nat(), fc.nat()), { minLength: 60, maxLength: 300 })
    .map((levels) => levels.map(([a, b]) => [`${a % 1e9}`, `0.${b % 1e9}`] as [string, string])),
);
const ODD_LEVELS = fc.array(
  fc.oneof(
    { weight: 2, arbitrary: fc.tuple(DECIMAL, DECIMAL) },
    fc.array(fc.oneof(DECIMAL, ODD_PART), { maxLength: 4 }),
    ODD_PART,
  ),
  { maxLength: 5 },
);

function levelsOf({ count, prices, quantities }: LevelList): number[][] {
  return Array.from({ length: count }, (_, i) => [prices[i] ?? NaN, quantities[i] ?? NaN]);
}

function isShort(text: string): boolean {
  const [whole = '', fraction = ''] = text.split('.');
  return whole.length <= 9 && fraction.length <= 9 && whole.length + fraction.length <= 15;
}

describe('a list of levels', () => {
  it('is read in one pass to the floats that Number gives, wherever it lies, and again after another', () => {
    const list = new LevelList();
    fc.assert(
      fc.property(PLAIN_LEVELS, fc.string(), (levels, behind) => {
        const text = JSON.stringify(levels);
        const bytes = Buffer.from(`xx${text}${behind}`);
        const end = list.readPlain(bytes, 2);
        if (end === NOT_READ) expect(levels.flat().every(isShort)).toBe(false);
        else expect([end, levelsOf(list)]).toEqual([2 + text.length, levels.map((level) => level.map(Number))]);
        expect(list.read(bytes, 2, 2 + text.length)).toBe(true);
        expect(levelsOf(list)).toEqual(levels.map((level) => level.map(Number)));
      }),
    );
  });

  it('is left to others when there is anything in it but pairs of decimals, or when it breaks off', () => {
    fc.assert(
      fc.property(ODD_LEVELS, fc.double({ min: 0, max: 1, noNaN: true, maxExcluded: true }), (levels, part) => {
        const text = JSON.stringify(levels);
        const list = new LevelList();
        const end = list.readPlain(Buffer.from(`${text},"a":[["1","2"]]}`), 0);
        if (end !== NOT_READ) {
          expect(end).toBe(text.length);
          expect(levelsOf(list)).toEqual(levels.map((level) => (level as string[]).map(Number)));
          expect(levels.flat().every((figure) => typeof figure === 'string' && /^\d+(\.\d+)?$/.test(figure))).toBe(
            true,
          );
        }
        expect(list.readPlain(Buffer.from(text.slice(0, Math.floor(part * text.length))), 0)).toBe(NOT_READ);
      }),
      { numRuns: 1_000 },
    );
  });

  it.each([
    [
      '[ ["1.5", "2"], ["3","4"] ]',
      [
        [1.5, 2],
        [3, 4],
      ],
    ],
    [
      '[["1.5","2",[]],["3e1","4"]]',
      [
        [1.5, 2],
        [30, 4],
      ],
    ],
    ['[["12345678901.5","0.1234567890123"]]', [[12_345_678_901.5, 0.1234567890123]]],
  ])('is also read as %s', (text, levels) => {
    const list = new LevelList();
    expect(list.read(Buffer.from(`${text},"x"`), 0, text.length)).toBe(true);
    expect(levelsOf(list)).toEqual(levels);
  });

  it.each(['[["1"]]', '[["1","x"]]', '[["-1","2"]]', '[["1","2"],["3'])('is refused as %s', (text) => {
    expect(new LevelList().read(Buffer.from(`${text}"]]`), 0, text.length)).toBe(false);
  });
});
