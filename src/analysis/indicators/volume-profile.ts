import { readCall } from './call.ts';
import type { CandleColumns, Column } from './column.ts';
import { ALL, factor, period } from './parameter.ts';

/** A row of a volume profile: the volume traded between two prices. */
export interface ProfileLevel {
  readonly low: number;
  readonly high: number;
  /** The middle of low and high. */
  readonly price: number;
  readonly volume: number;
}

/** Where the volume of a stretch of candles was traded. */
export interface VolumeProfile {
  /** Point of control: the price of the level with the most volume, the lowest of equals. */
  readonly poc: number;
  /** The upper end of the value area. */
  readonly vah: number;
  /** The lower end of the value area. */
  readonly val: number;
  /** Lowest price first. */
  readonly levels: readonly ProfileLevel[];
}

type Tail = Float64Array;
type Level = { -readonly [Key in keyof ProfileLevel]: ProfileLevel[Key] };
type Parameters = [n?: number, rows?: number, areaPct?: number];

const SIGNATURE = {
  name: 'volumeProfile',
  inputs: ['high', 'low', 'close', 'volume'],
  parameters: [period('n', ALL), { ...period('rows', 24), max: 1_000 }, { ...factor('areaPct', 70), max: 100 }],
};

/**
 * Volume profile of the last n candles, all when n is left out: the range from the lowest low to the highest high in
 * `rows` equal levels, each candle's volume spread evenly over its own range. The value area holds `areaPct` percent of
 * the volume: it grows from the point of control, always by the neighbouring level with more volume, the upper one of
 * equals, as in TradingView's volume profiles. The columns are those of mfi and cmf; the close is not looked at. Candles
 * that all stand at one price give one level of no height. NaN and no levels with fewer than n candles, a gap among them
 * or no volume.
 * @throws TypeError or RangeError as all functions of `ta` for what is no column and for parameters out of range
 */
export function volumeProfile(
  ...args:
    [high: Column, low: Column, close: Column, volume: Column, ...Parameters] | [candles: CandleColumns, ...Parameters]
): VolumeProfile {
  const { inputs, parameters } = readCall(SIGNATURE, args);
  const [given, rows, areaPct] = parameters as [number, number, number];
  const length = inputs[0]!.length;
  const n = given === ALL ? length : given;
  const start = length - n;
  const [high, low, , volume] = inputs.map((column) => column.subarray(Math.max(0, start))) as [Tail, Tail, Tail, Tail];
  const bottom = low.reduce((lowest, price) => Math.min(lowest, price), Infinity);
  const top = high.reduce((highest, price) => Math.max(highest, price), -Infinity);
  const total = volume.reduce((sum, each) => sum + each, 0);
  if (start < 0 || !Number.isFinite(top - bottom) || !(total > 0)) return { poc: NaN, vah: NaN, val: NaN, levels: [] };
  const levels = top > bottom ? emptyLevels(bottom, top, rows) : [{ low: bottom, high: top, price: top, volume: 0 }];
  for (let at = 0; at < n; at += 1) spread(levels, { low: low[at]!, high: high[at]!, volume: volume[at]! });
  return { ...valueArea(levels, (total * areaPct) / 100), levels };
}

function emptyLevels(bottom: number, top: number, rows: number): Level[] {
  const edge = (row: number) => (row === rows ? top : bottom + ((top - bottom) * row) / rows);
  return Array.from({ length: rows }, (_, row) => {
    const low = edge(row);
    const high = edge(row + 1);
    return { low, high, price: (low + high) / 2, volume: 0 };
  });
}

function spread(levels: Level[], candle: { low: number; high: number; volume: number }): void {
  const bottom = levels[0]!.low;
  const height = (levels[levels.length - 1]!.high - bottom) / levels.length;
  const rowOf = (price: number) =>
    height > 0 ? Math.min(levels.length - 1, Math.max(0, Math.floor((price - bottom) / height))) : 0;
  const first = rowOf(candle.low);
  const last = rowOf(candle.high);
  const range = candle.high - candle.low;
  for (let row = first; row <= last; row += 1) {
    const level = levels[row]!;
    const from = row === first ? candle.low : level.low;
    const to = row === last ? candle.high : level.high;
    level.volume += first === last ? candle.volume : (candle.volume * (to - from)) / range;
  }
}

function valueArea(levels: readonly Level[], wanted: number): { poc: number; vah: number; val: number } {
  let control = 0;
  levels.forEach((level, row) => {
    if (level.volume > levels[control]!.volume) control = row;
  });
  let lower = control;
  let upper = control;
  let held = levels[control]!.volume;
  while (held < wanted && (lower > 0 || upper < levels.length - 1)) {
    const above = levels[upper + 1]?.volume ?? -1;
    const below = levels[lower - 1]?.volume ?? -1;
    if (above >= below) upper += 1;
    else lower -= 1;
    held += Math.max(above, below);
  }
  return { poc: levels[control]!.price, vah: levels[upper]!.high, val: levels[lower]!.low };
}
