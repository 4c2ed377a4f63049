import { open, realpath, stat } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';

import { createPrettifier } from '../../../adapters/logger/pino/pretty.ts';
import { AitraderError } from '../../../domain/errors.ts';
import { printable } from '../../../lib/printable.ts';
import { EXIT } from '../exit-code.ts';
import { placeOf } from './place.ts';
import type { VerbOptions } from './run-options.ts';
import { untilInterrupted } from './until-interrupted.ts';
import { viewOf } from './view.ts';

export interface LogsOptions extends VerbOptions {
  /** How many of the last lines. */
  readonly lines: number;
}

const BETWEEN_LOOKS_MS = 200;
/** The log files are 10 MB long; only their end is read. */
const TAIL_BYTES = 4 * 1024 * 1024;
const READ_BYTES = 64 * 1024;

/** Always links to the file that is being written. */
function currentLog(dataDir: string): string {
  return join(dataDir, 'logs', 'current.log');
}

/** A line of the log for people; one that is no JSON (cut off by a crash) as it is. */
function prettyLine(pretty: (line: string) => string): (line: string) => string {
  return (line) => {
    try {
      return pretty(line);
    } catch {
      return `${printable(line)}\n`;
    }
  };
}

/** The lines as one JSON value for programs: those that are no JSON as text. */
function asJson(line: string): unknown {
  try {
    return JSON.parse(line) as unknown;
  } catch {
    return line;
  }
}

/** Reads what is appended to the file that is current, and goes on with the next one when that changes. */
class LogReader {
  readonly #link: string;
  #path: string;
  #file: FileHandle;
  #position: number;
  #rest: Buffer = Buffer.alloc(0);

  private constructor(link: string, current: { readonly path: string; readonly file: FileHandle }, position: number) {
    this.#link = link;
    this.#path = current.path;
    this.#file = current.file;
    this.#position = position;
  }

  /** @param position where to begin in the file that is current now */
  static async open(link: string, position: number): Promise<LogReader> {
    const path = await realpath(link);
    return new LogReader(link, { path, file: await open(path) }, position);
  }

  /** Whole lines that are there by now. */
  async lines(): Promise<readonly string[]> {
    const now = await realpath(this.#link).catch(() => this.#path);
    const lines = await this.#appended();
    if (now === this.#path) return lines;
    await this.#file.close();
    this.#path = now;
    this.#file = await open(now);
    this.#position = 0;
    this.#rest = Buffer.alloc(0);
    return [...lines, ...(await this.#appended())];
  }

  close(): Promise<void> {
    return this.#file.close();
  }

  async #appended(): Promise<string[]> {
    const bytes = [this.#rest];
    for (;;) {
      const { bytesRead, buffer } = await this.#file.read(Buffer.alloc(READ_BYTES), 0, READ_BYTES, this.#position);
      if (bytesRead === 0) break;
      this.#position += bytesRead;
      bytes.push(buffer.subarray(0, bytesRead));
    }
    const all = Buffer.concat(bytes);
    const end = all.lastIndexOf('\n') + 1;
    this.#rest = all.subarray(end);
    return end === 0 ? [] : all.toString('utf8', 0, end - 1).split('\n');
  }
}

/** @throws AitraderError `NOT_FOUND` when no log was ever written */
async function openLog(link: string): Promise<{ readonly reader: LogReader; readonly lines: readonly string[] }> {
  const { size } = await stat(link).catch(() => {
    throw new AitraderError('NOT_FOUND', { what: 'log', given: link, remedy: 'It begins with the first start.' });
  });
  const from = Math.max(0, size - TAIL_BYTES);
  const reader = await LogReader.open(link, from);
  const lines = await reader.lines();
  return { reader, lines: from === 0 ? lines : lines.slice(1) };
}

/**
 * Prints the end of the log, and with `--follow` what is added to it.
 * @returns the exit code
 */
export async function printLogs({ lines: count, follow, json, ...options }: LogsOptions): Promise<number> {
  const { config, dataDir } = placeOf(options);
  const pretty = prettyLine(createPrettifier(viewOf(config.display.color).color));
  const { reader, lines } = await openLog(currentLog(dataDir));
  const last = count === 0 ? [] : lines.slice(-count);
  const show = (line: string): void => {
    if (line !== '')
      process.stdout.write(json === true ? `${printable(JSON.stringify(asJson(line)))}\n` : pretty(line));
  };
  try {
    if (follow !== true) {
      if (json === true) process.stdout.write(`${printable(JSON.stringify(last.filter(Boolean).map(asJson)))}\n`);
      else last.forEach(show);
      return EXIT.done;
    }
    last.forEach(show);
    const stopped = new AbortController();
    return await untilInterrupted(
      () => stopped.abort(),
      async () => {
        for (;;) {
          await wait(BETWEEN_LOOKS_MS, null, { signal: stopped.signal });
          (await reader.lines()).forEach(show);
        }
      },
    );
  } finally {
    await reader.close();
  }
}
