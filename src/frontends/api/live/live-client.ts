import type { Duplex } from 'node:stream';

import type { WebSocket } from '@fastify/websocket';

import type { ServerMessage } from '../../shared/wire/live.ts';
import type { ChannelRows } from './channel-rows.ts';
import { textFrame } from './frame.ts';

const NOTHING_SEEN = -1;

/** A channel as its readers see it. */
export interface ReadChannel {
  readonly rows: ChannelRows;
}

/** What a connection is made of. */
export interface LiveClientParts {
  readonly webSocket: WebSocket;
  /** The socket under the WebSocket: frames that many clients get are written to it as they are. */
  readonly stream: Duplex;
  readonly address: string;
  /** Beyond this nothing is written until the client has read. */
  readonly maxUnreadBytes: number;
}

/**
 * One WebSocket and what it was sent last of each channel. A client that does not read is left behind, and brought up to
 * date when it reads again: nothing is kept for it in the meantime.
 */
export class LiveClient {
  readonly webSocket: WebSocket;
  readonly address: string;
  /** Whether it subscribed to anything yet. */
  hears = false;
  readonly #stream: Duplex;
  readonly #maxUnreadBytes: number;
  readonly #seen = new Map<ReadChannel, number>();
  /** When it fell behind, by the monotonic clock; null: it is up to date. */
  #behindSince: number | null = null;
  #answeredPing = true;

  constructor({ webSocket, stream, address, maxUnreadBytes }: LiveClientParts) {
    this.webSocket = webSocket;
    this.address = address;
    this.#stream = stream;
    this.#maxUnreadBytes = maxUnreadBytes;
    webSocket.on('pong', () => (this.#answeredPing = true));
  }

  get isBehind(): boolean {
    return this.#behindSince !== null;
  }

  /** Begins with a snapshot. */
  start(channel: ReadChannel): void {
    this.#seen.set(channel, NOTHING_SEEN);
    this.#bringUpToDate(channel);
  }

  forget(channel: ReadChannel): void {
    this.#seen.delete(channel);
  }

  /** @param before the change that these frames follow */
  deliver(channel: ReadChannel, frames: Buffer, before: number): void {
    if (this.#seen.get(channel) !== before || !this.#hasRoom) this.#fallBehind();
    else if (this.#write(frames)) this.#seen.set(channel, channel.rows.seq);
  }

  /** Says something to this client alone. */
  say(message: ServerMessage): void {
    if (this.#hasRoom) this.#write(textFrame(JSON.stringify(message)));
  }

  /** Sends a frame that every client gets, unless it is behind. */
  tell(frame: Buffer): void {
    if (this.#hasRoom) this.#write(frame);
  }

  /**
   * Sends what a client that was behind has missed, if it reads again.
   * @returns how long it is behind now, 0 when it is not
   */
  catchUp(nowMs: number): number {
    if (this.#behindSince === null) return 0;
    for (const channel of this.#seen.keys()) {
      if (!this.#bringUpToDate(channel)) return nowMs - this.#behindSince;
    }
    this.#behindSince = null;
    return 0;
  }

  /** @returns false: the last ping was not answered */
  ping(): boolean {
    const isAlive = this.#answeredPing;
    this.#answeredPing = false;
    if (this.webSocket.readyState === this.webSocket.OPEN) this.webSocket.ping();
    return isAlive;
  }

  /** Closes with a reason; who does not answer the goodbye is cut off by `cut`. */
  close(code: number, reason: string): void {
    this.webSocket.close(code, reason);
  }

  cut(): void {
    this.webSocket.terminate();
  }

  get #hasRoom(): boolean {
    return this.#stream.writableLength <= this.#maxUnreadBytes;
  }

  #fallBehind(): void {
    this.#behindSince ??= performance.now();
  }

  #bringUpToDate(channel: ReadChannel): boolean {
    const { rows } = channel;
    const seen = this.#seen.get(channel) ?? NOTHING_SEEN;
    if (seen === rows.seq) return true;
    if (!this.#hasRoom) {
      this.#fallBehind();
      return false;
    }
    if (this.#write(rows.framesAfter(seen) ?? rows.snapshotFrame())) this.#seen.set(channel, rows.seq);
    return true;
  }

  /** Frames of the library and these never mix: each is written whole, and none is compressed. */
  #write(frames: Buffer): boolean {
    if (this.webSocket.readyState !== this.webSocket.OPEN) return false;
    this.#stream.write(frames);
    return true;
  }
}
