import { constants } from 'node:fs';
import { mkdir, open } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';

import { AitraderError, describeFailure } from '../../domain/errors.ts';
import { SECOND_MS } from '../../domain/time.ts';
import type { Clock, Timer } from '../../ports/clock.ts';

/** What is lost at most when the process is killed. */
const FLUSH_EVERY_MS = SECOND_MS;
/** A block is written at once when it has grown to this. */
const BLOCK_CHARACTERS = 1024 * 1024;
/** Lines that wait for the disk; what comes beyond it is dropped and counted. */
const MAX_HELD_CHARACTERS = 64 * BLOCK_CHARACTERS;

const compress = promisify(gzip);

export interface TapeWriterOptions {
  readonly folder: string;
  /** Path of a file inside the folder, by its number from 1 on. */
  readonly fileName: (number: number) => string;
  /** First line of every file, with its line end. */
  readonly header: string;
  /** A file that has grown to so many bytes is followed by another. */
  readonly rotateBytes: number;
  readonly clock: Clock;
  /** The tape cannot be written any more: what is added from here on is dropped. */
  readonly onFailed: (failure: AitraderError) => void;
}

export interface TapeCounts {
  readonly files: readonly string[];
  readonly lines: number;
  /** Lines that found no room, or came after a failure. */
  readonly dropped: number;
  /** On the disk, compressed. */
  readonly bytes: number;
}

/**
 * Writes lines into gzip files, a block at a time: each block is a complete gzip member, forced to the disk before the next
 * one is begun. However the writer ends, all blocks before the last can be read, and of that one as much as is there.
 */
export class TapeWriter {
  readonly #options: TapeWriterOptions;
  readonly #files: string[] = [];
  #file: FileHandle | null = null;
  #fileBytes = 0;
  #waiting: string[] = [];
  #waitingCharacters = 0;
  #writingCharacters = 0;
  #writing: Promise<void> | null = null;
  #timer: Timer | null = null;
  #lines = 0;
  #dropped = 0;
  #bytes = 0;
  #state: 'open' | 'failed' | 'closed' = 'open';

  private constructor(options: TapeWriterOptions) {
    this.#options = options;
  }

  /**
   * Begins the first file; the folder is made if it is not there.
   * @throws AitraderError `TAPE_UNWRITABLE`
   */
  static async open(options: TapeWriterOptions): Promise<TapeWriter> {
    const writer = new TapeWriter(options);
    try {
      await mkdir(options.folder, { recursive: true });
      await writer.#beginFile();
    } catch (failure) {
      throw writer.#unwritable(failure);
    }
    writer.#planFlush();
    return writer;
  }

  get counts(): TapeCounts {
    return { files: this.#files, lines: this.#lines, dropped: this.#dropped, bytes: this.#bytes };
  }

  /** Takes a line with its line end. It is on the disk a second later, unless the disk is slow. */
  add(line: string): void {
    const hasRoom = this.#waitingCharacters + this.#writingCharacters + line.length <= MAX_HELD_CHARACTERS;
    if (this.#state !== 'open' || !hasRoom) {
      this.#dropped += 1;
      return;
    }
    this.#waiting.push(line);
    this.#waitingCharacters += line.length;
    if (this.#waitingCharacters >= BLOCK_CHARACTERS) this.#flush();
  }

  /** Writes what waits and ends the file. */
  async close(): Promise<void> {
    this.#timer?.cancel();
    while (this.#writing !== null || (this.#waiting.length > 0 && this.#state === 'open')) {
      this.#flush();
      await this.#writing;
    }
    this.#state = 'closed';
    await this.#file?.close();
    this.#file = null;
  }

  #planFlush(): void {
    this.#timer = this.#options.clock.setTimer(FLUSH_EVERY_MS, () => {
      this.#planFlush();
      this.#flush();
    });
  }

  /** Begins to write what waits, unless a block is being written. */
  #flush(): void {
    if (this.#writing !== null || this.#waiting.length === 0 || this.#state !== 'open') return;
    const lines = this.#waiting;
    this.#writingCharacters = this.#waitingCharacters;
    this.#waiting = [];
    this.#waitingCharacters = 0;
    this.#writing = this.#write(lines).then(
      () => this.#goOn(),
      (failure: unknown) => this.#fail(failure, lines.length),
    );
  }

  #goOn(): void {
    this.#writing = null;
    this.#writingCharacters = 0;
    if (this.#waitingCharacters >= BLOCK_CHARACTERS) this.#flush();
  }

  #fail(failure: unknown, lost: number): void {
    this.#state = 'failed';
    this.#writing = null;
    this.#writingCharacters = 0;
    this.#dropped += lost + this.#waiting.length;
    this.#waiting = [];
    this.#timer?.cancel();
    this.#options.onFailed(this.#unwritable(failure));
  }

  async #write(lines: readonly string[]): Promise<void> {
    if (this.#fileBytes >= this.#options.rotateBytes) {
      await this.#file?.close();
      await this.#beginFile();
    }
    await this.#append(lines.join(''));
    this.#lines += lines.length;
  }

  async #beginFile(): Promise<void> {
    const path = join(this.#options.folder, this.#options.fileName(this.#files.length + 1));
    const { O_WRONLY, O_CREAT, O_EXCL } = constants;
    this.#file = await open(path, O_WRONLY | O_CREAT | O_EXCL);
    this.#files.push(path);
    this.#fileBytes = 0;
    await this.#append(this.#options.header);
  }

  async #append(text: string): Promise<void> {
    const bytes = await compress(text);
    await this.#file?.appendFile(bytes);
    await this.#file?.datasync();
    this.#fileBytes += bytes.length;
    this.#bytes += bytes.length;
  }

  #unwritable(cause: unknown): AitraderError {
    const path = this.#files.at(-1) ?? this.#options.folder;
    return new AitraderError('TAPE_UNWRITABLE', { path, problem: describeFailure(cause) }, { cause });
  }
}
