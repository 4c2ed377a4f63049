import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { readScreen } from '../../tools/picture/screen.ts';
import { svgOf } from '../../tools/picture/svg.ts';

const ESC = '\u001b';

function drawn(text: string): string {
  return svgOf({ title: 'demo', columns: 20, rows: readScreen(text) });
}

describe('the picture of a terminal', () => {
  it('reads basic, table and true colours, and what ends them', () => {
    const [row = []] = readScreen(`${ESC}[31ma${ESC}[1;38;5;196mb${ESC}[38;2;1;2;3mc${ESC}[0md${ESC}[7me`);
    expect(row.map(({ character, color, bold, reversed }) => [character, color, bold, reversed])).toEqual([
      ['a', '#f7768e', false, false],
      ['b', '#ff0000', true, false],
      ['c', '#010203', true, false],
      ['d', null, false, false],
      ['e', null, false, true],
    ]);
  });

  it('shows words at their columns, in their colours, and what is reversed on its ground', () => {
    const svg = drawn(`  ${ESC}[32mlong${ESC}[0m ${ESC}[7;34mkept`);
    expect(svg).toMatch(/<text x="28.8" [^>]*fill="#9ece6a">long<\/text>/);
    expect(svg).toMatch(/<rect x="70.8" [^>]*fill="#7aa2f7"\/>[^]*<text x="70.8" [^>]*fill="#1a1b26">kept/);
  });

  it('draws frames and bars, which letters of most fonts would leave with gaps', () => {
    const svg = drawn('┌─┐▄');
    expect(svg.match(/<path d="M/g)).toHaveLength(4);
    expect(svg).toContain('height="9"');
    expect(svg).not.toContain('▄');
  });

  it('is well-formed and loses no word, whatever stands on the screen', () => {
    const word = fc.stringMatching(/^[!-~]{1,8}$/);
    fc.assert(
      fc.property(fc.array(word, { minLength: 1, maxLength: 10 }), (words) => {
        const svg = drawn(words.join('\n'));
        const shown = [...svg.matchAll(/<text [^>]*>([^<]*)<\/text>/g)].slice(1).map(([, text = '']) => text);
        const plain = shown.map((text) =>
          text.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&quot;', '"').replaceAll('&amp;', '&'),
        );
        expect(plain).toEqual(words);
        expect(shown.join('').replace(/&(lt|gt|quot|amp);/g, '')).not.toMatch(/[<>&]/);
      }),
    );
  });
});
