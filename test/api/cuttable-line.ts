import { connect, createServer } from 'node:net';
import type { AddressInfo, Server, Socket } from 'node:net';

/** A TCP line to a server that can be cut, and that can lose answers. */
export class CuttableLine {
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  /** While on, what the server says does not arrive: the line is cut in its place. */
  losesAnswers = false;
  /** While on, nothing arrives in either direction, and nothing says so. */
  isSilent = false;

  private constructor(target: URL) {
    this.#server = createServer((near) => {
      const far = connect(Number(target.port), target.hostname);
      for (const socket of [near, far]) {
        this.#sockets.add(socket);
        socket.on('error', () => undefined);
        socket.on('close', () => {
          this.#sockets.delete(socket);
          near.destroy();
          far.destroy();
        });
      }
      near.on('data', (data) => this.isSilent || far.write(data));
      far.on('data', (data) => {
        if (this.losesAnswers) near.destroy();
        else if (!this.isSilent) near.write(data);
      });
    });
  }

  static async to(address: string): Promise<CuttableLine> {
    const line = new CuttableLine(new URL(address));
    await new Promise<void>((resolve) => line.#server.listen(0, '127.0.0.1', resolve));
    return line;
  }

  get address(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  cut(): void {
    for (const socket of this.#sockets) socket.destroy();
  }

  async close(): Promise<void> {
    this.cut();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}
