import { join } from 'node:path';
import Database from 'better-sqlite3';
import { WebSocket } from 'ws';

import { isFinal } from '../../src/domain/order/order.ts';
import type { OrderStatus } from '../../src/domain/order/order.ts';
import type { RemoteEngine } from '../../src/frontends/client/remote-engine.ts';
import type { Daemon } from './run-daemon.ts';
import { TOKEN } from './run-daemon.ts';

/** What is compared between views: the same whoever tells it. */
export interface DeskView {
  readonly positions: readonly string[];
  readonly orders: readonly string[];
  readonly traders: readonly string[];
  readonly balances: readonly string[];
  /** The ids of all closed ones. */
  readonly trades: readonly string[];
  /** Why nothing may be opened; null: it may. */
  readonly stopped: string | null;
}

type Row = Readonly<Record<string, unknown>>;

const line = (...parts: readonly unknown[]): string => parts.map(String).join(' ');
const amount = (value: unknown): string => Number(value).toPrecision(12);
const sorted = (lines: readonly string[]): readonly string[] => lines.toSorted();
const isWorking = ({ status }: Row): boolean => !isFinal(status as OrderStatus);

function viewOf(parts: {
  readonly positions: readonly Row[];
  readonly orders: readonly Row[];
  readonly traders: readonly Row[];
  readonly balances: readonly Row[];
  readonly trades: readonly Row[];
  readonly stopped: string | null;
}): DeskView {
  return {
    positions: sorted(
      parts.positions.map(({ id, symbol, side, quantity }) => line(id, symbol, side, amount(quantity))),
    ),
    orders: sorted(parts.orders.filter(isWorking).map(({ id, symbol, side }) => line(id, symbol, side))),
    traders: sorted(parts.traders.map(({ id, state }) => line(id, state))),
    balances: sorted(parts.balances.map(({ asset, free, locked }) => line(asset, amount(free), amount(locked)))),
    trades: sorted(parts.trades.map(({ id }) => String(id))),
    stopped: parts.stopped,
  };
}

/** By REST. */
export async function viewOfApi(daemon: Daemon): Promise<DeskView> {
  const paths = ['positions', 'orders', 'traders', 'balances', 'trades?limit=1000'].map((name) => `/api/${name}`);
  const [positions, orders, traders, balances, trades, status] = (await Promise.all(
    [...paths, '/status'].map((path) => daemon.get(path)),
  )) as [Row[], Row[], Row[], Row[], Row[], { opening: { cause: string | null } }];
  return viewOf({ positions, orders, traders, balances, trades, stopped: status.opening.cause });
}

/**
 * What the monitor's screen is drawn from.
 * @param trades those that it was told of
 */
export function viewOfMonitor(engine: RemoteEngine, trades: ReadonlySet<string>): DeskView {
  const { breaker } = engine.status();
  return viewOf({
    positions: engine.positions().map((position) => ({ ...position })),
    orders: engine.orders().map(({ intent, state }) => ({ ...intent, status: state.status })),
    traders: engine.traders().map(({ trader }) => ({ id: trader.id, state: trader.state.status })),
    balances: engine.balances().map((balance) => ({ ...balance })),
    trades: [...trades].map((id) => ({ id })),
    stopped: breaker.status === 'closed' ? null : breaker.cause,
  });
}

/** What is on the disk. */
export function viewOfStore(dataDir: string, database: string): DeskView {
  const db = new Database(join(dataDir, database), { readonly: true });
  try {
    const all = (sql: string): Row[] => db.prepare(sql).all() as Row[];
    const [breaker] = all('SELECT status, cause FROM circuit_breakers');
    return viewOf({
      positions: all("SELECT id, symbol, side, quantity FROM positions WHERE status = 'open'"),
      orders: all('SELECT id, symbol, side, status FROM orders'),
      traders: all('SELECT id, status AS state FROM traders'),
      balances: all('SELECT asset, free, locked FROM balances'),
      trades: all('SELECT id FROM trades'),
      stopped: breaker === undefined || breaker['status'] === 'closed' ? null : String(breaker['cause']),
    });
  } finally {
    db.close();
  }
}

const CHANNELS = ['positions', 'orders', 'traders', 'balances', 'trades', 'status'] as const;

interface Message {
  readonly type: string;
  readonly channel: (typeof CHANNELS)[number];
  readonly seq: number;
  readonly after?: number;
  readonly data: unknown;
}

/** A plain WebSocket client that keeps what it is told, by the documented protocol alone. */
export class SocketView {
  readonly #entries = new Map<string, Map<string, Row>>();
  readonly #seqs = new Map<string, number>();
  readonly #socket: WebSocket;
  /** Changes that did not follow what was known. */
  gaps = 0;

  constructor(url: string) {
    this.#socket = new WebSocket(`${url.replace(/^http/, 'ws')}/ws`);
    this.#socket.on('error', () => undefined);
    this.#socket.on('open', () => {
      this.#socket.send(JSON.stringify({ type: 'auth', token: TOKEN }));
      this.#socket.send(JSON.stringify({ type: 'subscribe', data: { channels: CHANNELS } }));
    });
    this.#socket.on('message', (data: Buffer) => this.#take(JSON.parse(data.toString()) as Message));
  }

  get isComplete(): boolean {
    return CHANNELS.every((channel) => this.#entries.has(channel));
  }

  get view(): DeskView {
    const of = (channel: (typeof CHANNELS)[number]): Row[] => [...(this.#entries.get(channel)?.values() ?? [])];
    const [status] = of('status') as unknown as { opening: { cause: string | null } }[];
    return viewOf({
      positions: of('positions'),
      orders: of('orders'),
      traders: of('traders'),
      balances: of('balances'),
      trades: of('trades'),
      stopped: status?.opening.cause ?? null,
    });
  }

  close(): void {
    this.#socket.terminate();
  }

  #take({ type, channel, seq, after = seq - 1, data }: Message): void {
    if (type === 'snapshot') {
      this.#entries.set(channel, new Map((data as Row[]).map((entry) => [keyOf(channel, entry), entry])));
      this.#seqs.set(channel, seq);
      return;
    }
    const entries = this.#entries.get(channel);
    if (entries === undefined) return;
    if (this.#seqs.get(channel) !== after) this.gaps += 1;
    this.#seqs.set(channel, seq);
    if (type.endsWith('_removed')) entries.delete((data as { readonly key: string }).key);
    else entries.set(keyOf(channel, data as Row), data as Row);
  }
}

function keyOf(channel: string, entry: Row): string {
  if (channel === 'status') return 'status';
  return String(channel === 'balances' ? entry['asset'] : entry['id']);
}
