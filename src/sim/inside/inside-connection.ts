import type { ClientConnection } from '../transport/client-connection.ts';
import type { Frame } from '../transport/frame.ts';

/** What a client inside the process hears of its connection. Called while the exchange works: act on it later. */
export interface InsideClient {
  message(text: string): void;
  closed(cause: string): void;
}

/** A connection that no socket carries: texts go to the client as they are. */
export class InsideConnection implements ClientConnection {
  readonly #client: InsideClient;
  readonly #onEnd: () => void;
  #isOpen = true;
  #isFrozen = false;

  /** @param onEnd called once when the connection ends, whoever ends it */
  constructor(client: InsideClient, onEnd: () => void) {
    this.#client = client;
    this.#onEnd = onEnd;
  }

  /** False also while frozen: the client gets no answers any more, and asks in vain. */
  get isHeard(): boolean {
    return this.#isOpen && !this.#isFrozen;
  }

  send(frame: Frame): void {
    if (this.isHeard) this.#client.message(frame.text);
  }

  flush(): void {
    // Nothing is kept back.
  }

  close(code: number, reason: string): void {
    this.#end(`closed with ${code} (${reason})`);
  }

  cut(): void {
    this.#end('closed with 1006');
  }

  freeze(): void {
    this.#isFrozen = true;
  }

  /** The client has gone: it hears nothing more. */
  leave(): void {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    this.#onEnd();
  }

  #end(cause: string): void {
    if (!this.#isOpen) return;
    this.leave();
    this.#client.closed(cause);
  }
}
