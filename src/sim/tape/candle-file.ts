import { AitraderError } from '../../domain/errors.ts';
import type { RecordChunk } from './record-reader.ts';
import { RecordReader } from './record-reader.ts';
import type { TapeProblems } from './tape-problems.ts';

/** One row of a candle file. */
export interface CandleRecord {
  /** Milliseconds UTC. */
  readonly openTime: number;
  readonly open: number;
  readonly high: number;
  readonly low: number;
  readonly close: number;
  /** Base units. */
  readonly volume: number;
}

/** Hundreds of candle files may be open at once. */
const CHUNK_BYTES = 32 * 1024;

const COLUMNS = ['time', 'open', 'high', 'low', 'close', 'volume'] as const;
const TIME_NAMES = ['timestamp', 'time', 'opentime', 'open_time'];

/** Epoch times in seconds, milliseconds, microseconds or nanoseconds: all of this century, told apart by their size. */
export function epochMs(value: number): number {
  if (value < 1e11) return value * 1e3;
  if (value < 1e14) return value;
  return value < 1e17 ? value / 1e3 : value / 1e6;
}

/** ISO 8601 with a space or a T; without a zone it is UTC. */
function isoMs(text: string): number {
  const [, date, time = '00:00:00', zone = 'Z'] =
    /^(\d{4}-\d{2}-\d{2})(?:[T ](\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?))?(Z|[-+]\d{2}:?\d{2})?$/.exec(text) ?? [];
  return date === undefined ? NaN : Date.parse(`${date}T${time}${zone}`);
}

function timeOf(text: string): number {
  const ms = /^\d+(\.\d+)?$/.test(text) ? epochMs(Number(text)) : isoMs(text);
  return Math.floor(ms);
}

function candleOf(fields: readonly (string | undefined)[]): CandleRecord | null {
  const [time = '', ...figures] = fields;
  return candleFrom(
    timeOf(time),
    figures.map((text) => (text === undefined || text === '' ? NaN : Number(text))),
  );
}

/** A candle of its figures in the order of `COLUMNS`; null when they are none. */
export function candleFrom(openTime: number, figures: readonly number[]): CandleRecord | null {
  const [open = NaN, high = NaN, low = NaN, close = NaN, volume = NaN] = figures;
  const isCandle = openTime > 0 && low > 0 && volume >= 0 && volume < Infinity && high < Infinity;
  const isInside = open >= low && close >= low && open <= high && close <= high;
  return isCandle && isInside ? { openTime, open, high, low, close, volume } : null;
}

/** Where the columns of a candle, in the order of `COLUMNS`, stand among others; `missing` names those that do not. */
export function findColumns(names: readonly string[]): {
  readonly places: readonly number[];
  readonly missing: readonly string[];
} {
  const lower = names.map((name) => name.toLowerCase());
  const places = COLUMNS.map((column) =>
    column === 'time' ? lower.findIndex((name) => TIME_NAMES.includes(name)) : lower.indexOf(column),
  );
  return { places, missing: COLUMNS.filter((_, at) => places[at] === -1) };
}

/** Reads the rows of a candle file: CSV with a header, or a JSON array of `[openTimeMs, o, h, l, c, v]`. */
export class CandleFile {
  readonly #path: string;
  readonly #problems: TapeProblems;
  readonly #isJson: boolean;
  readonly #reader: RecordReader;
  #chunk: RecordChunk | null = null;
  #hasEnded = false;
  #at = 0;
  #row = 0;
  /** CSV: where the columns of `COLUMNS` stand. */
  #places: readonly number[] | null = null;
  #latest = -Infinity;

  constructor(path: string, problems: TapeProblems) {
    this.#path = path;
    this.#problems = problems;
    this.#isJson = /\.json(\.gz)?$/i.test(path);
    this.#reader = new RecordReader(path, { separator: this.#isJson ? ']' : '\n', chunkBytes: CHUNK_BYTES });
  }

  get hasEnded(): boolean {
    return this.#hasEnded;
  }

  /**
   * The next candle; null when `fill` must be awaited first, or the file has ended. Rows that are no candle, or not
   * later than the one before, are reported and passed over.
   * @throws AitraderError `TAPE_REFUSED`, and `TAPE_UNREADABLE` when the header lacks a column
   */
  next(): CandleRecord | null {
    const { bytes } = this.#chunk ?? { bytes: NOTHING };
    while (this.#at < bytes.length) {
      const found = bytes.indexOf(this.#isJson ? ']' : '\n', this.#at);
      const end = found < 0 ? bytes.length : found;
      const text = bytes.toString('utf8', this.#at, end).trim();
      this.#at = end + 1;
      const candle = this.#isJson ? this.#fromJson(text) : this.#fromCsv(text);
      if (candle !== null) return candle;
    }
    return null;
  }

  async fill(): Promise<void> {
    if (this.#hasEnded || this.#at < (this.#chunk?.bytes.length ?? 0)) return;
    this.#chunk = await this.#reader.next();
    this.#at = 0;
    this.#hasEnded = this.#chunk === null;
  }

  close(): void {
    this.#reader.close();
  }

  #fromJson(text: string): CandleRecord | null {
    const fields = text.replace(/^[[,\s]+/, '');
    if (fields === '') return null;
    this.#row += 1;
    return this.#checked(candleOf(fields.split(',').map((field) => field.trim().replace(/^"(.*)"$/, '$1'))));
  }

  #fromCsv(text: string): CandleRecord | null {
    this.#row += 1;
    if (text === '') return null;
    const fields = text.split(',').map((field) => field.trim().replace(/^"(.*)"$/, '$1'));
    if (this.#places === null) {
      this.#places = this.#header(fields);
      return null;
    }
    return this.#checked(candleOf(this.#places.map((place) => fields[place])));
  }

  #header(fields: readonly string[]): readonly number[] {
    const { places, missing } = findColumns(fields);
    if (missing.length > 0) {
      const problem = `its header "${fields.join(',').slice(0, 200)}" has no column ${missing.join(', ')}`;
      throw new AitraderError('TAPE_UNREADABLE', { path: this.#path, problem });
    }
    return places;
  }

  #checked(candle: CandleRecord | null): CandleRecord | null {
    const isLater = candle !== null && candle.openTime > this.#latest;
    if (isLater) {
      this.#latest = candle.openTime;
      return candle;
    }
    const problem = candle === null ? 'no candle' : 'a candle that is not later than the one before';
    this.#problems.add({ path: this.#path, line: this.#row, problem });
    return null;
  }
}

const NOTHING = Buffer.alloc(0);

/** `ETH_BTC-5m-201801.json` -> `ETHBTC`: the file name up to the first `-` or `.`, without `_`, upper-cased. */
export function symbolOfFile(path: string): string {
  const name = path.split(/[/\\]/).at(-1) ?? '';
  return (/^[^-.]*/.exec(name)?.[0] ?? '').replaceAll('_', '').toUpperCase();
}
