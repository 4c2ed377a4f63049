import type { Candle } from '../../src/domain/candle.ts';
import type { Instrument, Market } from '../../src/domain/instrument.ts';
import { timeframeMs } from '../../src/domain/time.ts';
import type { HistoryRequest, MarketFeed, MarketSink } from '../../src/ports/market-feed.ts';

/** A feed that the test moves. History is flat. */
export class ScriptedFeed implements MarketFeed {
  readonly capabilities = {
    markets: new Set<Market>(['spot', 'futures']),
    historyTimeframes: new Set(['1m'] as const),
    aggressorSide: true,
    markPrice: true,
    candleStream: true,
  };
  readonly requests: HistoryRequest[] = [];
  /** What the venue says of its symbols from now on. */
  listed: readonly Instrument[];
  sink: MarketSink | null = null;

  constructor(instruments: readonly Instrument[]) {
    this.listed = instruments;
  }

  async instruments(): Promise<readonly Instrument[]> {
    return this.listed;
  }

  async tickers(): Promise<readonly never[]> {
    return [];
  }

  async connect(sink: MarketSink): Promise<void> {
    this.sink = sink;
  }

  subscribe(): void {
    // Everything is told anyway.
  }

  async history(request: HistoryRequest): Promise<readonly Candle[]> {
    this.requests.push(request);
    const { symbol, timeframe, fromMs, toMs } = request;
    const stepMs = timeframeMs(timeframe);
    const count = Math.floor((toMs - fromMs) / stepMs) + 1;
    return Array.from({ length: count }, (_, index) => ({
      ...{ symbol, timeframe, openTime: fromMs + index * stepMs, open: 100, high: 101, low: 99, close: 100 },
      ...{ volume: 1, quoteVolume: 100, trades: 1, buyVolume: 1, sellVolume: 0, closed: true },
    }));
  }

  onStatus(): () => void {
    return () => undefined;
  }

  metrics(): ReturnType<MarketFeed['metrics']> {
    const latency = { p50Ms: 0, p95Ms: 0, p99Ms: 0, clockOffsetMs: 0 };
    const counts = { connections: 1, streams: 1, messages: 0, bytes: 0, fallbackParses: 0, rejected: 0, dropped: 0 };
    return { ...counts, reconnects: 0, tradesMissed: 0, candlesFilled: 0, latency, usedWeight: 0 };
  }

  async close(): Promise<void> {
    this.sink = null;
  }
}
