import type { LogForm } from '../shared/wire/forms.ts';
import type { LogLine, LogSource } from './options.ts';

const MOST_LINES = 1_000;
/** Ids sort as text in the order of the lines. */
const ID_DIGITS = 12;

/** The newest lines of the log, numbered. */
export class LogWindow {
  #lines: LogForm[] = [];
  #count = 0;
  readonly #stop: () => void;

  constructor(source: LogSource) {
    for (const line of source.earlier) this.#add(line);
    this.#stop = source.listen((line) => this.#add(line));
  }

  close(): void {
    this.#stop();
  }

  /** Oldest first. */
  get lines(): readonly LogForm[] {
    return this.#lines;
  }

  /** Newest first. */
  page(limit: number, before: string | undefined): readonly LogForm[] {
    const older = before === undefined ? this.#lines : this.#lines.filter(({ id }) => id < before);
    return older.slice(-limit).toReversed();
  }

  #add({ at, level, source, text }: LogLine): void {
    this.#count += 1;
    const id = String(this.#count).padStart(ID_DIGITS, '0');
    this.#lines.push({ id, at, level, source, text });
    // In one go now and then: taking the first away each time moves all the others.
    if (this.#lines.length >= 2 * MOST_LINES) this.#lines = this.#lines.slice(-MOST_LINES);
  }
}
