import { write, writeSync } from 'node:fs';
import type { LineTarget } from './line-sink.ts';
import { waitBlocking } from './wait-blocking.ts';

/** A terminal or pipe in non-blocking mode that is full is asked again after so long. */
const BUSY_RETRY_MS = 20;
const MOST_BUSY_RETRIES = 25;

function isBusy(error: unknown): boolean {
  return (error as NodeJS.ErrnoException).code === 'EAGAIN';
}

/** @param fd stderr, or an open file in its place */
export function createStderrTarget(fd: number): LineTarget {
  let rest: Uint8Array = new Uint8Array();

  function writeRest(done: (error: Error | null) => void): void {
    if (rest.length === 0) return done(null);
    write(fd, rest, (error, written) => {
      if (error === null) {
        rest = rest.subarray(written);
        writeRest(done);
      } else if (isBusy(error)) {
        setTimeout(() => writeRest(done), BUSY_RETRY_MS);
      } else {
        done(error);
      }
    });
  }

  return {
    write(text, done) {
      rest = Buffer.concat([rest, Buffer.from(text)]);
      writeRest(done);
    },
    writeNow(text) {
      let left: Uint8Array = Buffer.from(text);
      for (let retries = 0; left.length > 0;) {
        try {
          left = left.subarray(writeSync(fd, left));
        } catch (error) {
          if (!isBusy(error) || retries === MOST_BUSY_RETRIES) throw error;
          retries += 1;
          waitBlocking(BUSY_RETRY_MS);
        }
      }
    },
    close: () => Promise.resolve(),
  };
}
