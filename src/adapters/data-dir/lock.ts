import { linkSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { AitraderError } from '../../domain/errors.ts';
import { identityOf, isRunning } from './process-identity.ts';
import type { ProcessIdentity } from './process-identity.ts';

/** Who holds, or held, the folder. */
interface Holder extends ProcessIdentity {
  /** Milliseconds UTC. */
  readonly since: number;
  readonly released: boolean;
}

/**
 * The lock is the file `lock.N` with the highest N. Whoever finds its holder gone makes `lock.N+1`; making a file that must
 * not be there yet is something that only one of several can do. The highest file is never removed, only overwritten by its
 * own holder, so that N never falls and a slow starter cannot take a number that was used up in the meantime.
 */
const LOCK_FILE = /^lock\.(\d+)$/;

/** Every attempt but the last is lost to another starter that got further. */
const MAX_ATTEMPTS = 100;

function numbersIn(folder: string): readonly number[] {
  return readdirSync(folder)
    .map((name) => Number(LOCK_FILE.exec(name)?.[1] ?? 0))
    .filter((number) => number > 0);
}

/** @returns null when there is no such lock (any more), or nothing can be made of it: nobody holds it then */
function readHolder(file: string): Holder | null {
  try {
    const { pid, startedInBoot, since, released } = JSON.parse(readFileSync(file, 'utf8')) as Partial<Holder>;
    const isComplete = typeof since === 'number' && typeof released === 'boolean';
    if (pid === undefined || !Number.isSafeInteger(pid) || pid <= 0 || !isComplete) return null;
    return { pid, startedInBoot: startedInBoot ?? null, since, released };
  } catch {
    return null;
  }
}

export class FolderLock {
  readonly #file: string;
  readonly #holder: Holder;

  private constructor(file: string, holder: Holder) {
    this.#file = file;
    this.#holder = holder;
  }

  /**
   * Takes the lock of a folder for this process.
   * @param since milliseconds UTC, for whoever is turned away later
   * @throws AitraderError `DATA_DIR_LOCKED`; errors of the file system
   */
  static take(folder: string, since: number): FolderLock {
    const holder: Holder = { ...identityOf(process.pid), since, released: false };
    for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt += 1) {
      const newest = Math.max(0, ...numbersIn(folder));
      refuseIfHeld(folder, newest);
      const file = join(folder, `lock.${newest + 1}`);
      if (!make(file, holder)) continue;
      const numbers = numbersIn(folder);
      if (Math.max(...numbers) > newest + 1) {
        rmSync(file, { force: true });
        continue;
      }
      for (const old of numbers.filter((number) => number <= newest))
        rmSync(join(folder, `lock.${old}`), { force: true });
      return new FolderLock(file, holder);
    }
    throw new Error(`the lock changed hands ${MAX_ATTEMPTS} times`);
  }

  /** The process that has the folder now, null when nobody has. */
  static holder(folder: string): number | null {
    return holderOf(folder, Math.max(0, ...numbersIn(folder)))?.pid ?? null;
  }

  /** Lets the next process in. */
  release(): void {
    write(this.#file, { ...this.#holder, released: true });
  }
}

/** The running process that holds the lock of a number. */
function holderOf(folder: string, number: number): Holder | null {
  const holder = number === 0 ? null : readHolder(join(folder, `lock.${number}`));
  return holder === null || holder.released || !isRunning(holder) ? null : holder;
}

function refuseIfHeld(folder: string, number: number): void {
  const holder = holderOf(folder, number);
  if (holder === null) return;
  const { pid, since } = holder;
  throw new AitraderError('DATA_DIR_LOCKED', { path: folder, pid, since: new Date(since).toISOString() });
}

/** Writes the whole file at once under another name; what reads it never sees a part. */
function write(file: string, holder: Holder): void {
  const draft = `${file}.${holder.pid}`;
  writeFileSync(draft, `${JSON.stringify(holder)}\n`, { mode: 0o600 });
  renameSync(draft, file);
}

/** @returns false when the file is there already */
function make(file: string, holder: Holder): boolean {
  const draft = `${file}.${holder.pid}`;
  writeFileSync(draft, `${JSON.stringify(holder)}\n`, { mode: 0o600 });
  try {
    linkSync(draft, file);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  } finally {
    rmSync(draft, { force: true });
  }
}
