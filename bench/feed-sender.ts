/**
 * The writing end of bench/feed.ts, a process of its own. It prints the port that it listens on, takes any WebSocket
 * handshake, and writes the prebuilt batches of the capture over and over until the client leaves.
 */
import type { Socket } from 'node:net';

import { capturedMessages, frameBatches } from './feed-capture.ts';
import { serveWebSockets } from './feed-sockets.ts';

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

serveWebSockets(stream);
