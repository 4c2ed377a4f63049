import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { pairs, Table } from './table.ts';
import type { Column } from './table.ts';

type Row = readonly [name: string, amount: string, about: string];
const COLUMNS: readonly Column<Row>[] = [
  { title: 'NAME', cell: ([name]) => name },
  { title: 'AMOUNT', align: 'right', optional: true, cell: ([, amount]) => ({ text: amount, tone: 'good' }) },
  { title: 'ABOUT', cell: ([, , about]) => about },
];
const plain = (width: number) => ({ width, color: false, now: 0 });
const rows: fc.Arbitrary<readonly Row[]> = fc.array(
  fc.tuple(fc.string({ maxLength: 20 }), fc.string({ maxLength: 8 }), fc.string({ unit: 'grapheme', maxLength: 60 })),
  { minLength: 1, maxLength: 8 },
);

describe('a table', () => {
  it('aligns its columns, amounts to the right', () => {
    const table = new Table(COLUMNS, plain(Infinity));
    expect(
      table.add([
        ['a', '1.5', 'first'],
        ['longer', '100', 'second'],
      ]),
    ).toBe('NAME    AMOUNT  ABOUT\na          1.5  first\nlonger     100  second\n');
    expect(table.add([['b', '2', 'later']])).toBe('b            2  later\n');
  });

  it('counts wide characters twice, so that what follows is aligned', () => {
    const table = new Table(COLUMNS, plain(Infinity));
    const lines = table.add([['币安人生', '1', 'x']]).split('\n');
    expect(lines[0]).toBe('NAME      AMOUNT  ABOUT');
    expect(lines[1]).toBe('币安人生       1  x');
  });

  it('has one line for a row, whatever stands in it', () => {
    fc.assert(
      fc.property(rows, (given) => {
        const text = new Table(COLUMNS, plain(Infinity)).add(given);
        expect(text.split(/[\n\r\u2028\u2029\u0085]/)).toHaveLength(given.length + 2);
        expect(text).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202a-\u202e]/);
      }),
    );
  });

  it('leaves out what is optional, and cuts the last column, where the terminal is narrow', () => {
    fc.assert(
      fc.property(rows, fc.integer({ min: 40, max: 120 }), (given, width) => {
        const ascii = given.map(([name, amount, about]): Row => [name, amount, about.replace(/[^ -~]/gu, '?')]);
        for (const line of new Table(COLUMNS, plain(width)).add(ascii).split('\n')) {
          expect(line.length).toBeLessThanOrEqual(width);
        }
      }),
    );
    const narrow = new Table(COLUMNS, plain(24)).add([['a name', '1', 'and a long text about it']]);
    expect(narrow).toBe('NAME    ABOUT\na name  and a long text…\n');
  });

  it('has colours only where the terminal has them', () => {
    const colored = new Table(COLUMNS, { width: Infinity, color: true, now: 0 }).add([['a', '1', 'x']]);
    expect(colored).toContain('\u001b[32m1\u001b[0m');
    expect(pairs([['key', { text: 'value', tone: 'bad' }]], plain(Infinity))).toBe('key  value\n');
  });
});
