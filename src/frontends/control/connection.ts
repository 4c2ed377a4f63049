import type { Socket } from 'node:net';

import { AitraderError } from '../../domain/errors.ts';
import type { Clock, Timer } from '../../ports/clock.ts';
import type { Logger } from '../../ports/logger.ts';
import type { Desk } from '../shared/desk.ts';
import { errorJson, readRequest } from './protocol.ts';
import type { ControlReply, ControlRequest } from './protocol.ts';
import { verbNamed } from '../shared/verbs/catalogue.ts';
import type { Followed, VerbCall } from '../shared/verbs/verb.ts';

/** Bounds of the control socket. */
export interface ControlLimits {
  readonly maxConnections: number;
  /** The longest line that is taken. */
  readonly maxRequestBytes: number;
  /** What may wait unread for one connection; a reader that lets more pile up is cut off. One answer may be longer. */
  readonly maxUnreadBytes: number;
  /** How long a connection may be without a whole request, and an answer without being read. */
  readonly idleMs: number;
  /** The wait between two looks at what is followed. */
  readonly followMs: number;
}

export interface ConnectionTerms {
  readonly desk: Desk;
  /** Of the wall, also where the engine's clock runs faster. */
  readonly clock: Clock;
  readonly logger: Logger;
  readonly limits: ControlLimits;
}

const NEWLINE = 0x0a;

/** One peer of the control socket. Its requests are handled one after the other; while one is, no more is read. */
export class Connection {
  readonly #socket: Socket;
  readonly #terms: ConnectionTerms;
  #received = Buffer.alloc(0);
  #isBusy = false;
  #isFollowing = false;
  #hasEnded = false;
  #isLeaving = false;
  #timer: Timer | null = null;

  constructor(socket: Socket, terms: ConnectionTerms) {
    this.#socket = socket;
    this.#terms = terms;
    socket.on('data', (bytes) => this.#take(bytes));
    socket.on('end', () => this.#peerEnded());
    socket.on('drain', () => this.#watchIdle());
    // A peer that is gone is no event: closing follows.
    socket.on('error', () => undefined);
    socket.on('close', () => this.#closed());
    this.#watchIdle();
  }

  /** Lets the answer under way go out, then closes. */
  close(): void {
    this.#isLeaving = true;
    if (!this.#isBusy || this.#isFollowing) this.#socket.destroySoon();
    this.#isFollowing = false;
  }

  /** Closes at once. */
  cut(): void {
    this.#socket.destroy();
  }

  #closed(): void {
    this.#isFollowing = false;
    this.#hasEnded = true;
    this.#timer?.cancel();
  }

  #watchIdle(): void {
    this.#timer?.cancel();
    const isOver = this.#isFollowing || this.#socket.destroyed;
    this.#timer = isOver ? null : this.#terms.clock.setTimer(this.#terms.limits.idleMs, () => this.#idle());
  }

  #idle(): void {
    if (this.#isBusy) return;
    if (this.#received.length > 0) this.#refuse('it does not come to an end');
    else this.cut();
  }

  #take(bytes: Buffer): void {
    // Who follows has nothing more to say, and who is being sent away is not heard.
    if (this.#isFollowing || this.#isLeaving) return;
    const { maxRequestBytes } = this.#terms.limits;
    this.#received = Buffer.concat([this.#received, bytes]);
    const firstEnd = this.#received.indexOf(NEWLINE);
    const firstLength = firstEnd === -1 ? this.#received.length : firstEnd;
    if (firstLength > maxRequestBytes) this.#refuse(`it has more than ${maxRequestBytes} bytes`);
    else this.#goOn();
  }

  #peerEnded(): void {
    this.#hasEnded = true;
    if (this.#isFollowing) this.close();
    else this.#goOn();
  }

  /** A fault of ours must end this connection alone, never the process that trades. */
  #goOn(): void {
    this.#next().catch((error: unknown) => {
      this.#terms.logger.error('a connection of the control socket failed', { error });
      this.cut();
    });
  }

  /** Handles the next whole line, if there is one and nothing else is being done. */
  async #next(): Promise<void> {
    if (this.#isBusy || this.#socket.destroyed) return;
    const end = this.#received.indexOf(NEWLINE);
    if (end === -1) {
      if (this.#hasEnded && this.#received.length > 0) this.#refuse('its line has no end');
      else if (this.#hasEnded) this.close();
      return;
    }
    const line = this.#received.subarray(0, end).toString('utf8');
    this.#received = this.#received.subarray(end + 1);
    this.#isBusy = true;
    this.#socket.pause();
    await this.#answer(line);
    this.#isBusy = false;
    if (this.#isLeaving) return this.close();
    this.#watchIdle();
    this.#socket.resume();
    this.#goOn();
  }

  async #answer(line: string): Promise<void> {
    let id: ControlRequest['id'] | null = null;
    try {
      const request = readRequest(line);
      id = request.id;
      const call = this.#callOf(request);
      if (request.follow) await this.#follow(id, this.#followed(request, call));
      else this.#send({ id, ok: await call.run(this.#terms.desk) });
    } catch (failure) {
      if (!(failure instanceof AitraderError)) {
        this.#terms.logger.error('a request over the control socket failed', { error: failure });
      }
      this.#send({ id, error: errorJson(failure) });
    }
  }

  #callOf({ verb: name, args }: ControlRequest): VerbCall {
    const verb = verbNamed(name);
    const call = verb.call(args);
    if (verb.kind !== 'looks') this.#terms.logger.info(`${name} was asked for over the control socket`);
    return call;
  }

  #followed({ verb }: ControlRequest, { followed }: VerbCall): Followed {
    if (followed !== null) return followed;
    throw new AitraderError('CONTROL_REQUEST_REFUSED', {
      problem: `${verb} cannot be followed`,
      remedy: 'Ask for it again whenever it is wanted.',
    });
  }

  /** Tells what is there, then what has changed, until the peer hangs up. */
  async #follow(id: ControlRequest['id'], { first, next }: Followed): Promise<void> {
    const { desk } = this.#terms;
    if (this.#hasEnded) return this.close();
    this.#isFollowing = true;
    this.#timer?.cancel();
    // Hears when the peer hangs up.
    this.#socket.resume();
    try {
      let told = textsById(await next(desk));
      for (const entry of await first(desk)) this.#send({ id, next: entry });
      for (;;) {
        await this.#pause();
        if (!this.#isFollowing) return;
        const entries = await next(desk);
        const now = textsById(entries);
        for (const entry of entries) {
          if (told.get(idOf(entry)) !== now.get(idOf(entry))) this.#send({ id, next: entry });
        }
        told = now;
      }
    } finally {
      this.#isFollowing = false;
    }
  }

  /** Until the next look, or the peer is gone. */
  #pause(): Promise<void> {
    const { clock, limits } = this.#terms;
    const socket = this.#socket;
    if (socket.destroyed) return Promise.resolve();
    return new Promise((resolve) => {
      const timer = clock.setTimer(limits.followMs, done);
      function done(): void {
        timer.cancel();
        socket.off('close', done);
        resolve();
      }
      socket.once('close', done);
    });
  }

  #refuse(problem: string): void {
    const remedy = 'Send one line of JSON for each request, with a newline at its end.';
    this.#send({ id: null, error: errorJson(new AitraderError('CONTROL_REQUEST_REFUSED', { problem, remedy })) });
    this.#received = Buffer.alloc(0);
    this.close();
  }

  #send(reply: ControlReply): void {
    const { limits, logger } = this.#terms;
    if (this.#socket.destroyed) return;
    if (this.#socket.writableLength > limits.maxUnreadBytes) {
      logger.warn('a slow reader of the control socket was cut off', { unreadBytes: this.#socket.writableLength });
      this.cut();
      return;
    }
    this.#socket.write(`${JSON.stringify(reply)}\n`);
  }
}

function idOf(entry: object): unknown {
  return 'id' in entry ? entry.id : null;
}

function textsById(entries: readonly object[]): ReadonlyMap<unknown, string> {
  return new Map(entries.map((entry) => [idOf(entry), JSON.stringify(entry)]));
}
