import { mkdir, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { describeFailure } from '../../domain/errors.ts';
import { createRedactor } from '../../lib/redaction.ts';
import type { Secret } from '../../lib/secret.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Logger } from '../../ports/logger.ts';

/** Older dumps than the last so many are removed. */
const DUMPS_KEPT = 5;
const DUMP_FILE = /^state-[\dTZ]+\.json$/;

export interface StateDumpOptions {
  readonly dataDir: string;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Values that must not get into the file, whatever part holds them. */
  readonly secrets: () => readonly Secret[];
}

/**
 * Writes what the program holds at this moment to a file `dumps/state-TIME.json` in the data folder, for people who look for a
 * fault. The parts of the program say what of theirs belongs in it.
 */
export class StateDump {
  readonly #options: StateDumpOptions;
  readonly #parts = new Map<string, () => unknown>();
  #lastWrite: Promise<void> = Promise.resolve();

  constructor(options: StateDumpOptions) {
    this.#options = options;
  }

  /** @param read gives the part at the moment of a dump; what it throws takes the part's place */
  add(name: string, read: () => unknown): void {
    this.#parts.set(name, read);
  }

  /** Takes the state now and writes it beside the program's work. A failure is logged, nothing more. */
  write(): Promise<void> {
    const { clock, logger } = this.#options;
    const text = this.#text();
    this.#lastWrite = this.#lastWrite
      .then(() => this.#store(text, clock.now()))
      .then((path) => logger.info(`the state was written to ${path}`))
      .catch((error: unknown) => logger.error(`the state could not be written: ${describeFailure(error)}`));
    return this.#lastWrite;
  }

  #text(): string {
    const parts = [...this.#parts].map(([name, read]) => [name, attempt(read)] as const);
    const redactor = createRedactor(this.#options.secrets().map((secret) => secret.reveal()));
    return redactor.redact(`${JSON.stringify(Object.fromEntries(parts), readable, 2)}\n`);
  }

  async #store(text: string, at: number): Promise<string> {
    const folder = join(this.#options.dataDir, 'dumps');
    await mkdir(folder, { recursive: true, mode: 0o700 });
    const name = `state-${new Date(at).toISOString().replace(/[-:.]/g, '')}.json`;
    const path = join(folder, name);
    // Whoever waits for the file finds it whole.
    await writeFile(`${path}.part`, text, { mode: 0o600 });
    await rename(`${path}.part`, path);
    const old = (await readdir(folder)).filter((each) => DUMP_FILE.test(each)).sort();
    for (const each of old.slice(0, -DUMPS_KEPT)) await rm(join(folder, each), { force: true });
    return path;
  }
}

function attempt(read: () => unknown): unknown {
  try {
    return read();
  } catch (failure) {
    return { failed: describeFailure(failure) };
  }
}

/** Numbers that JSON does not know, and collections, as people read them. */
function readable(_key: string, value: unknown): unknown {
  if (typeof value === 'number' && !Number.isFinite(value)) return String(value);
  if (typeof value === 'bigint') return String(value);
  if (value instanceof Map || value instanceof Set) return [...(value as Iterable<unknown>)];
  return value;
}
