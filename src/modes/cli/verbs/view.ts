import { createSystemClock } from '../../../adapters/clock/system/clock.ts';

/** What stdout is like. */
export interface View {
  /** Columns of the terminal; Infinity where there is none. */
  readonly width: number;
  readonly color: boolean;
  /** Milliseconds UTC, to shorten times of today. */
  readonly now: number;
}

/** @param mayColor what the configuration says of colours */
export function viewOf(mayColor: boolean): View {
  const { isTTY, columns } = process.stdout;
  return { width: isTTY ? columns : Infinity, color: isTTY && mayColor, now: createSystemClock().now() };
}

export type Tone = 'good' | 'bad' | 'quiet' | 'plain';

const CODES = { good: '32', bad: '31', quiet: '2' } as const;

/** The text in a colour, where there are colours. */
export function toned(text: string, tone: Tone, { color }: Pick<View, 'color'>): string {
  return color && tone !== 'plain' ? `\u001b[${CODES[tone]}m${text}\u001b[0m` : text;
}
