import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';

import type { EngineHandle } from '../../../ports/engine-handle.ts';
import { COUNTERS, TIMINGS } from './catalogue.ts';
import { watchTrading } from './trading.ts';

/** Counts that the engine keeps of itself and its handle does not show; totals since the start. */
export interface EngineCounts {
  readonly messages: number;
  readonly checks: number;
  readonly signals: number;
  readonly errors: number;
}

/** Where the figures come from that are read when somebody asks. */
export interface MetricsSource {
  readonly engine: EngineHandle;
  counts(): EngineCounts;
}

type LabelsOf<Entry extends { readonly labels: readonly string[] }> = Readonly<Record<Entry['labels'][number], string>>;
export type TimingName = keyof typeof TIMINGS;
export type CounterName = keyof typeof COUNTERS;

/** The figures of the running desk for Prometheus, under the names of catalogue.ts. Labels are few and bounded. */
export interface DeskMetrics {
  /** A span was measured. */
  observe<Name extends TimingName>(name: Name, seconds: number, labels: LabelsOf<(typeof TIMINGS)[Name]>): void;
  /** Something happened. */
  count<Name extends CounterName>(name: Name, labels: LabelsOf<(typeof COUNTERS)[Name]>, times?: number): void;
  /** How many WebSocket clients there are is asked of `read` from now on. */
  setWebSocketClients(read: () => number): void;
  /** In Prometheus's text form. */
  read(): Promise<{ readonly contentType: string; readonly text: string }>;
  /** Stops listening to the engine. */
  close(): void;
}

/** 1 ms .. 10 s, as far as anything here may take. */
const BUCKETS_S = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

function mapped<Name extends string, Entry, Made>(
  entries: Readonly<Record<Name, Entry>>,
  make: (name: Name, entry: Entry) => Made,
): Readonly<Record<Name, Made>> {
  const pairs = (Object.entries(entries) as [Name, Entry][]).map(([name, entry]) => [name, make(name, entry)] as const);
  return Object.fromEntries(pairs) as Record<Name, Made>;
}

/** Counts of the engine, taken over when somebody asks. */
function addCounts(registry: Registry, source: MetricsSource): void {
  const registers = [registry];
  const total = (name: string, help: string, read: (counts: EngineCounts) => number): void => {
    const counter = new Counter({
      ...{ name, help, registers },
      collect() {
        counter.reset();
        counter.inc(read(source.counts()));
      },
    });
  };
  total('market_messages_total', 'Messages of the market that were taken in', ({ messages }) => messages);
  total('filter_checks_total', 'Checks of traders over all their symbols', ({ checks }) => checks);
  total('signals_created_total', 'Matches of filters that became signals', ({ signals }) => signals);
  total('engine_errors_total', 'Faults that the engine met and went on from', ({ errors }) => errors);
}

/** What stands now, read when somebody asks. */
function addStanding(registry: Registry, { engine }: MetricsSource): void {
  const registers = [registry];
  const standing = (name: string, help: string, read: () => number): void => {
    const gauge: Gauge = new Gauge({ ...{ name, help, registers }, collect: (): void => gauge.set(read()) });
  };
  const open = () => engine.positions().filter(({ state }) => state.status === 'open');
  standing('active_traders', 'Traders that run', () => {
    return engine.traders().filter(({ trader }) => trader.state.status === 'running').length;
  });
  standing('open_positions', 'Positions that are open', () => open().length);
  standing('unguarded_positions', 'Open positions whose stop nobody watches', () => {
    return open().filter(({ protection }) => protection.guard === 'none').length;
  });
  standing('websocket_latency_seconds', 'Age of market messages on arrival, p95', () => {
    return engine.status().feedLatencyMs / 1_000;
  });
  standing('feed_connected', 'Whether the market is heard: 1 or 0', () => {
    return engine.status().feed === 'connected' ? 1 : 0;
  });
  standing('stale_symbols', 'Symbols without fresh prices', () => {
    return engine.markets().filter(({ stale }) => stale).length;
  });
  standing('equity', 'What the account is worth, quote units', () => engine.status().equity.toNumber());
  standing('opening_allowed', 'Whether positions may be opened: 1 or 0', () => {
    return engine.status().breaker.status === 'closed' ? 1 : 0;
  });
}

/** The metrics of a running desk; they listen to its engine until `close`. */
export function createDeskMetrics(source: MetricsSource): DeskMetrics {
  const registry = new Registry();
  const registers = [registry];
  collectDefaultMetrics({ register: registry });
  addCounts(registry, source);
  addStanding(registry, source);
  const timings = mapped(
    TIMINGS,
    (name, { help, labels }) =>
      new Histogram({ ...{ name, help, registers }, labelNames: [...labels], buckets: BUCKETS_S }),
  );
  const counters = mapped(
    COUNTERS,
    (name, { help, labels }) => new Counter({ ...{ name, help, registers }, labelNames: [...labels] }),
  );
  const close = watchTrading(source.engine, registry);
  let webSocketClients = (): number => 0;
  const clients: Gauge = new Gauge({
    ...{ name: 'api_websocket_clients', help: 'WebSocket clients that are connected', registers },
    collect: (): void => clients.set(webSocketClients()),
  });
  return {
    observe: (name, seconds, labels) => timings[name].observe(labels, seconds),
    count: (name, labels, times = 1) => counters[name].inc(labels, times),
    setWebSocketClients: (read) => (webSocketClients = read),
    read: async () => ({ contentType: registry.contentType, text: await registry.metrics() }),
    close,
  };
}
