/**
 * The clients of bench/api.ts, a process of their own.
 * `node api-load.ts http PORT TOKEN`: 100 clients ask for lists in turn, 10 times a second each; prints `{ times: ms[] }`.
 * `node api-load.ts ws PORT TOKEN COUNT ROUNDS`: opens COUNT WebSockets and subscribes to tickers, ROUNDS times, each time
 * until a line on stdin tells to go on; prints `{ ready }` when all are there, then `{ frames }` of the round.
 */
import { Agent, request } from 'node:http';
import { connect } from 'node:net';
import type { Socket } from 'node:net';
import { createInterface } from 'node:readline';

const [mode, port = '', token = '', count = '0', rounds = '1'] = process.argv.slice(2);

const CLIENTS = 100;
const EVERY_MS = 100;
const WARM_UP_MS = 1_000;
const SAMPLE_MS = 5_000;
const LISTS = [
  '/api/positions',
  '/api/orders?all=true&limit=50',
  '/api/signals?limit=50',
  '/api/trades?limit=50',
  '/api/markets',
];

function ask(agent: Agent, path: string): Promise<number> {
  const startedAt = performance.now();
  return new Promise((resolve, reject) => {
    const headers = { authorization: `Bearer ${token}` };
    const sent = request({ host: '127.0.0.1', port: Number(port), path, agent, headers }, (answer) => {
      answer.resume();
      answer.on('end', () => {
        if (answer.statusCode === 200) resolve(performance.now() - startedAt);
        else reject(new Error(`${path}: ${answer.statusCode}`));
      });
    });
    sent.on('error', reject);
    sent.end();
  });
}

async function askLists(): Promise<void> {
  const agent = new Agent({ keepAlive: true, maxSockets: CLIENTS });
  const times: number[] = [];
  const startedAt = performance.now();
  const one = async (client: number): Promise<void> => {
    for (let turn = 0; ; turn += 1) {
      const dueAt = startedAt + (client / CLIENTS + turn) * EVERY_MS;
      await new Promise((resolve) => setTimeout(resolve, Math.max(0, dueAt - performance.now())));
      const elapsedMs = performance.now() - startedAt;
      if (elapsedMs > WARM_UP_MS + SAMPLE_MS) return;
      const ms = await ask(agent, LISTS[(client + turn) % LISTS.length] ?? '');
      if (elapsedMs > WARM_UP_MS) times.push(ms);
    }
  };
  await Promise.all(Array.from({ length: CLIENTS }, (_, client) => one(client)));
  agent.destroy();
  process.stdout.write(`${JSON.stringify({ times })}\n`);
}

/** A text frame of a client, masked with zeros. */
function clientFrame(text: string): Buffer {
  return Buffer.concat([Buffer.from([0x81, 0x80 | Buffer.byteLength(text), 0, 0, 0, 0]), Buffer.from(text)]);
}

const HELLO =
  `GET /ws HTTP/1.1\r\nhost: 127.0.0.1\r\nupgrade: websocket\r\nconnection: upgrade\r\nsec-websocket-version: 13\r\n` +
  `sec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==\r\nauthorization: Bearer ${token}\r\n\r\n`;
const SUBSCRIBE = clientFrame('{"type":"subscribe","data":{"channels":["tickers"]}}');

/** A client that reads and only counts: what is measured is the server. */
class Reader {
  readonly socket: Socket;
  readonly ready: Promise<void>;
  bytes = 0;

  constructor() {
    this.socket = connect(Number(port), '127.0.0.1', () => this.socket.write(HELLO));
    this.ready = new Promise((resolve, reject) => {
      this.socket.on('error', reject);
      this.socket.once('data', () => {
        this.socket.write(SUBSCRIBE);
        this.socket.on('data', (data) => {
          this.bytes += data.length;
          resolve();
        });
      });
    });
  }
}

async function follow(): Promise<void> {
  const lines = createInterface({ input: process.stdin })[Symbol.asyncIterator]();
  for (let round = 0; round < Number(rounds); round += 1) {
    const readers = Array.from({ length: Number(count) }, () => new Reader());
    await Promise.all(readers.map(({ ready }) => ready));
    process.stdout.write('{"ready":true}\n');
    const before = readers.reduce((sum, { bytes }) => sum + bytes, 0);
    await lines.next();
    const after = readers.reduce((sum, { bytes }) => sum + bytes, 0);
    process.stdout.write(`${JSON.stringify({ bytes: after - before })}\n`);
    await Promise.all(
      readers.map(({ socket }) => {
        const closed = new Promise((resolve) => socket.on('close', resolve));
        socket.destroy();
        return closed;
      }),
    );
  }
  process.exit(0);
}

await (mode === 'http' ? askLists() : follow());
