import { WebSocket } from 'ws';

/** A WebSocket client that keeps all it hears. */
export class StreamClient {
  readonly messages: unknown[] = [];
  readonly texts: string[] = [];
  readonly #webSocket: WebSocket;
  pings = 0;
  closed: { readonly code: number; readonly reason: string } | null = null;

  private constructor(webSocket: WebSocket) {
    this.#webSocket = webSocket;
    webSocket.on('message', (data: Buffer) => {
      const text = data.toString();
      this.texts.push(text);
      this.messages.push(JSON.parse(text));
    });
    webSocket.on('ping', () => (this.pings += 1));
    webSocket.on('close', (code, reason) => {
      this.closed = { code, reason: reason.toString() };
    });
    webSocket.on('error', () => undefined);
  }

  static async open(url: string): Promise<StreamClient> {
    const client = new StreamClient(new WebSocket(url));
    await new Promise((resolve, reject) => {
      client.#webSocket.once('open', resolve);
      client.#webSocket.once('error', reject);
    });
    return client;
  }

  send(message: unknown): void {
    this.#webSocket.send(typeof message === 'string' ? message : JSON.stringify(message));
  }

  /** Stops reading from the socket, as a client does that is too slow. */
  pause(): void {
    this.#webSocket.pause();
  }

  close(): void {
    this.#webSocket.terminate();
  }
}
