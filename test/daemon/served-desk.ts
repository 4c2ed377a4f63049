import { createSystemClock } from '../../src/adapters/clock/system/clock.ts';
import { decimal } from '../../src/domain/decimal.ts';
import { createDeskMetrics } from '../../src/frontends/api/metrics/desk-metrics.ts';
import { startApiServer } from '../../src/frontends/api/server.ts';
import { createApiClient } from '../../src/frontends/client/api-client.ts';
import { RemoteEngine } from '../../src/frontends/client/remote-engine.ts';
import { Secret } from '../../src/lib/secret.ts';
import { idAt } from '../../src/testkit/builders/example.ts';
import { fill } from '../../src/testkit/builders/fills.ts';
import { openedPosition } from '../../src/testkit/builders/positions.ts';
import { marketRow, ScriptedEngine } from '../../src/testkit/scripted-engine.ts';
import { silentLogger } from '../../src/testkit/silent-logger.ts';
import { NOW, scriptedDesk } from '../control/scripted-desk.ts';
import { SqliteFolder } from '../store/sqlite-folder.ts';
import { TOKEN } from './run-daemon.ts';

/** A real API over an engine that does at once what it is told, and nothing by itself. */
export interface ServedDesk {
  readonly engine: ScriptedEngine;
  readonly port: number;
  readonly url: string;
  close(): Promise<void>;
}

/** With so many positions of 1,000 units. */
export const POSITIONS = 5;

export async function serveDesk(): Promise<ServedDesk> {
  const folder = new SqliteFolder();
  const engine = new ScriptedEngine(NOW, {
    markets: [marketRow('BTCUSDT', 100)],
    positions: Array.from({ length: POSITIONS }, (_, at) =>
      openedPosition(fill({ quantity: '1000' }), { id: idAt(at + 1) }),
    ),
  });
  const desk = scriptedDesk({ dataDir: folder.folder, store: await folder.open(), engine });
  const metrics = createDeskMetrics({ engine, counts: () => ({ messages: 0, checks: 0, signals: 0, errors: 0 }) });
  const server = await startApiServer({
    ...{ desk, host: '127.0.0.1', port: 0, token: new Secret(TOKEN), exchangeKeys: [], version: '0.0.0' },
    ...{ webSocket: true, clock: createSystemClock(), logger: silentLogger, metrics },
    logs: { earlier: [], listen: () => () => undefined },
    limits: {
      ...{ lookMs: 20, heartbeatMs: 200 },
      ...{ ordersPerMinute: Infinity, dataPerMinute: Infinity, messagesPerMinute: Infinity },
    },
  });
  return {
    engine,
    url: server.address,
    port: Number(new URL(server.address).port),
    async close() {
      await server.close(0);
      metrics.close();
      await folder.dispose();
    },
  };
}

/** What monitor and engine must agree about. */
export function truthOf(engine: Pick<RemoteEngine, 'positions' | 'status'>): string {
  const { breaker } = engine.status();
  const positions = engine
    .positions()
    .map(({ id, quantity: left }) => `${id} ${decimal(left).toSignificantDigits(12).toFixed()}`);
  return [...positions.toSorted(), breaker.status === 'closed' ? 'open' : breaker.cause].join(', ');
}

/** A monitor's engine over the address. */
export async function openMonitor(url: string): Promise<{ readonly engine: RemoteEngine; close(): void }> {
  const client = createApiClient({ url, token: TOKEN, timeoutMs: 2_000, retries: 3 });
  const live = client.live({ firstRetryMs: 10, mostRetryMs: 50, silentMs: 1_000 });
  const engine = await RemoteEngine.open({ client, live, clock: createSystemClock(), onUnreadable: () => undefined });
  return { engine, close: () => live.close() };
}
