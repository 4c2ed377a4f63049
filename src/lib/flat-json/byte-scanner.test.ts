import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { ByteScanner, NESTED, NOT_READ, VALUE } from './byte-scanner.ts';

function slotOf(key: string): number {
  return key.charCodeAt(0);
}

function scanned(text: string): { readonly scanner: ByteScanner; readonly end: number } {
  const bytes = new TextEncoder().encode(text);
  const scanner = new ByteScanner();
  return { scanner, end: scanner.scan(bytes, new DataView(bytes.buffer), 0) };
}

function kindOf(scanner: ByteScanner, key: string, base = 0): number {
  return (scanner.tags[base + slotOf(key)] ?? 0) - scanner.tag;
}

function numberOf(scanner: ByteScanner, key: string): number {
  return scanner.numbers[slotOf(key)] ?? NaN;
}

const digits = (maxLength: number): fc.Arbitrary<string> =>
  fc.array(fc.integer({ min: 0, max: 9 }), { minLength: 1, maxLength }).map((list) => list.join(''));

describe('the byte scanner', () => {
  it('reads decimals in strings as exactly the float that Number gives, or leaves them as text', () => {
    let exact = 0;
    fc.assert(
      fc.property(digits(12), fc.option(digits(12), { nil: null }), (whole, fraction) => {
        const text = fraction === null ? whole : `${whole}.${fraction}`;
        const { scanner, end } = scanned(`{"p":"${text}"}`);
        expect(end).toBe(text.length + 8);
        if (kindOf(scanner, 'p') === VALUE.text) return;
        exact += 1;
        expect(kindOf(scanner, 'p')).toBe(VALUE.decimal);
        expect(numberOf(scanner, 'p')).toBe(Number(text));
        expect(text).toMatch(/^(0|[1-9]\d*)(\.\d+)?$/);
      }),
      { numRuns: 5_000 },
    );
    expect(exact).toBeGreaterThan(1_000);
  });

  it('reads integers of up to 15 digits as JSON.parse does, and gives up on longer ones and on leading zeros', () => {
    fc.assert(
      fc.property(digits(18), (text) => {
        const { scanner, end } = scanned(`{"t":${text},"x":true}`);
        const isRead = text.length <= 15 && (text.length === 1 || !text.startsWith('0'));
        expect(end === NOT_READ).toBe(!isRead);
        if (isRead) expect(numberOf(scanner, 't')).toBe(JSON.parse(text));
      }),
      { numRuns: 2_000 },
    );
  });

  it('reads nothing that JSON.parse refuses, and every value as JSON.parse does', () => {
    const key = fc.constantFrom('a', 'b', 'B', 'z', 'k', 'Z', 'ab', 'nq', '1', '_', '\\', '"', '', 'é');
    const plain = fc.oneof(
      fc.integer().map(String),
      fc.double().map(String),
      fc.string().map((text) => JSON.stringify(text)),
      fc.string().map((text) => `"${text}"`),
      fc.constantFrom(
        'true',
        'false',
        'null',
        'tru',
        'nul',
        'falsey',
        '-',
        '- 1',
        '""',
        '"',
        '{}',
        '[]',
        '{"a":1}',
        '01',
      ),
      digits(20).map((text) => `"${text}"`),
    );
    const object = fc
      .array(fc.tuple(key, plain), { maxLength: 4 })
      .map((fields) => `{${fields.map(([name, value]) => `"${name}":${value}`).join(',')}}`);
    const text = fc.oneof(
      object,
      object.map((inner) => `{"a":1,"k":${inner}}`),
      object.map((inner) => `${inner} `),
    );
    fc.assert(
      fc.property(text, (json) => {
        const { scanner, end } = scanned(json);
        if (end === NOT_READ) return;
        const parsed = JSON.parse(json.slice(0, end)) as Record<string, unknown>;
        for (const [name, value] of Object.entries(parsed)) {
          if (!/^[A-Za-z]$/.test(name)) continue;
          const kind = kindOf(scanner, name);
          if (kind === VALUE.integer) expect(numberOf(scanner, name)).toBe(value);
          else if (kind === VALUE.decimal) expect(numberOf(scanner, name)).toBe(Number(value));
          else if (kind === VALUE.flag) expect(numberOf(scanner, name) === 1).toBe(value);
          else if (kind === VALUE.text) {
            const slot = slotOf(name);
            expect(json.slice(scanner.starts[slot], scanner.ends[slot])).toBe(value);
          } else if (kind === VALUE.nested) expect(value).toBeTypeOf('object');
          else expect(value === null || (value as number) <= 0).toBe(true);
        }
        expect(parsed).not.toEqual({});
      }),
      { numRuns: 20_000 },
    );
  });

  it('leaves lists to their reader: which slot, where, and whether to go on', () => {
    const text = '{"e":"x","b":[1],"k":{"a":[2,3]},"z":[]}';
    const bytes = new TextEncoder().encode(text);
    const asked: [number, string][] = [];
    const scanner = new ByteScanner({
      readList(slot, offset) {
        asked.push([slot, text.slice(offset)]);
        const end = text.indexOf(']', offset) + 1;
        return slot === slotOf('z') ? NOT_READ : end;
      },
    });
    const view = new DataView(bytes.buffer);
    expect(scanner.scan(bytes, view, 0)).toBe(NOT_READ);
    expect(asked).toEqual([
      [slotOf('b'), text.slice(text.indexOf('[1]'))],
      [NESTED + slotOf('a'), text.slice(text.indexOf('[2'))],
      [slotOf('z'), '[]}'],
    ]);
    expect(scanned('{"e":"x","b":[1]}').end).toBe(NOT_READ);
    const whole = text.replace(',"z":[]', '');
    expect(scanner.scan(new TextEncoder().encode(whole), new DataView(new TextEncoder().encode(whole).buffer), 0)).toBe(
      whole.length,
    );
    expect([kindOf(scanner, 'b'), kindOf(scanner, 'a', NESTED)]).toEqual([VALUE.list, VALUE.list]);
  });

  it('forgets what an earlier scan found', () => {
    const scanner = new ByteScanner();
    const scan = (text: string): number => {
      const bytes = new TextEncoder().encode(text);
      return scanner.scan(bytes, new DataView(bytes.buffer), 0);
    };
    expect(scan('{"a":1,"k":{"b":2}}')).toBe(19);
    expect(kindOf(scanner, 'a')).toBe(VALUE.integer);
    expect(kindOf(scanner, 'b', NESTED)).toBe(VALUE.integer);
    expect(scan('{"c":3}')).toBe(7);
    for (const [key, base] of [
      ['a', 0],
      ['k', 0],
      ['b', NESTED],
    ] as const)
      expect(kindOf(scanner, key, base)).toBeLessThan(1);
  });

  it('gives up on keys that come twice, also inside the nested object', () => {
    expect(scanned('{"a":1,"a":1}').end).toBe(NOT_READ);
    expect(scanned('{"k":{"a":1},"k":{"a":1}}').end).toBe(NOT_READ);
    expect(scanned('{"k":{"a":1,"a":"x"}}').end).toBe(NOT_READ);
    expect(scanned('{"a":1,"k":{"a":1}}').end).toBe(19);
  });
});
