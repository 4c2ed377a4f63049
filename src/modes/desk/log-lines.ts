import type { LogLevel } from '../../ports/logger.ts';

/** A line of the program's log, as the screen and the API show it. */
export interface ShownLine {
  readonly at: number;
  readonly level: LogLevel;
  readonly source: string;
  readonly text: string;
}

/** Lines that are kept for a listener that is not there yet. */
const MOST_KEPT = 200;

/** The log for a screen or the API: keeps the first lines until somebody listens, then hands on each as it is written. */
export class LogLines {
  #kept: ShownLine[] = [];
  #listener: ((line: ShownLine) => void) | null = null;

  /** @param json a whole line as it is written to the log, secrets masked */
  write(json: string): void {
    if (this.#listener !== null) this.#listener(shownLine(json));
    else if (this.#kept.length < MOST_KEPT) this.#kept.push(shownLine(json));
  }

  /** What was written so far; later lines go to the listener. */
  listen(listener: (line: ShownLine) => void): readonly ShownLine[] {
    const kept = this.#kept;
    this.#kept = [];
    this.#listener = listener;
    return kept;
  }
}

function shownLine(json: string): ShownLine {
  const { time, level, part, msg } = JSON.parse(json) as { time: number; level: LogLevel; part?: string; msg: string };
  return { at: time, level, source: part ?? 'desk', text: msg };
}
