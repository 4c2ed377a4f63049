import type { Line, Tone } from '../style/line.ts';
import { span } from '../style/line.ts';
import { clip, fitLine, textWidth } from '../style/text.ts';

/** An area of the screen: so many lines, each of exactly the block's width. */
export type Block = readonly Line[];

export interface Size {
  readonly width: number;
  readonly height: number;
}

/** The lines in exactly this size: what is too much is cut, what lacks is blank. */
export function block(lines: readonly Line[], { width, height }: Size): Block {
  return Array.from({ length: height }, (_, at) => fitLine(lines[at] ?? [], width));
}

/** Blocks of equal height from left to right. */
export function beside(...blocks: readonly Block[]): Block {
  const [first = []] = blocks;
  return first.map((_, at) => blocks.flatMap((each) => each[at] ?? []));
}

export interface FrameTerms {
  readonly title: string;
  /** At the right of the upper edge. */
  readonly note: string;
  readonly isFocused: boolean;
}

/** The size inside a frame. */
export function insideFrame({ width, height }: Size): Size {
  return { width: Math.max(0, width - 2), height: Math.max(0, height - 2) };
}

/** The lines in a frame of this size, edges included. */
export function framed(lines: readonly Line[], terms: FrameTerms, size: Size): Block {
  const { width } = size;
  if (size.height < 2 || width < 4) return block([], size);
  const edge: Tone = terms.isFocused ? 'focus' : 'border';
  const title = clip(terms.title, width - 6);
  const room = width - 6 - textWidth(title);
  const note = textWidth(terms.note) + 2 <= room ? terms.note : '';
  const rest = room - (note === '' ? 0 : textWidth(note) + 2);
  const upper: Line = [
    span('╭─', edge),
    span(` ${title} `, terms.isFocused ? 'strong' : 'plain'),
    span('─'.repeat(rest), edge),
    ...(note === '' ? [] : [span(` ${note} `, 'dim')]),
    span('─╮', edge),
  ];
  const side = span('│', edge);
  const inner = block(lines, insideFrame(size)).map((line): Line => [side, ...line, side]);
  return [upper, ...inner, [span(`╰${'─'.repeat(width - 2)}╯`, edge)]];
}
