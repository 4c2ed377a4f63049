import type { Duplex } from 'node:stream';

import type { WebSocket } from 'ws';

import type { ClientConnection } from './client-connection.ts';
import type { Frame } from './frame.ts';
import type { SpareBlocks } from './frame-batch.ts';
import { FrameBatch } from './frame-batch.ts';

/** A client that lets more than this pile up is too slow and is disconnected, as at the venue. */
const MAX_BACKLOG_BYTES = 32_000_000;
/** Above this, a server that runs as fast as it can waits for the client. */
const HIGH_WATER_BYTES = 4_000_000;

/**
 * The sending side of one WebSocket connection. Market frames are written to the socket below `ws` in large blocks;
 * control frames still go through `ws`, which writes whole frames only, so the two never mix.
 */
export class StreamConnection implements ClientConnection {
  readonly id: number;
  readonly #webSocket: WebSocket;
  readonly #socket: Duplex;
  readonly #batch: FrameBatch;
  readonly #onDirty: (connection: StreamConnection) => void;
  #isDirty = false;
  #isFrozen = false;
  #framesSent = 0;

  /** @param onDirty called when the connection has something to flush, once until it is flushed */
  constructor(
    id: number,
    sockets: { readonly webSocket: WebSocket; readonly socket: Duplex; readonly spare: SpareBlocks },
    onDirty: (connection: StreamConnection) => void,
  ) {
    this.id = id;
    this.#webSocket = sockets.webSocket;
    this.#socket = sockets.socket;
    this.#batch = new FrameBatch(sockets.spare, (part, done) => this.#socket.write(part, done));
    this.#onDirty = onDirty;
  }

  get isOpen(): boolean {
    return this.#webSocket.readyState === this.#webSocket.OPEN;
  }

  get isFrozen(): boolean {
    return this.#isFrozen;
  }

  get framesSent(): number {
    return this.#framesSent;
  }

  /** True while the client takes longer to read than the server to write. */
  get isBehind(): boolean {
    return this.#socket.writableLength > HIGH_WATER_BYTES;
  }

  /** Queues a copy of a frame. Frames to a closed or frozen connection vanish. */
  send(frame: Frame): void {
    if (this.#isFrozen || !this.isOpen) return;
    this.#batch.add(frame);
    this.#framesSent += 1;
    if (this.#isDirty) return;
    this.#isDirty = true;
    this.#onDirty(this);
  }

  /** Writes what is queued. A client whose backlog is beyond the bound is cut off. */
  flush(): void {
    this.#isDirty = false;
    if (!this.isOpen) return;
    this.#batch.flush();
    if (this.#socket.writableLength > MAX_BACKLOG_BYTES) this.#webSocket.terminate();
  }

  ping(): void {
    if (!this.#isFrozen && this.isOpen) this.#webSocket.ping();
  }

  /** Closes with a close frame after what is queued. */
  close(code: number, reason: string): void {
    this.flush();
    this.#webSocket.close(code, reason);
  }

  /** Drops the connection without a word, as a broken network does. */
  cut(): void {
    this.#webSocket.terminate();
  }

  /** Keeps the connection open and sends nothing any more, not even pings. */
  freeze(): void {
    this.#isFrozen = true;
  }
}
