import { once } from 'node:events';
import { lstatSync, rmSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import type { Server, Socket } from 'node:net';

import { AitraderError, describeFailure } from '../../domain/errors.ts';
import { SECOND_MS } from '../../domain/time.ts';
import { Connection } from './connection.ts';
import type { ConnectionTerms, ControlLimits } from './connection.ts';
import { controlSocketPath, errorJson } from './protocol.ts';

/** What the server needs. The caller owns the data folder's lock. */
export interface ControlServerOptions extends Omit<ConnectionTerms, 'limits'> {
  readonly limits?: Partial<ControlLimits>;
}

export interface ControlServer {
  /** The socket's path. */
  readonly path: string;
  /** Takes no more connections, lets answers that were given go out, and removes the socket. */
  close(): Promise<void>;
}

const LIMITS: ControlLimits = {
  maxConnections: 32,
  maxRequestBytes: 128 * 1024,
  maxUnreadBytes: 1024 * 1024,
  idleMs: 30 * SECOND_MS,
  followMs: SECOND_MS / 2,
};

/** How long an answer under way may take at the end. */
const FAREWELL_MS = SECOND_MS;

/** What is taken away from others: the socket is made with 0600. */
const NOBODY_ELSE = 0o177;

/**
 * Opens `control.sock` in the desk's data folder, for its owner alone. What a dead process left there is replaced.
 * @throws AitraderError `CONTROL_SOCKET_UNUSABLE`
 */
export async function startControlServer(options: ControlServerOptions): Promise<ControlServer> {
  const path = controlSocketPath(options.desk.dataDir);
  const limits: ControlLimits = { ...LIMITS, ...options.limits };
  await removeStale(path);
  const connections = new Set<Connection>();
  // A peer may end its side and still wait for the answer (`printf ... | nc -U`).
  const server = createServer({ allowHalfOpen: true }, (socket) => {
    if (connections.size >= limits.maxConnections) return turnAway(socket, limits.maxConnections);
    const connection = new Connection(socket, { ...options, limits });
    connections.add(connection);
    socket.on('close', () => connections.delete(connection));
  });
  await listen(server, path);
  // A desk that failed must be able to end without having closed this.
  server.unref();
  server.on('error', (error) => options.logger.error('the control socket failed', { error }));
  return {
    path,
    async close() {
      const closed = new Promise((resolve) => server.close(resolve));
      for (const connection of connections) connection.close();
      const cut = options.clock.setTimer(FAREWELL_MS, () => {
        for (const connection of connections) connection.cut();
      });
      await closed;
      cut.cancel();
    },
  };
}

/** Nobody else may reach the socket at any moment, so it is made under a umask; `listen` makes it before it returns. */
async function listen(server: Server, path: string): Promise<void> {
  const before = process.umask(NOBODY_ELSE);
  try {
    server.listen(path);
  } finally {
    process.umask(before);
  }
  try {
    await once(server, 'listening');
  } catch (failure) {
    throw unusable(path, describeFailure(failure), 'Use another data folder: --data-dir DIR or AITRADER_HOME.');
  }
}

/** The lock says that no other process of ours lives here; what answers all the same is not touched. */
async function removeStale(path: string): Promise<void> {
  const found = lstatSync(path, { throwIfNoEntry: false });
  if (found === undefined) return;
  if (!found.isSocket()) throw unusable(path, 'there is something else of that name', 'Move it away.');
  if (await answers(path)) throw unusable(path, 'another process answers on it', 'End that process first.');
  rmSync(path, { force: true });
}

function answers(path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(path);
    const settle = (isThere: boolean): void => {
      socket.destroy();
      resolve(isThere);
    };
    socket.once('connect', () => settle(true));
    socket.once('error', () => settle(false));
  });
}

function unusable(path: string, problem: string, remedy: string): AitraderError {
  return new AitraderError('CONTROL_SOCKET_UNUSABLE', { path, problem, remedy });
}

function turnAway(socket: Socket, maxConnections: number): void {
  const problem = `${maxConnections} connections are open already`;
  const error = new AitraderError('CONTROL_REQUEST_REFUSED', { problem, remedy: 'Close one, or try again later.' });
  socket.on('error', () => undefined);
  socket.end(`${JSON.stringify({ id: null, error: errorJson(error) })}\n`);
  socket.destroySoon();
}
