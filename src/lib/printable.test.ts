import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { printable } from './printable.ts';

const anyText = fc.string({ unit: 'binary', maxLength: 200 });

describe('printable', () => {
  it('escapes what moves the cursor, starts a line or turns the reading direction', () => {
    expect(printable('a\x1b[2Jb\r\nc\td\x7f\x9b31m')).toBe('a\\u001b[2Jb\\r\\nc\\td\\u007f\\u009b31m');
    expect(printable('pay\u202etac\u2066\u200f\u2028\ufeff')).toBe('pay\\u202etac\\u2066\\u200f\\u2028\\ufeff');
    expect(printable('half \ud800 pair')).toBe('half \\ud800 pair');
  });

  it('leaves the writing of any language alone', () => {
    const text = 'BTC/USDT ₿ 币安人生 "C:\\dir" שלום 👍🏽 e\u0301';
    expect(printable(text)).toBe(text);
  });

  it('never lets a control or direction character through', () => {
    fc.assert(
      fc.property(anyText, (text) => {
        expect(printable(text)).not.toMatch(/[\p{Cc}\p{Bidi_Control}\u2028\u2029]/u);
      }),
    );
  });

  it('keeps a JSON text the JSON text of the same value', () => {
    fc.assert(
      fc.property(anyText, (text) => {
        expect(JSON.parse(printable(JSON.stringify({ text })))).toEqual({ text });
      }),
    );
  });
});
