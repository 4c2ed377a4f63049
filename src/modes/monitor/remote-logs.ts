import type { LiveConnection } from '../../frontends/client/client.ts';
import type { LogForm } from '../../frontends/shared/wire/forms.ts';
import type { LogLine } from '../../frontends/tui/options.ts';

/** A daemon keeps no more for its readers. */
const MOST_KEPT = 1_000;

/** The log of a daemon, line by line, each once: also over a lost connection, as far as the daemon still has the lines. */
export class RemoteLogs {
  readonly #seen = new Set<string>();
  #kept: LogLine[] = [];
  #listener: ((line: LogLine) => void) | null = null;

  constructor(live: LiveConnection) {
    live.subscribe('logs', {
      snapshot: (entries) => entries.forEach((entry) => this.#hear(entry)),
      changed: (entry) => this.#hear(entry),
      removed: () => undefined,
    });
  }

  /** What was written so far; later lines go to the listener. */
  take(listener: (line: LogLine) => void): readonly LogLine[] {
    const kept = this.#kept;
    this.#kept = [];
    this.#listener = listener;
    return kept;
  }

  #hear({ id, at, level, source, text }: LogForm): void {
    if (this.#seen.has(id)) return;
    this.#seen.add(id);
    if (this.#seen.size > 2 * MOST_KEPT) this.#forget();
    const line: LogLine = { at, level, source, text };
    if (this.#listener !== null) this.#listener(line);
    else this.#kept = [...this.#kept, line].slice(-MOST_KEPT);
  }

  #forget(): void {
    const [oldest] = this.#seen;
    if (oldest !== undefined) this.#seen.delete(oldest);
  }
}
