import { printable } from '../../../lib/printable.ts';
import type { Line, Span, Tone } from './line.ts';
import { span } from './line.ts';

const ASCII_ONLY = /^[\x20-\x7e]*$/;

/**
 * Characters whose width terminals do not agree on: marks, invisible and unassigned characters, pictures, and what lies
 * beyond the basic plane but for ideographs.
 */
const UNSTEADY =
  /[\p{M}\p{Cf}\p{Cn}\p{Default_Ignorable_Code_Point}\p{Emoji_Presentation}\u0d4e\u0e33\u0eb3\u2630-\u2637\u268a-\u268f\u321f\u3248-\u324f\ufe10-\ufe19\u{10000}-\u{1ffff}]/gu;

/** Ideographs, kana, hangul and full-width forms, which take two columns. */
const WIDE =
  /[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\ua960-\ua97c\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff01-\uff60\uffe0-\uffe6\u{20000}-\u{3fffd}]/u;

/**
 * Text from outside as the screen takes it: on one line, control and bidi characters escaped, and a question mark for each
 * character whose width is not sure, so that nothing shifts the columns to its right.
 */
export function shown(text: string): string {
  return ASCII_ONLY.test(text) ? text : printable(text.normalize('NFC')).replace(UNSTEADY, '?');
}

/** How many columns a text that went through `shown` takes. */
export function textWidth(text: string): number {
  if (ASCII_ONLY.test(text)) return text.length;
  let width = 0;
  for (const character of text) width += WIDE.test(character) ? 2 : 1;
  return width;
}

/** The text cut to at most `width` columns; what is cut ends in an ellipsis. */
export function clip(text: string, width: number): string {
  if (textWidth(text) <= width) return text;
  if (width <= 0) return '';
  let taken = '';
  let used = 1;
  for (const character of text) {
    used += textWidth(character);
    if (used > width) break;
    taken += character;
  }
  return `${taken}…`;
}

/** The text in exactly `width` columns. */
export function fit(text: string, width: number, align: 'left' | 'right' = 'left'): string {
  const clipped = clip(text, width);
  const space = ' '.repeat(Math.max(0, width - textWidth(clipped)));
  return align === 'left' ? clipped + space : space + clipped;
}

export function lineWidth(line: Line): number {
  return line.reduce((width, { text }) => width + textWidth(text), 0);
}

/** The line in exactly `width` columns. */
export function fitLine(line: Line, width: number): Line {
  const fitted: Span[] = [];
  let left = width;
  for (const { text, tone } of line) {
    if (left <= 0) break;
    const clipped = clip(text, left);
    fitted.push({ text: clipped, tone });
    left -= textWidth(clipped);
  }
  return left > 0 ? [...fitted, span(' '.repeat(left))] : fitted;
}

/** The text broken at blanks into lines of at most `width` columns; what has no blank is cut. */
export function wrapText(text: string, width: number): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    const longer = line === '' ? word : `${line} ${word}`;
    if (textWidth(longer) <= width || line === '') {
      line = longer;
      continue;
    }
    lines.push(clip(line, width));
    line = word;
  }
  return [...lines, clip(line, width)];
}

/** The same text in lines of one tone. */
export function paragraph(text: string, width: number, tone: Tone = 'plain'): Line[] {
  return wrapText(text, width).map((line) => [span(line, tone)]);
}
