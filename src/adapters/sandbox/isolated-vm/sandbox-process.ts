import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { readFileSync } from 'node:fs';
import type { Socket } from 'node:net';

import type { HostSetup } from './process/host.ts';
import { FrameReader } from './process/protocol.ts';
import type { FromSandbox } from './process/protocol.ts';

/** How a sandbox process is started. */
export interface SandboxCommand {
  readonly command: string;
  readonly args: readonly string[];
}

export interface ProcessEvents {
  ready(): void;
  answer(message: Extract<FromSandbox, { type: 'answer' }>, text: string): void;
  /** Once, whatever ended it. */
  ended(how: string): void;
}

/** The socket's place in the stdio of the child. */
const SOCKET = 3;
/** One time zone and language for every machine. Memory from one arena: isolates that are freed leave fewer holes in it. */
const ENVIRONMENT = { TZ: 'UTC', LC_ALL: 'C', MALLOC_ARENA_MAX: '1' };
/** What an answer may hold beside the results: plots of the nearest misses and figures around them. */
const ANSWER_MARGIN = 2 ** 18;
const PAGE_BYTES = 4_096;
/** How much of what the process wrote before it died is kept. */
const LAST_WORDS = 300;

/** A running sandbox process: frames in, answers out. It gets no environment, no files and no standard input or output. */
export class SandboxProcess {
  readonly #child: ChildProcess;
  readonly #socket: Socket;
  readonly ended: Promise<void>;
  #lastWords = '';

  constructor(command: SandboxCommand, setup: HostSetup & { readonly resultBytes: number }, events: ProcessEvents) {
    const { resultBytes, ...host } = setup;
    this.#child = spawn(command.command, [...command.args, JSON.stringify(host)], {
      stdio: ['ignore', 'ignore', 'pipe', 'pipe'],
      env: ENVIRONMENT,
      cwd: '/',
    });
    this.#socket = this.#child.stdio[SOCKET] as Socket;
    this.#child.stderr?.on('data', (chunk: Buffer) => {
      this.#lastWords = (this.#lastWords + chunk.toString()).slice(-LAST_WORDS);
    });
    const reader = new FrameReader<FromSandbox>(resultBytes + ANSWER_MARGIN);
    this.#socket.on('data', (chunk: Buffer) => {
      try {
        for (const { message, binary } of reader.push(chunk)) {
          if (message.type === 'ready') events.ready();
          else events.answer(message, Buffer.from(binary.buffer).toString());
        }
      } catch {
        // It does not keep to the protocol: nothing that it says counts any more.
        this.kill();
      }
    });
    // A write to a process that is just dying; its end is told by 'close'.
    this.#socket.on('error', () => undefined);
    this.ended = new Promise((resolve) => {
      const end = (how: string): void => {
        events.ended(how);
        resolve();
      };
      this.#child.once('error', (error) => end(error.message));
      this.#child.once('close', (code, signal) => end(`${signal ?? `exit code ${code}`} ${this.#lastWords}`.trim()));
    });
  }

  get pid(): number | undefined {
    return this.#child.pid;
  }

  write(frame: Buffer): void {
    if (!this.#socket.destroyed) this.#socket.write(frame);
  }

  /** Resident memory; null where the system does not tell. */
  residentBytes(): number | null {
    try {
      const [, pages] = readFileSync(`/proc/${this.#child.pid}/statm`, 'latin1').split(' ');
      return Number(pages) * PAGE_BYTES;
    } catch {
      return null;
    }
  }

  kill(): void {
    this.#child.kill('SIGKILL');
  }
}
