import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer as createHttpServer } from 'node:http';
import type { IncomingMessage } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import { createServer as createTcpServer } from 'node:net';
import type { AddressInfo, Server, Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { getCACertificates, setDefaultCACertificates } from 'node:tls';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { WebSocketServer } from 'ws';
import type { WebSocket } from 'ws';

import { createFakeClock } from '../../../../testkit/fake-clock.ts';
import { createSystemClock } from '../../../clock/system/clock.ts';
import { WebSocketClient } from './web-socket.ts';

const cleanUps: (() => void)[] = [];
afterEach(() => {
  for (const cleanUp of cleanUps.splice(0)) cleanUp();
});

function portOf(server: { address(): AddressInfo | string | null }): number {
  return (server.address() as AddressInfo).port;
}

async function listening(server: Server): Promise<number> {
  const sockets = new Set<Socket>();
  server.on('connection', (socket: Socket) => sockets.add(socket));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  cleanUps.push(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return portOf(server);
}

/** A server that speaks through the ws package; `accepted` gives the next connection. */
async function wsServer(options: object = {}) {
  const http = createHttpServer();
  const server = new WebSocketServer({ server: http, ...options });
  const connections: { peer: WebSocket; request: IncomingMessage }[] = [];
  server.on('connection', (peer, request) => connections.push({ peer, request }));
  const port = await listening(http);
  const accepted = () => vi.waitFor(() => connections.shift() ?? Promise.reject(new Error('no connection yet')));
  return { url: new URL(`ws://127.0.0.1:${port}/stream?x=1`), accepted };
}

/** A client whose events are written down. */
function clientOf(url: URL, clock = createSystemClock()) {
  const log: string[] = [];
  const client = new WebSocketClient(
    url,
    {
      opened: () => log.push('opened'),
      received: () => undefined,
      take: () => false,
      text: (message) => log.push(`text ${message}`),
      pinged: () => log.push('pinged'),
      closed: (cause) => log.push(`closed: ${cause}`),
    },
    clock,
  );
  cleanUps.push(() => client.destroy());
  const seen = (line: string) => vi.waitFor(() => expect(log).toContain(line));
  const ended = () => vi.waitFor(() => expect(log.at(-1)).toMatch(/^closed: /));
  return { client, log, seen, ended };
}

describe('the WebSocket client', () => {
  it('asks for no extension, sends masked text and reads what comes, also when it is megabytes at once', async () => {
    const { url, accepted } = await wsServer({ perMessageDeflate: true });
    const { client, log, seen } = clientOf(url);
    const { peer, request } = await accepted();
    expect(request.headers['sec-websocket-extensions']).toBeUndefined();
    expect(request.url).toBe('/stream?x=1');
    await seen('opened');
    const long = 'é'.repeat(1_000_000);
    const received: string[] = [];
    peer.on('message', (data: Buffer) => received.push(data.toString()));
    client.send('{"method":"SUBSCRIBE"}');
    client.send('x'.repeat(60_000));
    peer.send(long);
    for (let index = 0; index < 1_000; index += 1) peer.send(`message ${index}`);
    await seen('text message 999');
    expect(log).toEqual([
      'opened',
      `text ${long}`,
      ...Array.from({ length: 1_000 }, (_, index) => `text message ${index}`),
    ]);
    await vi.waitFor(() => expect(received).toEqual(['{"method":"SUBSCRIBE"}', 'x'.repeat(60_000)]));
  });

  it('answers pings with their payload', async () => {
    const { url, accepted } = await wsServer();
    const { seen } = clientOf(url);
    const { peer } = await accepted();
    await seen('opened');
    const answer = new Promise((resolve) => peer.on('pong', (data: Buffer) => resolve(data.toString())));
    peer.ping('1723161256322');
    await seen('pinged');
    expect(await answer).toBe('1723161256322');
  });

  it('says goodbye when told to close, and is silent afterwards', async () => {
    const { url, accepted } = await wsServer();
    const { client, log, seen } = clientOf(url);
    const { peer } = await accepted();
    await seen('opened');
    const goodbye = new Promise((resolve) => peer.on('close', (code: number) => resolve(code)));
    client.close();
    peer.send('too late');
    client.send('nobody sends this');
    expect(await goodbye).toBe(1000);
    expect(log).toEqual(['opened']);
  });

  it('tells once why a connection ended: closed by the server, cut, or out of protocol', async () => {
    const { url, accepted } = await wsServer();
    const ends: [(peer: WebSocket, socket: Socket) => void, string][] = [
      [(peer) => peer.close(1001, 'maintenance'), 'closed: closed by the server with 1001 (maintenance)'],
      [(peer) => peer.terminate(), 'closed: the connection was cut'],
      [
        (_, socket) => socket.write(Buffer.from([0xc1, 0x01, 0x61])),
        'closed: the server broke the WebSocket protocol: a reserved bit is set, and no extension (such as compression) was agreed',
      ],
    ];
    for (const [end, cause] of ends) {
      const { log, seen, ended } = clientOf(url);
      const { peer, request } = await accepted();
      await seen('opened');
      const gone = new Promise((resolve) => peer.on('close', resolve));
      end(peer, request.socket);
      await ended();
      await gone;
      expect(log).toEqual(['opened', cause]);
    }
  });

  it('tells why a connection never came about', async () => {
    const refusing = createHttpServer((_, response) => response.writeHead(429).end('too many'));
    const answers = (head: string): Server =>
      createTcpServer((socket) => socket.once('data', () => socket.write(head)));
    const upgrade = 'HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\n';
    const servers: [Server, RegExp][] = [
      [refusing, /HTTP 429/],
      [answers(`${upgrade}Upgrade: h2c\r\n\r\n`), /something other than websocket/],
      [answers(`${upgrade}Upgrade: websocket\r\nSec-WebSocket-Accept: bm9wZQ==\r\n\r\n`), /handshake key/],
      [createTcpServer((socket) => socket.once('data', () => socket.destroy())), /socket hang up|ECONNRESET/],
      [answers('SSH-2.0-OpenSSH\r\n'), /Parse Error/],
    ];
    for (const [server, cause] of servers) {
      const { log, ended } = clientOf(new URL(`ws://127.0.0.1:${await listening(server)}/`));
      await ended();
      expect(log).toHaveLength(1);
      expect(log[0]).toMatch(cause);
    }
    const closed = createTcpServer();
    const port = await listening(closed);
    closed.close();
    const { log, ended } = clientOf(new URL(`ws://127.0.0.1:${port}/`));
    await ended();
    expect(log).toEqual([expect.stringMatching(/ECONNREFUSED/)]);
  });

  it('refuses an extension that it did not offer', async () => {
    const http = createHttpServer();
    const server = new WebSocketServer({ server: http });
    server.on('headers', (headers) => headers.push('Sec-WebSocket-Extensions: permessage-deflate'));
    const { log, ended } = clientOf(new URL(`ws://127.0.0.1:${await listening(http)}/`));
    await ended();
    expect(log).toEqual(['closed: the server uses an extension that was not offered']);
  });

  it('gives up on a server that does not answer the handshake, and leaves no timer behind', async () => {
    const silent = createTcpServer(() => undefined);
    const clock = createFakeClock();
    const { log } = clientOf(new URL(`ws://127.0.0.1:${await listening(silent)}/`), clock);
    await clock.advance(10_000);
    expect(log).toEqual(['closed: the handshake took too long']);
    expect(clock.pendingTimers()).toBe(0);
    const { client, log: second } = clientOf(new URL(`ws://127.0.0.1:${portOf(silent)}/`), clock);
    client.close();
    await clock.advance(60_000);
    expect(second).toEqual([]);
    expect(clock.pendingTimers()).toBe(0);
  });
});

function openSslWorks(): boolean {
  try {
    execFileSync('openssl', ['version'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

describe('the WebSocket client over TLS (needs the openssl command to make a certificate)', () => {
  it.skipIf(!openSslWorks())('reads as without, and refuses a certificate that nobody vouches for', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'aitrader-tls-'));
    cleanUps.push(() => rmSync(folder, { recursive: true }));
    const [keyFile, certFile] = [join(folder, 'key.pem'), join(folder, 'cert.pem')];
    const subject = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost'];
    execFileSync(
      'openssl',
      [
        'req',
        '-x509',
        '-newkey',
        'ec',
        '-pkeyopt',
        'ec_paramgen_curve:P-256',
        '-nodes',
        '-days',
        '2',
        ...subject,
        '-keyout',
        keyFile,
        '-out',
        certFile,
      ],
      { stdio: 'ignore' },
    );
    const cert = readFileSync(certFile, 'utf8');
    const https = createHttpsServer({ key: readFileSync(keyFile), cert });
    const server = new WebSocketServer({ server: https });
    server.on('connection', (peer) => peer.send('over TLS'));
    const url = new URL(`wss://localhost:${await listening(https)}/ws`);

    const stranger = clientOf(url);
    await stranger.ended();
    expect(stranger.log).toEqual([expect.stringMatching(/self-signed certificate/)]);

    const usual = getCACertificates('default');
    setDefaultCACertificates([cert]);
    cleanUps.push(() => setDefaultCACertificates(usual));
    const { seen, log } = clientOf(url);
    await seen('text over TLS');
    expect(log).toEqual(['opened', 'text over TLS']);
  });
});
