import { candleOpenTime, HOUR_MS, MINUTE_MS, timeframeMs } from '../../domain/time.ts';
import type { Timeframe } from '../../domain/time.ts';
import { CandleBuilder } from './candle-builder.ts';
import type { MarketConditions, SymbolConditions } from './conditions.ts';
import { fillPath, HistoryCandles } from './history-candles.ts';
import type { SymbolBehaviour } from './history-hours.ts';
import { HistoryHours } from './history-hours.ts';
import { HOUR_MINUTES } from './hour-shapes.ts';
import type { Grid } from './price-grid.ts';
import type { CandleColumns, CandleRange } from './source.ts';

/** The symbol whose history is wanted, and where it ends. */
export interface HistorySpec {
  readonly seed: number;
  readonly name: string;
  readonly behaviour: SymbolBehaviour;
  readonly market: MarketConditions;
  readonly own: SymbolConditions;
  readonly prices: Grid;
  readonly quantities: Grid;
  /** When history ends (a whole minute) and the price there, in ticks. */
  readonly endMs: number;
  readonly endTicks: number;
}

function hourOf(timeMs: number): number {
  return Math.floor(timeMs / HOUR_MS) * HOUR_MS;
}

/** The hours whose path passes through `endTicks` at `endMs`. */
function hoursThrough(spec: HistorySpec): HistoryHours {
  const lastHourMs = hourOf(spec.endMs - 1);
  const hours = new HistoryHours({ ...spec, endMs: lastHourMs + HOUR_MS });
  const path = new Float64Array(HOUR_MINUTES + 1);
  fillPath(path, hours.at(lastHourMs));
  hours.rescale(spec.endTicks / (path[(spec.endMs - lastHourMs) / MINUTE_MS] ?? 1));
  return hours;
}

const candles = new HistoryCandles();

/** The synthetic candles of one symbol before a moment, of every timeframe, made when they are asked for. */
export class SymbolHistory {
  readonly #spec: HistorySpec;
  readonly #hours: HistoryHours;

  constructor(spec: HistorySpec) {
    this.#spec = spec;
    this.#hours = hoursThrough(spec);
  }

  /** The open time of the first candle of every timeframe. */
  get startMs(): number {
    return this.#hours.startMs;
  }

  /** As `MarketSource.history`. */
  candles(timeframe: Timeframe, range: CandleRange): CandleColumns {
    const { endMs } = this.#spec;
    const lengthMs = timeframeMs(timeframe);
    const asked = Math.max(range.fromMs, this.#hours.startMs);
    const below = candleOpenTime(asked, timeframe);
    const firstMs = below < asked ? below + lengthMs : below;
    const lastMs = candleOpenTime(Math.min(range.toMs, endMs - 1), timeframe);
    const capacity = Math.max(0, Math.round((lastMs - firstMs) / lengthMs) + 1);
    const builder = new CandleBuilder(capacity, this.#spec);
    const untilMs = capacity === 0 ? firstMs : Math.min(lastMs + lengthMs, endMs);
    const openTimeAt = (timeMs: number): number => firstMs + Math.floor((timeMs - firstMs) / lengthMs) * lengthMs;
    for (let hourMs = hourOf(firstMs); hourMs < untilMs; hourMs += HOUR_MS) {
      const hour = this.#hours.at(hourMs);
      if (lengthMs >= HOUR_MS && hourMs + HOUR_MS <= untilMs) {
        builder.add(openTimeAt(hourMs), candles.hour(hour));
        continue;
      }
      for (const minute of candles.minutes(hour)) {
        if (minute.openTime < firstMs || minute.openTime >= untilMs) continue;
        builder.add(openTimeAt(minute.openTime), minute);
      }
    }
    return builder.finish();
  }
}
