import { connect, createServer } from 'node:net';
import type { AddressInfo, Server, Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

/** What the way between a client and a daemon does to what travels on it. */
export interface LinkFaults {
  /** How long each piece travels. */
  readonly delayMs?: number;
  /** Decides for each piece of an answer whether the connection is cut in its place. */
  readonly losesAnswer?: (piece: Buffer) => boolean;
}

/** A way to a daemon that can be cut, slow and treacherous. */
export class TcpProxy {
  faults: LinkFaults = {};
  readonly #server: Server;
  readonly #targetPort: number;
  readonly #sockets = new Set<Socket>();
  #isCut = false;

  private constructor(targetPort: number) {
    this.#targetPort = targetPort;
    this.#server = createServer((socket) => this.#join(socket));
  }

  static async open(targetPort: number): Promise<TcpProxy> {
    const proxy = new TcpProxy(targetPort);
    await new Promise<void>((resolve) => proxy.#server.listen(0, '127.0.0.1', resolve));
    return proxy;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** Nothing gets through until `mend`. */
  cut(): void {
    this.#isCut = true;
    this.dropAll();
  }

  mend(): void {
    this.#isCut = false;
  }

  /** Ends every connection that stands; new ones are taken. */
  dropAll(): void {
    for (const socket of this.#sockets) socket.destroy();
  }

  async close(): Promise<void> {
    this.dropAll();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  #join(near: Socket): void {
    if (this.#isCut) return void near.destroy();
    const far = connect(this.#targetPort, '127.0.0.1');
    for (const [socket, other] of [
      [near, far],
      [far, near],
    ] as const) {
      this.#sockets.add(socket);
      socket.on('error', () => undefined);
      socket.on('close', () => {
        this.#sockets.delete(socket);
        other.destroy();
      });
    }
    this.#pass(near, far, () => false);
    this.#pass(far, near, (piece) => this.faults.losesAnswer?.(piece) ?? false);
  }

  /** In order, each piece as late as the faults say at its time. */
  #pass(from: Socket, to: Socket, isLost: (piece: Buffer) => boolean): void {
    let before = Promise.resolve();
    from.on('data', (piece: Buffer) => {
      const { delayMs = 0 } = this.faults;
      const due = delayMs === 0 ? Promise.resolve() : sleep(delayMs);
      before = before.then(async () => {
        await due;
        if (isLost(piece)) from.destroy();
        else if (!to.destroyed) to.write(piece);
      });
    });
    from.on('end', () => void before.then(() => to.end()));
  }
}
