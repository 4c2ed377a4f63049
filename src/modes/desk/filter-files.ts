import { createHash } from 'node:crypto';
import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';

import { describeFailure } from '../../domain/errors.ts';
import type { Filter } from '../../domain/filter.ts';
import { SECOND_MS } from '../../domain/time.ts';
import type { Engine } from '../../engine/engine.ts';
import type { Clock, Timer } from '../../ports/clock.ts';
import type { FilterSandbox } from '../../ports/filter-sandbox.ts';
import type { Logger } from '../../ports/logger.ts';
import { shippedFilters } from '../assets.ts';

/** How often the files are looked at. */
const LOOK_MS = 2 * SECOND_MS;

export interface FilterFilesParts {
  readonly engine: Engine;
  readonly sandbox: FilterSandbox;
  readonly clock: Clock;
  readonly logger: Logger;
  /** The user's filters folder. */
  readonly folder: string;
}

/**
 * Keeps filters at work in line with their files: a changed file is checked and takes the place of what runs; a broken one
 * leaves the version before at work, and the log says so.
 */
export class FilterFiles {
  readonly #parts: FilterFilesParts;
  /** What was seen of a file last, so that only changes are read. */
  readonly #seen = new Map<string, string>();
  #timer: Timer | null = null;
  #isStopped = false;

  constructor(parts: FilterFilesParts) {
    this.#parts = parts;
  }

  /** Looks at every file once, then again and again until `stop`. */
  async start(): Promise<void> {
    await this.#look();
    if (this.#isStopped) return;
    this.#timer = this.#parts.clock.setTimer(LOOK_MS, () => void this.start());
  }

  stop(): void {
    this.#isStopped = true;
    this.#timer?.cancel();
  }

  async #look(): Promise<void> {
    const { engine, logger } = this.#parts;
    try {
      for (const filter of engine.handle.filters()) await this.#compare(filter);
    } catch (failure) {
      logger.warn(`the filter files could not be looked at: ${describeFailure(failure)}`);
    }
  }

  async #compare(filter: Filter): Promise<void> {
    if (filter.origin === 'database') return;
    const folder = filter.origin === 'shipped' ? shippedFilters() : this.#parts.folder;
    const path = join(folder, `${filter.name}.js`);
    const file = await stat(path).catch(() => null);
    if (file === null) return;
    const seen = `${file.mtimeMs} ${file.size}`;
    if (this.#seen.get(path) === seen) return;
    this.#seen.set(path, seen);
    const source = await readFile(path, 'utf8');
    const sourceHash = createHash('sha256').update(source).digest('hex');
    if (sourceHash !== filter.sourceHash) await this.#replace({ ...filter, source, sourceHash });
  }

  async #replace(filter: Filter): Promise<void> {
    const { engine, sandbox, clock, logger } = this.#parts;
    const outcome = await sandbox.inspect(filter.source);
    if (!outcome.ok) {
      const { message, line } = outcome.fault;
      const place = line === null ? '' : ` in line ${line}`;
      logger.warn(`the changed filter ${filter.name} is broken${place}; the version before works on`, {
        fault: message,
      });
      return;
    }
    const put = await engine.putFilter({ ...filter, meta: outcome.meta, updatedAt: clock.now() });
    if (put.ok) logger.info(`the filter ${filter.name} has changed; its traders use the new version`);
    else logger.warn(`the filter ${filter.name} has changed, but: ${put.error.message}`);
  }
}
