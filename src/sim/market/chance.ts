/**
 * Seeded chance in two forms: hashing (any draw of a series by its number, in any order: what history and slowly changing
 * figures are made of) and a generator (one draw after another, faster: what the stream is made of).
 */

/** Names one series of draws: 64 bits, so that no two series of a market are shifted copies of each other. */
export interface SeriesKey {
  readonly low: number;
  readonly high: number;
}

/** A bijection of 32 bits in which every input bit changes about half of the output bits (C. Wellons, hash-prospector). */
function mix(value: number): number {
  let h = value ^ (value >>> 16);
  h = Math.imul(h, 0x21f0aaad);
  h ^= h >>> 15;
  h = Math.imul(h, 0x735a2d97);
  return h ^ (h >>> 15);
}

/** FNV-1a over UTF-16 units. */
function textHash(text: string, basis: number): number {
  let h = basis;
  for (let i = 0; i < text.length; i += 1) h = Math.imul(h ^ text.charCodeAt(i), 0x01000193);
  return mix(h);
}

/** The series called `name` of the market `seed` (a whole number). */
export function seriesKey(seed: number, name: string): SeriesKey {
  const text = `${seed}/${name}`;
  return { low: textHash(text, 0x811c9dc5), high: textHash(text, 0x2f0b4a27) };
}

/** Draw number `index` of a series: 32 random bits as a signed integer. `index` is taken modulo 2^32. */
export function drawAt(key: SeriesKey, index: number): number {
  return mix(mix((index | 0) + key.low) ^ key.high);
}

/** Uniform in [0, 1). */
export function uniformAt(key: SeriesKey, index: number): number {
  return (drawAt(key, index) >>> 0) / 0x1_0000_0000;
}

const TABLE_BITS = 12;
const TABLE_SIZE = 1 << TABLE_BITS;
const TABLE_SHIFT = 32 - TABLE_BITS;

/** The standard normal distribution as equally likely values: mean exactly 0 by symmetry, variance 1, largest value 3.7. */
function normalTable(): Float64Array {
  const table = new Float64Array(TABLE_SIZE);
  const stepSize = 1 / 4096;
  const density = (x: number): number => Math.exp((-x * x) / 2) / Math.sqrt(2 * Math.PI);
  let cumulative = 0.5;
  let x = 0;
  for (let i = TABLE_SIZE / 2; i < TABLE_SIZE; i += 1) {
    const target = (i + 0.5) / TABLE_SIZE;
    while (cumulative < target) {
      cumulative += density(x + stepSize / 2) * stepSize;
      x += stepSize;
    }
    table[i] = x;
    table[TABLE_SIZE - 1 - i] = -x;
  }
  const variance = table.reduce((sum, value) => sum + value * value, 0) / TABLE_SIZE;
  return table.map((value) => value / Math.sqrt(variance));
}

const NORMAL = normalTable();

/** A table of equally likely values with mean 1, made of the standard normal ones. */
function positiveTable(shape: (normal: number, uniform: number) => number): Float64Array {
  const raw = NORMAL.map((normal, i) => shape(normal, (i + 0.5) / TABLE_SIZE));
  const mean = raw.reduce((sum, value) => sum + value, 0) / TABLE_SIZE;
  return raw.map((value) => value / mean);
}

const EXPONENTIAL = positiveTable((_normal, uniform) => -Math.log(1 - uniform));
const LOG_NORMAL = positiveTable((normal) => Math.exp(normal));

/** Standard normal. */
export function normalAt(key: SeriesKey, index: number): number {
  return NORMAL[drawAt(key, index) >>> TABLE_SHIFT] ?? 0;
}

/**
 * A smooth curve through standard normal values at whole numbers: standard normal at every `x`, without steps, and
 * independent over distances above 2. Remembers the two values in use, as it is mostly asked for neighbours.
 */
export class SmoothNormal {
  readonly #key: SeriesKey;
  #index = NaN;
  #left = 0;
  #right = 0;

  constructor(key: SeriesKey) {
    this.#key = key;
  }

  at(x: number): number {
    const index = Math.floor(x);
    if (index !== this.#index) {
      this.#index = index;
      this.#left = normalAt(this.#key, index);
      this.#right = normalAt(this.#key, index + 1);
    }
    const part = x - index;
    const weight = part * part * (3 - 2 * part);
    const blend = this.#left * (1 - weight) + this.#right * weight;
    return blend / Math.sqrt(weight * weight + (1 - weight) * (1 - weight));
  }
}

/** A generator of draws one after another (sfc32, C. Doty-Humphrey's PractRand). */
export class Draws {
  #a: number;
  #b: number;
  #c: number;
  #counter = 1;

  constructor(key: SeriesKey) {
    this.#a = key.low;
    this.#b = key.high;
    this.#c = drawAt(key, 0);
    for (let i = 0; i < 12; i += 1) this.bits();
  }

  /** 32 random bits as a signed integer. */
  bits(): number {
    const result = (((this.#a + this.#b) | 0) + this.#counter) | 0;
    this.#counter = (this.#counter + 1) | 0;
    this.#a = this.#b ^ (this.#b >>> 9);
    this.#b = (this.#c + (this.#c << 3)) | 0;
    this.#c = (((this.#c << 21) | (this.#c >>> 11)) + result) | 0;
    return result;
  }

  /** Uniform in [0, 1). */
  uniform(): number {
    return (this.bits() >>> 0) / 0x1_0000_0000;
  }

  /** Standard normal. */
  normal(): number {
    return NORMAL[this.bits() >>> TABLE_SHIFT] ?? 0;
  }

  /** Exponential with mean 1. */
  exponential(): number {
    return EXPONENTIAL[this.bits() >>> TABLE_SHIFT] ?? 1;
  }

  /** Log-normal with mean 1 and a standard deviation of its logarithm of 1. */
  logNormal(): number {
    return LOG_NORMAL[this.bits() >>> TABLE_SHIFT] ?? 1;
  }
}
