import type { Candle } from '../../../domain/candle.ts';
import type { VenueSymbol } from '../../../domain/ids.ts';
import { candleOpenTime, MINUTE_MS, SECOND_MS, timeframeMs } from '../../../domain/time.ts';
import type { Timeframe } from '../../../domain/time.ts';
import type { EngineHandle } from '../../../ports/engine-handle.ts';
import { candleJson } from '../../shared/json/market-json.ts';
import type { ApiDesk } from '../routes/api-desk.ts';
import type { SeenEntry } from './channel-rows.ts';

const FIRST_WAIT_MS = SECOND_MS / 4;

/** The closed candles of one series, asked for when another one is due. */
class Series {
  readonly #of: { readonly symbol: VenueSymbol; readonly timeframe: Timeframe };
  readonly #keep: number;
  #candles: readonly Candle[] = [];
  #waitMs = FIRST_WAIT_MS;
  #askAgainAt = -Infinity;

  constructor(of: { readonly symbol: VenueSymbol; readonly timeframe: Timeframe }, keep: number) {
    this.#of = of;
    this.#keep = keep;
  }

  get entries(): SeenEntry[] {
    const { symbol, timeframe } = this.#of;
    return this.#candles.map((candle) => ({
      key: `${symbol}:${timeframe}:${candle.openTime}`,
      parts: [candle.openTime, candle.close, candle.volume],
      json: () => candleJson(candle),
    }));
  }

  /**
   * Asks for what has closed since. A series that brings nothing, as the venue halts the symbol, is asked ever more rarely.
   * @param now the desk's time
   */
  async refresh(engine: EngineHandle, now: number): Promise<void> {
    const stepMs = timeframeMs(this.#of.timeframe);
    const due = candleOpenTime(now, this.#of.timeframe) - stepMs;
    const newest = this.#candles.at(-1)?.openTime ?? -Infinity;
    if (newest >= due || performance.now() < this.#askAgainAt) return;
    const missing = Math.ceil((due - newest) / stepMs);
    const came = await engine.candles({ ...this.#of, limit: Math.min(this.#keep, missing) }).catch(() => []);
    const fresh = came.filter(({ openTime }) => openTime > newest);
    this.#candles = [...this.#candles, ...fresh].slice(-this.#keep);
    this.#waitMs = fresh.length > 0 ? FIRST_WAIT_MS : Math.min(MINUTE_MS, 2 * this.#waitMs);
    this.#askAgainAt = performance.now() + (fresh.length > 0 ? 0 : this.#waitMs);
  }
}

/** Minutes that are kept of each symbol: enough for a reader that was away for a moment. */
const KEPT_OF_ALL = 3;

/** The closed minutes of every symbol that is watched. */
export function candlesOfAll(): (api: ApiDesk) => Promise<readonly SeenEntry[]> {
  const bySymbol = new Map<VenueSymbol, Series>();
  return async ({ desk, running: { engine } }) => {
    const now = desk.now();
    const symbols = engine.markets().map(({ symbol }) => symbol);
    const all = symbols.map((symbol) => {
      const series = bySymbol.get(symbol) ?? new Series({ symbol, timeframe: '1m' }, KEPT_OF_ALL);
      bySymbol.set(symbol, series);
      return series;
    });
    await Promise.all(all.map((series) => series.refresh(engine, now)));
    return all.flatMap((series) => series.entries);
  };
}

const KEPT_OF_ONE = 200;

/** The newest closed candles of one series. */
export function candlesOf(symbol: VenueSymbol, timeframe: Timeframe): (api: ApiDesk) => Promise<readonly SeenEntry[]> {
  const series = new Series({ symbol, timeframe }, KEPT_OF_ONE);
  return async ({ desk, running }) => {
    await series.refresh(running.engine, desk.now());
    return series.entries;
  };
}
