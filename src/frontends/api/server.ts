import type { AddressInfo } from 'node:net';

import webSocketPlugin from '@fastify/websocket';
import type { FastifyInstance } from 'fastify';

import { AitraderError, describeFailure } from '../../domain/errors.ts';
import { requireRunning } from '../shared/desk.ts';
import { createApp } from './http/app.ts';
import { AddressBudgets, Budget } from './http/budget.ts';
import { Guard } from './http/guard.ts';
import { DEFAULT_LIMITS } from './limits.ts';
import { LiveHub } from './live/hub.ts';
import { registerLive } from './live/session.ts';
import { LogWindow } from './log-window.ts';
import type { ApiServer, ApiServerOptions } from './options.ts';
import { registerRoutes } from './routes/register.ts';
import { ownerOf } from './port-owner.ts';
import { checkToken } from './token.ts';

/**
 * Opens the API of a running desk: REST, WebSocket, metrics.
 * @throws AitraderError `API_TOKEN_MISSING`, `API_TOKEN_REFUSED`, `API_ADDRESS_TAKEN`, `API_ADDRESS_UNUSABLE`, `NOT_RUNNING`
 */
export async function startApiServer(options: ApiServerOptions): Promise<ApiServer> {
  const { desk, host, port, token, exchangeKeys, version, clock, logger, metrics } = options;
  const running = requireRunning(desk);
  checkToken(token, exchangeKeys, host);
  const limits = { ...DEFAULT_LIMITS, ...options.limits };
  const logs = new LogWindow(options.logs);
  const api = { desk, running, logs, version };
  const guard = new Guard(token, new AddressBudgets(() => new Budget(clock, limits.refusedPerMinute)));
  const budgets = { data: new Budget(clock, limits.dataPerMinute), orders: new Budget(clock, limits.ordersPerMinute) };
  const app = createApp(limits, logger);
  const hub = options.webSocket ? new LiveHub({ api, clock, logger, metrics, limits }) : null;
  try {
    if (hub !== null) {
      await addWebSockets(app, limits.maxMessageBytes);
      metrics.setWebSocketClients(() => app.websocketServer.clients.size);
      registerLive(app, { hub, guard, api, clock, logger, metrics, limits });
    }
    registerRoutes(app, { api, guard, budgets, clock, metrics });
    await listen(app, host, port);
  } catch (failure) {
    hub?.close();
    logs.close();
    await app.close();
    throw failure;
  }
  return {
    address: addressOf(app),
    async close(graceMs) {
      hub?.close();
      logs.close();
      const cut = clock.setTimer(graceMs, () => {
        if (hub !== null) for (const client of app.websocketServer.clients) client.terminate();
        app.server.closeAllConnections();
      });
      await app.close();
      cut.cancel();
    },
  };
}

async function addWebSockets(app: FastifyInstance, maxPayload: number): Promise<void> {
  await app.register(webSocketPlugin, {
    // Frames are written beside those of the library, which must not compress or split its own.
    options: { maxPayload, perMessageDeflate: false },
    // The hub says goodbye itself.
    preClose: (done) => done(),
  });
}

async function listen(app: FastifyInstance, host: string, port: number): Promise<void> {
  try {
    // The other name of loopback has two addresses, and only the first one would offer WebSockets.
    await app.listen({ host: host === 'localhost' ? '127.0.0.1' : host, port });
  } catch (failure) {
    const address = `${host.includes(':') ? `[${host}]` : host}:${port}`;
    const { code } = failure as NodeJS.ErrnoException;
    if (code === 'EADDRINUSE')
      throw new AitraderError('API_ADDRESS_TAKEN', { address, owner: await ownerOf(host, port) });
    throw new AitraderError('API_ADDRESS_UNUSABLE', { address, problem: describeFailure(failure) }, { cause: failure });
  }
}

function addressOf({ server }: FastifyInstance): string {
  const { address, port, family } = server.address() as AddressInfo;
  return `http://${family === 'IPv6' ? `[${address}]` : address}:${port}`;
}
