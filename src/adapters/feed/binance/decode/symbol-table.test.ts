import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { asId } from '../../../../domain/ids.ts';
import type { VenueSymbol } from '../../../../domain/ids.ts';
import { SymbolTable, UNKNOWN_SYMBOL } from './symbol-table.ts';

const symbol = fc
  .tuple(
    fc.constantFrom('', '1000', '1', 'BTC', 'ETH', 'PEPE', '币安人生'),
    fc.stringMatching(/^[A-Z0-9]{0,9}$/),
    fc.constantFrom('USDT', 'BTC', 'U'),
  )
  .map((parts) => parts.join(''));

function findIn(table: SymbolTable, name: string): number {
  const bytes = Buffer.concat([Buffer.from('"'), Buffer.from(name), Buffer.from('","')]);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return table.find(view, 1, 1 + Buffer.byteLength(name));
}

describe('the symbol table', () => {
  it('finds by bytes exactly the symbols that were added, under the number they were given first', () => {
    fc.assert(
      fc.property(fc.uniqueArray(symbol, { maxLength: 200 }), fc.array(symbol), (added, asked) => {
        const table = new SymbolTable();
        const numbers = added.map((name) => table.add(asId<VenueSymbol>(name)));
        expect(numbers).toEqual(added.map((_, index) => index));
        expect(added.map((name) => table.add(asId<VenueSymbol>(name)))).toEqual(numbers);
        for (const name of [...added, ...asked]) {
          const expected = added.indexOf(name);
          expect(table.indexOf(name)).toBe(expected);
          // Shorter names are left to the slow reader.
          expect(findIn(table, name)).toBe(Buffer.byteLength(name) < 4 ? UNKNOWN_SYMBOL : expected);
          if (expected !== -1) expect(table.symbol(expected)).toBe(name);
        }
      }),
    );
  });

  it('tells names apart that differ in a single byte anywhere', () => {
    const name = 'ABCDEFGHIJKLMNOPQUSDT';
    const others = [...name].map((_, at) => `${name.slice(0, at)}z${name.slice(at + 1)}`);
    const table = new SymbolTable();
    for (const other of others) table.add(asId<VenueSymbol>(other));
    expect(findIn(table, name)).toBe(UNKNOWN_SYMBOL);
    expect(others.map((other) => findIn(table, other))).toEqual(others.map((_, index) => index));
  });

  it('refuses a number that was never given', () => {
    expect(() => new SymbolTable().symbol(0)).toThrow(RangeError);
  });
});
