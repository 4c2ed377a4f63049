import { accessSync, constants, existsSync, mkdirSync, statSync } from 'node:fs';
import { dirname } from 'node:path';

import { AitraderError, describeFailure } from '../../domain/errors.ts';
import { FolderLock } from './lock.ts';

/** The folder that this process alone works in, with everything that it keeps. */
export interface DataDir {
  readonly path: string;
  /** Lets another process have the folder. Once everything in it is closed. */
  release(): void;
}

/**
 * Makes the data folder if it is not there, for its owner alone, and takes it for this process. A folder that a process left
 * when it died is taken over. Permissions of a folder that is there are left as they are: it may hold other things.
 * @param path absolute
 * @param since when this process started, milliseconds UTC
 * @throws AitraderError `DATA_DIR_LOCKED` when another process has it, `DATA_DIR_UNUSABLE`
 */
export function openDataDir(path: string, since: number): DataDir {
  try {
    makeFolder(path);
    accessSync(path, constants.R_OK | constants.W_OK | constants.X_OK);
    const lock = FolderLock.take(path, since);
    return { path, release: () => lock.release() };
  } catch (cause) {
    if (cause instanceof AitraderError) throw cause;
    throw new AitraderError('DATA_DIR_UNUSABLE', { path, problem: problemOf(cause) }, { cause });
  }
}

/** `mkdir -p`. That of Node runs forever where a file system answers ENOENT below a folder that is there, as /proc does. */
function makeFolder(path: string): void {
  const parent = dirname(path);
  if (!existsSync(parent)) makeFolder(parent);
  try {
    mkdirSync(path, { mode: 0o700 });
  } catch (error) {
    // Somebody else made it, perhaps just now.
    const isFolder = statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;
    if (!isFolder) throw error;
  }
}

const PROBLEMS: Readonly<Record<string, string>> = {
  EACCES: 'permission denied',
  EPERM: 'permission denied',
  EEXIST: 'it is no folder',
  ENOTDIR: 'a part of the path is no folder',
  EROFS: 'the file system is read-only',
  ENOSPC: 'no space left',
};

function problemOf(cause: unknown): string {
  const { code = '' } = cause as NodeJS.ErrnoException;
  return PROBLEMS[code] ?? describeFailure(cause);
}
