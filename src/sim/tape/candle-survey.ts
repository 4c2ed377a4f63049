import { AitraderError } from '../../domain/errors.ts';
import { DAY_MS, SECOND_MS } from '../../domain/time.ts';
import type { CandleRecord } from './candle-file.ts';
import { CandleFile, symbolOfFile } from './candle-file.ts';
import { decimalsOf } from './decimal-text.ts';
import type { TapeProblems } from './tape-problems.ts';

/** Rows that are read to learn what is in a candle file. Later prices with more decimals than these are rounded. */
const SURVEYED_ROWS = 100_000;

/** What a candle file holds. */
export interface CandleSurvey {
  readonly path: string;
  readonly symbol: string;
  /** Length of a candle: the shortest time between two. */
  readonly lengthMs: number;
  readonly firstMs: number;
  /** End of the last candle that was read. */
  readonly lastMs: number;
  /** False: the file is longer than what was read of it. */
  readonly isWhole: boolean;
  readonly firstPrice: number;
  readonly priceDecimals: number;
  readonly quantityDecimals: number;
  /** Base units a second. */
  readonly volumePerSecond: number;
  /** Standard deviation of the return of a day. */
  readonly dailyVolatility: number;
}

/** Gathers the survey of one file. */
class Survey {
  readonly #path: string;
  #first: CandleRecord | null = null;
  #lastMs = NaN;
  #lengthMs = Infinity;
  #priceDecimals = 0;
  #quantityDecimals = 0;
  #volume = 0;
  #squares = 0;
  rows = 0;

  constructor(path: string) {
    this.#path = path;
  }

  add(candle: CandleRecord): void {
    const { openTime, open, high, low, close, volume } = candle;
    this.#first ??= candle;
    if (this.rows > 0) this.#lengthMs = Math.min(this.#lengthMs, openTime - this.#lastMs);
    this.#lastMs = openTime;
    for (const price of [open, high, low, close]) this.#priceDecimals = decimalsOf(price, this.#priceDecimals);
    this.#quantityDecimals = decimalsOf(volume, this.#quantityDecimals);
    this.#volume += volume;
    this.#squares += (close / open - 1) ** 2;
    this.rows += 1;
  }

  result(isWhole: boolean): CandleSurvey {
    const [path, first, lengthMs] = [this.#path, this.#first, this.#lengthMs];
    if (first === null || lengthMs === Infinity) {
      throw new AitraderError('TAPE_UNREADABLE', { path, problem: 'it holds fewer than two candles' });
    }
    return {
      ...{ path, symbol: symbolOfFile(path), lengthMs, isWhole },
      ...{ firstMs: first.openTime, lastMs: this.#lastMs + lengthMs, firstPrice: first.open },
      ...{ priceDecimals: this.#priceDecimals, quantityDecimals: this.#quantityDecimals },
      volumePerSecond: this.#volume / this.rows / (lengthMs / SECOND_MS),
      dailyVolatility: Math.sqrt((this.#squares / this.rows) * (DAY_MS / lengthMs)),
    };
  }
}

/**
 * Learns what a candle file holds from its first rows.
 * @param problems of the survey alone: playing counts and reports the malformed rows again
 * @throws AitraderError `TAPE_UNREADABLE`, `TAPE_REFUSED`
 */
export async function surveyCandles(path: string, problems: TapeProblems): Promise<CandleSurvey> {
  const file = new CandleFile(path, problems);
  const survey = new Survey(path);
  try {
    while (!file.hasEnded && survey.rows < SURVEYED_ROWS) {
      await file.fill();
      for (let candle = file.next(); candle !== null && survey.rows < SURVEYED_ROWS; candle = file.next()) {
        survey.add(candle);
      }
    }
  } finally {
    file.close();
  }
  return survey.result(file.hasEnded);
}
