import { once } from 'node:events';
import { connect } from 'node:net';
import type { Socket } from 'node:net';
import { createInterface } from 'node:readline';

/** A raw peer of the control socket. */
export class Peer {
  readonly socket: Socket;
  readonly closed: Promise<unknown>;
  readonly #lines: AsyncIterator<string>;

  private constructor(socket: Socket) {
    this.socket = socket;
    this.closed = new Promise((resolve) => socket.once('close', resolve));
    socket.on('error', () => undefined);
    this.#lines = createInterface(socket)[Symbol.asyncIterator]();
  }

  static async at(path: string): Promise<Peer> {
    const socket = connect(path);
    await once(socket, 'connect');
    return new Peer(socket);
  }

  say(text: string): void {
    this.socket.write(text);
  }

  ask(verb: string, args: object = {}, more: object = {}): void {
    this.say(`${JSON.stringify({ id: verb, verb, args, ...more })}\n`);
  }

  /** The next line that comes, null when no more does. */
  async hears(): Promise<Reply | null> {
    const line = await this.#lines.next();
    return line.done === true ? null : (JSON.parse(line.value) as Reply);
  }

  /** The answer to one question. */
  async told(verb: string, args: object = {}): Promise<Reply> {
    this.ask(verb, args);
    const reply = await this.hears();
    if (reply === null) throw new Error(`hung up on ${verb}`);
    return reply;
  }
}

/** Whatever may come, loosely: tests look at it closely. */
export interface Reply {
  readonly id: unknown;
  readonly ok?: unknown;
  readonly next?: Readonly<Record<string, unknown>>;
  readonly error?: { readonly code: string; readonly message: string; readonly hint: string };
}
