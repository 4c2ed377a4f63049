/** What a piece of text means; the theme says how it looks. Meaning never rests on the tone alone. */
export type Tone =
  | 'plain'
  | 'dim'
  | 'strong'
  | 'accent'
  /** A price that rose, a profit. */
  | 'up'
  /** A price that fell, a loss. */
  | 'down'
  | 'good'
  | 'warn'
  | 'bad'
  | 'border'
  /** The frame of the panel that has the keys. */
  | 'focus'
  /** The row that the keys act on: reversed. */
  | 'chosen'
  /** Must not be overlooked: reversed. */
  | 'alarm';

export interface Span {
  readonly text: string;
  readonly tone: Tone;
}

/** One row of the screen, left to right. */
export type Line = readonly Span[];

export function span(text: string, tone: Tone = 'plain'): Span {
  return { text, tone };
}

/** Signs carry the meaning; the tone repeats it. */
export function toneOfChange(change: number): Tone {
  if (change > 0) return 'up';
  return change < 0 ? 'down' : 'plain';
}
