import type { ClientRequest } from 'node:http';
import type { Socket } from 'node:net';

import type { Clock, Timer } from '../../../../ports/clock.ts';
import { closeFrame, pingFrame, pongFrame, textFrame } from './client-frames.ts';
import { CLOSE_CODE, FrameReader } from './frame-reader.ts';
import type { Bytes, FrameSink } from './frame-reader.ts';
import { openHandshake } from './handshake.ts';

/** A whole message of all tickers is half a megabyte; nothing on a market stream is longer. */
const MAX_MESSAGE_BYTES = 4 * 1024 * 1024;
const HANDSHAKE_TIMEOUT_MS = 10_000;
/** How long the server may take to close after our goodbye. */
const CLOSE_TIMEOUT_MS = 2_000;

/** What happens on a connection. After `closed`, which comes once, nothing comes. */
export interface WebSocketEvents {
  opened(): void;
  /** A chunk of so many bytes has come; its messages follow before the next one. */
  received(bytes: number): void;
  /** See FrameSink. */
  take(bytes: Bytes, start: number, end: number): boolean;
  text(message: string): void;
  /** Answered with a pong already. */
  pinged(): void;
  closed(cause: string): void;
}

/**
 * The client's end of a WebSocket connection to a market stream. Messages are read where they lie in the chunks of the
 * socket; see FrameReader.
 */
export class WebSocketClient {
  readonly #events: WebSocketEvents;
  readonly #clock: Clock;
  readonly #reader: FrameReader;
  readonly #request: ClientRequest;
  #socket: Socket | null = null;
  #deadline: Timer;
  #state: 'opening' | 'open' | 'closed' = 'opening';

  /** Begins to connect at once. @param url `ws:` or `wss:` */
  constructor(url: URL, events: WebSocketEvents, clock: Clock) {
    this.#events = events;
    this.#clock = clock;
    this.#reader = new FrameReader(this.#frames(), MAX_MESSAGE_BYTES);
    this.#deadline = clock.setTimer(HANDSHAKE_TIMEOUT_MS, () => this.#end('the handshake took too long', null));
    this.#request = openHandshake(url, {
      upgraded: (socket) => this.#upgraded(socket),
      received: (bytes) => this.#received(bytes),
      failed: (cause) => this.#end(cause, null),
    });
  }

  /** Sends a text message. What is sent to a connection that is not open vanishes. */
  send(message: string): void {
    if (this.#state === 'open') this.#socket?.write(textFrame(message));
  }

  /** Asks the server for a sign of life: it answers with a pong. */
  ping(): void {
    if (this.#state === 'open') this.#socket?.write(pingFrame());
  }

  /** Says goodbye to the server. No event comes after it. */
  close(): void {
    this.#leave(CLOSE_CODE.normal);
  }

  /** Drops the connection without a word, because the other side does not seem to hear any. No event comes after it. */
  destroy(): void {
    this.#leave(null);
  }

  #upgraded(socket: Socket): void {
    this.#deadline.cancel();
    this.#state = 'open';
    this.#socket = socket;
    socket.setNoDelay(true);
    socket.on('error', (error) => this.#end(error.message, null));
    socket.on('end', () => this.#end('the connection was cut', null));
    socket.on('close', () => this.#end('the connection was cut', null));
    socket.resume();
    this.#events.opened();
  }

  #received(bytes: Bytes): void {
    if (this.#state !== 'open') return;
    this.#events.received(bytes.length);
    this.#reader.push(bytes);
  }

  #frames(): FrameSink {
    const events = this.#events;
    return {
      take: (bytes, start, end) => events.take(bytes, start, end),
      text: (message) => events.text(message),
      // Market streams send text alone; what else comes has nothing to say.
      binary: () => undefined,
      pong: () => undefined,
      ping: (payload) => {
        this.#socket?.write(pongFrame(payload));
        events.pinged();
      },
      close: (code, reason) => {
        const cause = `closed by the server with ${code}${reason === '' ? '' : ` (${reason})`}`;
        this.#end(cause, code === CLOSE_CODE.noCode ? CLOSE_CODE.normal : code);
      },
      fail: (code, problem) => this.#end(`the server broke the WebSocket protocol: ${problem}`, code),
    };
  }

  /** The end that was not ours. @param code what to say goodbye with; null for nothing */
  #end(cause: string, code: number | null): void {
    if (this.#state === 'closed') return;
    this.#leave(code);
    this.#events.closed(cause);
  }

  #leave(code: number | null): void {
    const socket = this.#socket;
    this.#state = 'closed';
    this.#deadline.cancel();
    this.#reader.stop();
    this.#request.destroy();
    if (socket === null || socket.destroyed) return;
    if (code === null) {
      socket.destroy();
      return;
    }
    socket.end(closeFrame(code));
    const patience = this.#clock.setTimer(CLOSE_TIMEOUT_MS, () => socket.destroy());
    socket.once('close', () => patience.cancel());
  }
}
