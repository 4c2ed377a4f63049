import { printable } from '../../../lib/printable.ts';
import { toAscii } from './ascii.ts';
import type { Line } from './line.ts';
import type { Look } from './theme.ts';

const RESET = '\u001b[0m';

/** The line as the terminal takes it. */
export function paint(line: Line, { ascii, begins }: Look): string {
  let painted = '';
  for (let at = 0; at < line.length; at += 1) {
    const first = line[at];
    if (first === undefined) break;
    let { text } = first;
    // Neighbours of one tone are written as one.
    while (line[at + 1]?.tone === first.tone) text += line[(at += 1)]?.text ?? '';
    const begin = begins[first.tone];
    // Cells escape what comes from outside where it comes in; nothing that was forgotten there may reach the terminal.
    const written = ascii ? toAscii(text) : printable(text);
    painted += begin === '' ? written : `${begin}${written}${RESET}`;
  }
  return painted;
}
