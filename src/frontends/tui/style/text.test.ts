import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { clip, fit, fitLine, lineWidth, shown, textWidth, wrapText } from './text.ts';
import { span } from './line.ts';

const shownText = fc.oneof(fc.string({ unit: 'grapheme' }), fc.string({ unit: 'binary' })).map(shown);

describe('text on the screen', () => {
  it('is escaped where it could move the cursor or turn the reading direction', () => {
    expect(shown('a\u001b[31m\u202eb\nc')).toBe('a\\u001b[31m\\u202eb\\nc');
  });

  it('has a question mark for what terminals count differently, and keeps the rest', () => {
    expect(shown('né 日本 🚀 e\u0301 नि')).toBe('né 日本 ? é न?');
  });

  it('counts two columns for an ideograph', () => {
    expect(textWidth('日本 a')).toBe(6);
  });

  it('fits exactly, at either side, and what is cut ends in an ellipsis', () => {
    expect(fit('price', 8)).toBe('price   ');
    expect(fit('price', 8, 'right')).toBe('   price');
    expect(clip('quantity', 5)).toBe('quan…');
    fc.assert(
      fc.property(shownText, fc.nat(40), fc.constantFrom('left' as const, 'right' as const), (text, width, align) => {
        expect(textWidth(fit(text, width, align))).toBe(width);
        if (textWidth(text) <= width) expect(fit(text, width, align).trim()).toBe(text.trim());
      }),
    );
  });

  it('in lines of several tones fits exactly, too', () => {
    fc.assert(
      fc.property(fc.array(shownText, { maxLength: 5 }), fc.nat(60), (texts, width) => {
        expect(
          lineWidth(
            fitLine(
              texts.map((text) => span(text)),
              width,
            ),
          ),
        ).toBe(width);
      }),
    );
  });

  it('is broken at blanks without losing a word that fits', () => {
    fc.assert(
      fc.property(
        fc.array(fc.stringMatching(/^[a-z]{1,9}$/), { minLength: 1 }),
        fc.integer({ min: 9, max: 40 }),
        (words, width) => {
          const lines = wrapText(words.join(' '), width);
          expect(lines.join(' ')).toBe(words.join(' '));
          expect(Math.max(...lines.map(textWidth))).toBeLessThanOrEqual(width);
        },
      ),
    );
  });
});
