import { connect } from 'node:net';
import type { Socket } from 'node:net';

import { AitraderError } from '../../domain/errors.ts';
import type { Clock } from '../../ports/clock.ts';
import { controlSocketPath, errorFromJson } from './protocol.ts';
import type { ControlReply } from './protocol.ts';
import type { VerbName } from '../shared/verbs/catalogue.ts';

/** What is asked for. */
export interface Question {
  readonly verb: VerbName;
  readonly args: Readonly<Record<string, unknown>>;
}

export interface ClientOptions {
  readonly clock: Clock;
  /** How long an answer is waited for. */
  readonly timeoutMs: number;
}

/** An answer is a page at most; beyond this the other side is no aitrader. */
const MOST_ANSWER_BYTES = 256 * 1024 * 1024;

/** The running aitrader of a data folder, over its control socket. One question at a time. */
export class ControlClient {
  readonly #dataDir: string;
  readonly #socket: Socket;
  readonly #options: ClientOptions;

  private constructor(dataDir: string, socket: Socket, options: ClientOptions) {
    this.#dataDir = dataDir;
    this.#socket = socket;
    this.#options = options;
  }

  /**
   * @returns null when nothing runs there
   * @throws AitraderError `CONTROL_SOCKET_UNUSABLE`, for example because it belongs to another user
   */
  static async connect(dataDir: string, options: ClientOptions): Promise<ControlClient | null> {
    const path = controlSocketPath(dataDir);
    const socket = connect(path);
    const { promise, resolve, reject } = Promise.withResolvers<null>();
    socket.once('connect', () => resolve(null));
    socket.once('error', reject);
    try {
      await promise;
      // What goes wrong later shows where the answer is read.
      socket.on('error', () => undefined);
      return new ControlClient(dataDir, socket, options);
    } catch (failure) {
      const { code = '', message } = failure as NodeJS.ErrnoException;
      if (['ENOENT', 'ECONNREFUSED', 'ENOTDIR'].includes(code)) return null;
      const remedy = 'Give the data folder of your own aitrader: --data-dir DIR.';
      throw new AitraderError('CONTROL_SOCKET_UNUSABLE', { path, problem: message, remedy });
    }
  }

  /**
   * @throws AitraderError the other side's refusal; `CONTROL_UNREACHABLE` when no answer comes
   */
  async ask(question: Question): Promise<unknown> {
    const { clock, timeoutMs } = this.#options;
    const timer = clock.setTimer(timeoutMs, () => this.#socket.destroy(this.#unreachable('no answer came in time')));
    try {
      for await (const reply of this.#replies(question, false)) {
        if ('ok' in reply) return reply.ok;
      }
    } finally {
      timer.cancel();
      this.close();
    }
    throw this.#unreachable('it hung up before it answered');
  }

  /** What is there and every change of it, until `close` is called. */
  async *follow(question: Question): AsyncGenerator<unknown> {
    for await (const reply of this.#replies(question, true)) {
      if ('next' in reply) yield reply.next;
    }
  }

  close(): void {
    this.#socket.destroy();
  }

  #unreachable(problem: string): AitraderError {
    return new AitraderError('CONTROL_UNREACHABLE', { path: this.#dataDir, problem });
  }

  async *#replies(question: Question, follow: boolean): AsyncGenerator<ControlReply> {
    this.#socket.write(`${JSON.stringify({ id: 1, ...question, follow })}\n`);
    for await (const line of this.#lines()) {
      const reply = this.#readReply(line);
      if ('error' in reply) throw errorFromJson(reply.error, this.#dataDir);
      yield reply;
    }
  }

  async *#lines(): AsyncGenerator<string> {
    let rest: Buffer[] = [];
    let restBytes = 0;
    try {
      for await (const bytes of this.#socket as AsyncIterable<Buffer>) {
        let from = 0;
        for (let end = bytes.indexOf('\n'); end !== -1; end = bytes.indexOf('\n', from)) {
          yield Buffer.concat([...rest, bytes.subarray(from, end)]).toString('utf8');
          rest = [];
          from = end + 1;
        }
        const left = bytes.subarray(from);
        restBytes = left.length + (rest.length === 0 ? 0 : restBytes);
        if (restBytes > MOST_ANSWER_BYTES) throw this.#unreachable('its answer has no end');
        rest.push(left);
      }
    } catch (failure) {
      if (failure instanceof AitraderError) throw failure;
      if (!this.#socket.destroyed) throw this.#unreachable((failure as Error).message);
      // Hung up, by either side: there is nothing more to come.
    }
  }

  #readReply(line: string): ControlReply {
    try {
      return JSON.parse(line) as ControlReply;
    } catch {
      throw this.#unreachable('it answers in another language');
    }
  }
}
