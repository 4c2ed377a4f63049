import { once } from 'node:events';
import { chmodSync, closeSync, mkdirSync, openSync, unlinkSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import pinoRoll from 'pino-roll';
import type { LineTarget } from './line-sink.ts';

const OWNER_ONLY_FOLDER = 0o700;
const OWNER_ONLY_FILE = 0o600;

export interface LogFileOptions {
  readonly directory: string;
  /** A file that has reached this length is followed by the next one. */
  readonly fileBytes: number;
  /** How many files are kept, the current one and those of earlier runs included. */
  readonly files: number;
}

/** Finds out whether the folder takes files, before a stream is made whose failure nobody would hear. */
function proveWritable(directory: string): void {
  mkdirSync(directory, { recursive: true, mode: OWNER_ONLY_FOLDER });
  chmodSync(directory, OWNER_ONLY_FOLDER);
  const probe = join(directory, `.probe-${process.pid}`);
  closeSync(openSync(probe, 'w', OWNER_ONLY_FILE));
  unlinkSync(probe);
}

/**
 * Files `aitrader.1.log`, `aitrader.2.log` ... of which `current.log` always links to the newest; a new process goes on with
 * the last one. Readable by their owner alone.
 * @throws when the folder cannot be made or written to
 */
export async function openLogFiles({ directory, fileBytes, files }: LogFileOptions): Promise<LineTarget> {
  proveWritable(directory);
  const stream = await pinoRoll({
    file: join(directory, 'aitrader.log'),
    size: `${fileBytes}b`,
    limit: { count: files, removeOtherLogFiles: true },
    symlink: true,
    mode: OWNER_ONLY_FILE,
  });
  let callBack: ((error: Error | null) => void) | null = null;

  function settle(error: Error | null): void {
    const settled = callBack;
    callBack = null;
    settled?.(error);
  }

  await once(stream, 'ready');
  // Later than pino-roll's own listener, which may change files before the next batch is written.
  stream.on('drain', () => queueMicrotask(() => settle(null)));
  stream.on('error', (error: Error) => settle(error));

  return {
    write(text, done) {
      callBack = done;
      stream.write(text);
    },
    writeNow(text) {
      let left: Uint8Array = Buffer.from(text);
      while (left.length > 0) left = left.subarray(writeSync(stream.fd, left));
    },
    close() {
      return new Promise((resolve) => {
        stream.once('close', resolve);
        stream.once('error', resolve);
        stream.end();
      });
    },
  };
}
