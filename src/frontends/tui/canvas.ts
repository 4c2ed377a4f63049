import type { WriteStream } from 'node:tty';

import type { Line, Span } from './style/line.ts';
import { paint } from './style/paint.ts';
import { textWidth } from './style/text.ts';
import type { Look } from './style/theme.ts';

/** Between the two a terminal shows nothing of what it takes in, so that nobody sees half a frame (mode 2026). */
const HOLD = '\u001b[?2026h';
const RELEASE = '\u001b[?2026l';
const HOME = '\u001b[H';
const ERASE_BELOW = '\u001b[J';

/** Spans side by side, from this column on, counted from 1. */
interface Run {
  readonly column: number;
  readonly spans: Span[];
}

/** What `after` shows and `before` did not, left to right. */
function changesOf(before: Line, after: Line): readonly Run[] {
  const runs: Run[] = [];
  let run: Run | null = null;
  let column = 1;
  // As long as the spans so far were as wide as these, those that follow begin in the same column.
  let isAligned = true;
  for (const [at, span] of after.entries()) {
    const was = before[at];
    const width = textWidth(span.text);
    if (isAligned && was?.text === span.text && was.tone === span.tone) {
      run = null;
    } else {
      if (run === null) runs.push((run = { column, spans: [] }));
      run.spans.push(span);
      isAligned &&= was !== undefined && textWidth(was.text) === width;
    }
    column += width;
  }
  return runs;
}

/**
 * Shows frames on the terminal; of each it writes only what the one before did not show. Ink could do it, too, but takes every
 * row apart into cells to measure them, which takes ten times as long as all the rest of a frame; these come laid out.
 */
export class Canvas {
  readonly #stdout: Pick<WriteStream, 'write'>;
  readonly #look: Look;
  /** What stands on the screen; null: nobody knows. */
  #shown: readonly Line[] | null = null;

  constructor(stdout: Pick<WriteStream, 'write'>, look: Look) {
    this.#stdout = stdout;
    this.#look = look;
  }

  /** @param lines from above, no more than the screen has rows, all of one width and no wider than the screen */
  show(lines: readonly Line[]): void {
    const shown = this.#shown?.length === lines.length ? this.#shown : null;
    const changes = lines.flatMap((line, row) =>
      changesOf(shown?.[row] ?? [], line).map(
        ({ column, spans }) => `\u001b[${row + 1};${column}H${paint(spans, this.#look)}`,
      ),
    );
    this.#shown = lines;
    if (changes.length === 0) return;
    const blank = shown === null ? HOME + ERASE_BELOW : '';
    // The cursor waits in the first row: what ink writes from there cannot make the screen scroll.
    this.#stdout.write(`${HOLD}${blank}${changes.join('')}${HOME}${RELEASE}`);
  }

  /** What stands on the screen is not to be trusted: the next frame is written whole. Needed whenever its width changes. */
  forget(): void {
    this.#shown = null;
  }
}
