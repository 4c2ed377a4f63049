import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { FlatObject } from './flat-object.ts';

const NAMES = 'abeEimpqrstuABMT'.split('');
/** Texts and lists that a reader of price levels could take for the end of its list. */
const LEVEL_PART = fc.oneof(
  fc.constantFrom('', '1', '1.5', ']', ']]', ']],[', '1"]]', '1\\', '"]', '[["1"'),
  fc.integer(),
  fc.array(fc.constantFrom('1', ']]', 'a'), { maxLength: 2 }),
);
const VALUE = fc.oneof(
  fc.string(),
  fc.integer(),
  fc.boolean(),
  fc.constant(null),
  fc.double({ noNaN: true, noDefaultInfinity: true }).map(String),
  fc.array(fc.tuple(fc.float({ noNaN: true }).map(String), fc.string())),
  fc.array(fc.array(LEVEL_PART, { maxLength: 3 }), { maxLength: 3 }),
  fc.object({ maxDepth: 2 }),
);
const OBJECT = fc.dictionary(fc.oneof(fc.constantFrom(...NAMES, '', '"', '\\', '\n'), fc.string()), VALUE);

function scanned(text: string): FlatObject | null {
  const bytes = Buffer.from(`xx${text}yy`, 'utf8');
  const object = new FlatObject();
  return object.scan(bytes, 2, bytes.length - 2) ? object : null;
}

describe('flat objects', () => {
  it('find the members that JSON.parse finds', () => {
    fc.assert(
      fc.property(OBJECT, (value) => {
        const text = JSON.stringify(value);
        const bytes = Buffer.from(`xx${text}yy`, 'utf8');
        const object = new FlatObject();
        expect(object.scan(bytes, 2, bytes.length - 2)).toBe(true);
        for (const name of NAMES) {
          const code = name.charCodeAt(0);
          expect(object.has(code)).toBe(Object.hasOwn(value, name));
          if (!Object.hasOwn(value, name)) continue;
          const found = bytes.toString('utf8', object.startOf(code), object.endOf(code));
          const member: unknown = value[name];
          expect(typeof member === 'string' ? JSON.parse(`"${found}"`) : JSON.parse(found)).toEqual(
            JSON.parse(JSON.stringify(member)),
          );
        }
      }),
    );
  });

  it('refuse what breaks off', () => {
    fc.assert(
      fc.property(OBJECT, fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }), (value, part) => {
        const text = JSON.stringify(value);
        expect(scanned(text.slice(0, Math.floor(text.length * part)))).toBeNull();
      }),
    );
  });

  it.each(['', '[]', 'null', '{"a":1', '{a:1}', '{"a":}', '{"a" 1}', '{"a":1}}', '{"a":[1}', '{"a":"x'])(
    'refuse %s',
    (text) => {
      expect(scanned(text)).toBeNull();
    },
  );

  it('take spaces after colons and commas', () => {
    const object = scanned('{"p": "1.5", "q": 2}');
    expect([object?.number(112), object?.number(113)]).toEqual([1.5, 2]);
  });

  it('do not remember members of the object before', () => {
    const bytes = Buffer.from('{"a":1}{"b":2}');
    const object = new FlatObject();
    object.scan(bytes, 0, 7);
    object.scan(bytes, 7, 14);
    expect([object.number(97), object.number(98)]).toEqual([NaN, 2]);
  });
});
