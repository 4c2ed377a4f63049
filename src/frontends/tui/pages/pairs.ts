import type { Line, Span } from '../style/line.ts';
import { span } from '../style/line.ts';
import { fit, wrapText } from '../style/text.ts';

const NAME_WIDTH = 14;

/** A name and what is said of it; a text is broken into as many lines as it needs. */
export type Pair = readonly [string, Span | string];

/** @param width of the screen */
export function pairLines(pairs: readonly Pair[], width: number): Line[] {
  return pairs.flatMap(([name, value]) => {
    const { text, tone } = typeof value === 'string' ? span(value) : value;
    return wrapText(text, Math.max(10, width - NAME_WIDTH - 2)).map((line, at): Line => {
      const label = span(` ${fit(at === 0 ? name : '', NAME_WIDTH)} `, 'dim');
      return [label, span(line, tone)];
    });
  });
}

export function headline(text: string): Line {
  return [span(` ${text}`, 'strong')];
}
