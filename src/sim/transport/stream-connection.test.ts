import { describe, expect, it } from 'vitest';
import type { WebSocket } from 'ws';

import type { Duplex } from 'node:stream';
import { SpareBlocks } from './frame-batch.ts';
import { textFrame } from './frame.ts';
import { StreamConnection } from './stream-connection.ts';

/** A connection to a client that reads nothing. */
function open() {
  const webSocket = {
    OPEN: 1,
    readyState: 1,
    terminate: () => {
      webSocket.readyState = 3;
    },
  };
  const socket = {
    writableLength: 0,
    write: (block: Buffer) => {
      socket.writableLength += block.length;
      return true;
    },
  };
  let dirty = 0;
  const sockets = {
    webSocket: webSocket as unknown as WebSocket,
    socket: socket as unknown as Duplex,
    spare: new SpareBlocks(),
  };
  const connection = new StreamConnection(1, sockets, () => (dirty += 1));
  return { connection, socket, dirty: () => dirty };
}

const FRAME = 'x'.repeat(10_000);

describe('a connection', () => {
  it('asks once for a flush, however many frames wait', () => {
    const { connection, dirty } = open();
    for (let turn = 0; turn < 3; turn += 1) connection.send(textFrame('hello'));
    expect(dirty()).toBe(1);
    connection.flush();
    connection.send(textFrame('again'));
    expect([dirty(), connection.framesSent]).toEqual([2, 4]);
  });

  it('is behind when the client does not read, and cut off when its backlog is beyond the bound', () => {
    const { connection, socket } = open();
    let sent = 0;
    while (connection.isOpen && sent < 10_000) {
      connection.send(textFrame(FRAME));
      connection.flush();
      sent += 1;
      expect(connection.isBehind).toBe(socket.writableLength > 4_000_000);
    }
    expect(connection.isOpen).toBe(false);
    expect(socket.writableLength).toBeGreaterThan(32_000_000);
    expect(socket.writableLength).toBeLessThan(33_000_000);
  });

  it('sends nothing once it is frozen or closed', () => {
    const { connection, socket } = open();
    connection.freeze();
    connection.send(textFrame('hello'));
    connection.flush();
    expect([connection.isFrozen, socket.writableLength]).toEqual([true, 0]);
    const closed = open();
    closed.connection.cut();
    closed.connection.send(textFrame('hello'));
    expect([closed.connection.isOpen, closed.connection.framesSent]).toEqual([false, 0]);
  });
});
