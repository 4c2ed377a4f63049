/**
 * The writing end of bench/feed.ts, a process of its own. It prints the port that it listens on, takes any WebSocket
 * handshake, and writes the prebuilt batches of the capture over and over until the client leaves.
 */
import { createHash } from 'node:crypto';
import { createServer } from 'node:net';
import type { AddressInfo, Socket } from 'node:net';

import { capturedMessages, frameBatches } from './feed-capture.ts';

const ACCEPT_SUFFIX = '258EAFA5-E914-47DA-95CA-C5AB0DC85B11';

const batches = frameBatches(capturedMessages());

function stream(socket: Socket): void {
  let next = 0;
  const write = (): void => {
    while (!socket.destroyed) {
      const batch = batches[next % batches.length];
      next += 1;
      if (batch !== undefined && !socket.write(batch)) {
        socket.once('drain', write);
        return;
      }
    }
  };
  write();
}

const server = createServer((socket) => {
  let request = '';
  socket.on('error', () => socket.destroy());
  socket.on('data', (data) => {
    if (request.endsWith('\r\n\r\n')) return;
    request += data.toString('latin1');
    const key = /sec-websocket-key: (\S+)/i.exec(request)?.[1];
    if (!request.endsWith('\r\n\r\n') || key === undefined) return;
    const accept = createHash('sha1').update(`${key}${ACCEPT_SUFFIX}`).digest('base64');
    const head = ['HTTP/1.1 101 Switching Protocols', 'Upgrade: websocket', 'Connection: Upgrade'];
    socket.write([...head, `Sec-WebSocket-Accept: ${accept}`, '\r\n'].join('\r\n'));
    stream(socket);
  });
});
server.listen(0, '127.0.0.1', () => process.stdout.write(`${(server.address() as AddressInfo).port}\n`));
process.on('disconnect', () => process.exit(0));
