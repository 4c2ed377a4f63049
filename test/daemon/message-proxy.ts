import { createServer, request } from 'node:http';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { WebSocket, WebSocketServer } from 'ws';

/**
 * A way to a daemon on which the messages of its WebSocket are doubled, lost and put into another order, as a broken proxy
 * between might do. Requests pass as they are.
 */
export class MessageProxy {
  /** What becomes of messages that have piled up; they are handed over as they are returned. */
  mangle: (messages: readonly string[]) => readonly string[] = (messages) => messages;
  readonly #server: Server;
  readonly #sockets = new WebSocketServer({ noServer: true });
  readonly #target: string;

  private constructor(target: string) {
    this.#target = target;
    this.#server = createServer((incoming, outgoing) => this.#forward(incoming, outgoing));
    this.#server.on('upgrade', (incoming: IncomingMessage, socket: Duplex, head: Buffer) => {
      this.#sockets.handleUpgrade(incoming, socket, head, (near) => this.#join(near, incoming));
    });
  }

  static async open(target: string): Promise<MessageProxy> {
    const proxy = new MessageProxy(target);
    await new Promise<void>((resolve) => proxy.#server.listen(0, '127.0.0.1', resolve));
    return proxy;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  async close(): Promise<void> {
    for (const socket of this.#sockets.clients) socket.terminate();
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  #forward(incoming: IncomingMessage, outgoing: ServerResponse): void {
    const { method, headers, url = '/' } = incoming;
    const further = request(new URL(url, this.#target), { method, headers }, (answer) => {
      outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(outgoing);
    });
    further.on('error', () => outgoing.destroy());
    incoming.pipe(further);
  }

  #join(near: WebSocket, { headers, url = '/' }: IncomingMessage): void {
    const { authorization } = headers;
    const far = new WebSocket(new URL(url, this.#target.replace(/^http/, 'ws')), {
      headers: authorization === undefined ? {} : { authorization },
    });
    const early: string[] = [];
    near.on('message', (data: Buffer) => {
      if (far.readyState === WebSocket.OPEN) far.send(data.toString());
      else early.push(data.toString());
    });
    far.on('open', () => early.forEach((text) => far.send(text)));
    let pile: string[] = [];
    far.on('message', (data: Buffer) => {
      pile.push(data.toString());
      if (pile.length > 1) return;
      setImmediate(() => {
        for (const text of this.mangle(pile)) near.send(text);
        pile = [];
      });
    });
    for (const [one, other] of [
      [near, far],
      [far, near],
    ] as const) {
      one.on('error', () => other.terminate());
      one.on('close', () => other.terminate());
    }
  }
}
