/** The server's end of a WebSocket as the feed's benchmarks need it: any handshake is taken, and what a client says ignored. */
import { createHash } from 'node:crypto';
import { createServer } from 'node:net';
import type { AddressInfo, Socket } from 'node:net';

const ACCEPT_SUFFIX = '258EAFA5-E914-47DA-95CA-C5AB0DC85B11';

/** Listens on a free port, prints it, hands over each client's socket, and ends with the parent process. */
export function serveWebSockets(onClient: (socket: Socket) => void): void {
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
      onClient(socket);
    });
  });
  server.listen(0, '127.0.0.1', () => process.stdout.write(`${(server.address() as AddressInfo).port}\n`));
  process.on('disconnect', () => process.exit(0));
}
