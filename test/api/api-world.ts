import { createSystemClock } from '../../src/adapters/clock/system/clock.ts';
import type { Candle } from '../../src/domain/candle.ts';
import { decimal } from '../../src/domain/decimal.ts';
import type { AuditRecord } from '../../src/domain/event.ts';
import { asId } from '../../src/domain/ids.ts';
import type { Position } from '../../src/domain/position/position.ts';
import { createDeskMetrics } from '../../src/frontends/api/metrics/desk-metrics.ts';
import type { DeskMetrics } from '../../src/frontends/api/metrics/desk-metrics.ts';
import type { ApiServer, ApiServerOptions, LogLine } from '../../src/frontends/api/options.ts';
import { startApiServer } from '../../src/frontends/api/server.ts';
import { createApiClient } from '../../src/frontends/client/api-client.ts';
import type { ApiClient } from '../../src/frontends/client/client.ts';
import { Secret } from '../../src/lib/secret.ts';
import type { MarketRow } from '../../src/ports/engine-handle.ts';
import type { Store } from '../../src/ports/store/store.ts';
import { arbitrarySignal, arbitraryTrader } from '../../src/testkit/builders/arbitrary-signals.ts';
import { example, idAt } from '../../src/testkit/builders/example.ts';
import { fill } from '../../src/testkit/builders/fills.ts';
import { pendingOrder } from '../../src/testkit/builders/orders.ts';
import { openedPosition } from '../../src/testkit/builders/positions.ts';
import { marketRow, ScriptedEngine } from '../../src/testkit/scripted-engine.ts';
import type { ScriptedHoldings } from '../../src/testkit/scripted-engine.ts';
import { silentLogger } from '../../src/testkit/silent-logger.ts';
import { META, NOW, scriptedDesk, USER } from '../control/scripted-desk.ts';

export const TOKEN = 'a-password-of-my-own-0123456789';
const clock = createSystemClock();

/** An engine whose market can be moved, and which tells what it is told to. */
export class MovableEngine extends ScriptedEngine {
  #rows: readonly MarketRow[];
  #positions: readonly Position[] | null = null;
  readonly #listeners = new Set<(record: AuditRecord) => void>();

  constructor(now: number, holdings: ScriptedHoldings) {
    super(now, holdings);
    this.#rows = holdings.markets ?? [];
  }

  override markets(): readonly MarketRow[] {
    return this.#rows;
  }

  override positions(): readonly Position[] {
    return this.#positions ?? super.positions();
  }

  override onAudit(listener?: (record: AuditRecord) => void): () => void {
    if (listener === undefined) return () => undefined;
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  moveTo(rows: readonly MarketRow[]): void {
    this.#rows = rows;
  }

  holdPositions(positions: readonly Position[]): void {
    this.#positions = positions;
  }

  record(subject: string, change: string, data: object): void {
    const record = { seq: 1, at: NOW, userId: USER, subject, subjectId: 'id', change, data: JSON.stringify(data) };
    for (const listener of this.#listeners) listener(record);
  }
}

function candle(index: number): Candle {
  const figures = { open: 100, high: 110, low: 90, close: 100 + index, volume: 1, quoteVolume: NaN };
  return {
    ...{ symbol: asId('BTCUSDT'), timeframe: '1m', openTime: NOW - (5 - index) * 60_000, ...figures },
    ...{ trades: 3, buyVolume: NaN, sellVolume: NaN, closed: true },
  };
}

const filter = {
  ...{ id: idAt(7), userId: USER, name: 'dip-buyer', meta: META, source: 'export const meta = {}' },
  ...{ sourceHash: 'f'.repeat(64), origin: 'shipped', createdAt: NOW, updatedAt: NOW },
} as const;

/** A desk with one of everything. */
export const HOLDINGS: ScriptedHoldings = {
  traders: [example(arbitraryTrader, { id: idAt(1), name: 'Dips', filterId: idAt(7), state: { status: 'running' } })],
  filters: [filter as NonNullable<ScriptedHoldings['filters']>[number]],
  signals: [
    example(arbitrarySignal, {
      id: idAt(2),
      traderId: idAt(1),
      state: { status: 'awaiting_approval', reason: 'semi-automatic', since: NOW, expiresAt: NOW + 60_000 },
    }),
  ],
  orders: [pendingOrder({ id: idAt(3) })],
  positions: [openedPosition(fill({ symbol: asId('BTCUSDT'), quantity: '2' }), { id: idAt(4), traderId: idAt(1) })],
  balances: [
    { accountId: asId('account'), asset: 'USDT', free: decimal('9000'), locked: decimal('10'), updatedAt: NOW },
  ],
  markets: [marketRow('BTCUSDT', 100), marketRow('ETHUSDT', 20)],
  candles: [0, 1, 2, 3, 4].map(candle),
};

export interface ApiWorld {
  readonly engine: MovableEngine;
  readonly server: ApiServer;
  readonly client: ApiClient;
  readonly metrics: DeskMetrics;
  /** Writes a line of the log. */
  readonly log: (text: string) => void;
  /** A request with the token. */
  readonly ask: (path: string, init?: RequestInit) => Promise<Response>;
  end(): Promise<void>;
}

/** An API over a socket. Its limits are wide unless given. */
export async function openApi(
  store: Store,
  options: Partial<ApiServerOptions> = {},
  holdings: ScriptedHoldings = HOLDINGS,
): Promise<ApiWorld> {
  const engine = new MovableEngine(NOW, holdings);
  const metrics = createDeskMetrics({ engine, counts: () => ({ messages: 5, checks: 4, signals: 3, errors: 0 }) });
  const listeners = new Set<(line: LogLine) => void>();
  const token = options.token === undefined ? new Secret(TOKEN) : options.token;
  const server = await startApiServer({
    desk: scriptedDesk({ dataDir: '/data', store, engine }),
    ...{ host: '127.0.0.1', port: 0, exchangeKeys: [], version: '1.2.3', webSocket: true },
    ...{ clock, logger: silentLogger, metrics },
    logs: {
      earlier: [{ at: NOW, level: 'info', source: 'desk', text: 'the first line' }],
      listen: (listener) => {
        listeners.add(listener);
        return () => listeners.delete(listener);
      },
    },
    ...options,
    token,
    limits: { dataPerMinute: Infinity, ordersPerMinute: Infinity, lookMs: 20, ...options.limits },
  });
  const headers = token === null ? {} : { authorization: `Bearer ${token.reveal()}` };
  return {
    ...{ engine, server, metrics },
    client: createApiClient({ url: server.address, token, retries: 0 }),
    log: (text) => {
      for (const listener of listeners) listener({ at: NOW, level: 'warn', source: 'feed', text });
    },
    ask: (path, init = {}) => fetch(`${server.address}${path}`, { ...init, headers: { ...headers, ...init.headers } }),
    end: async () => {
      await server.close(200);
      metrics.close();
    },
  };
}
