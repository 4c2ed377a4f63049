const CODE = { minus: 45, dot: 46, zero: 48, nine: 57 } as const;
/** Powers of ten that a float holds exactly. */
export const POWERS = Float64Array.from({ length: 23 }, (_, exponent) => 10 ** exponent);

function isDigit(byte: number | undefined): boolean {
  return byte !== undefined && byte >= CODE.zero && byte <= CODE.nine;
}

/** The number that `bytes[start, end)` spells, correctly rounded; NaN when it is none. */
export function parseNumber(bytes: Buffer, start: number, end: number): number {
  let mantissa = 0;
  let decimals = -1;
  const isNegative = bytes[start] === CODE.minus;
  if (end <= start) return NaN;
  for (let at = isNegative ? start + 1 : start; at < end; at += 1) {
    const byte = bytes[at] ?? 0;
    if (byte >= CODE.zero && byte <= CODE.nine) {
      mantissa = mantissa * 10 + (byte - CODE.zero);
      if (decimals >= 0) decimals += 1;
    } else if (byte === CODE.dot && decimals < 0) {
      decimals = 0;
    } else {
      return parseSlowly(bytes, start, end);
    }
  }
  const isPlain = isDigit(bytes[isNegative ? start + 1 : start]) && isDigit(bytes[end - 1]);
  if (!isPlain || mantissa > Number.MAX_SAFE_INTEGER || decimals >= POWERS.length)
    return parseSlowly(bytes, start, end);
  const value = decimals > 0 ? mantissa / (POWERS[decimals] ?? 1) : mantissa;
  return isNegative ? -value : value;
}

/** Exponents, more digits than a float holds, and nonsense. */
function parseSlowly(bytes: Buffer, start: number, end: number): number {
  const text = bytes.toString('latin1', start, end);
  return /^-?\d+(\.\d+)?([eE][-+]?\d+)?$/.test(text) ? Number(text) : NaN;
}

/** The exchange writes no more; figures computed by others are cut to it. */
export const MOST_DECIMALS = 8;

/**
 * How many decimals a number has, trailing zeros not counted, at least `known` and at most 8. NaN, and numbers too large
 * to tell, count as `known`.
 */
export function decimalsOf(value: number, known: number): number {
  for (let decimals = known; decimals < MOST_DECIMALS; decimals += 1) {
    const scale = POWERS[decimals] ?? 1;
    const units = value * scale;
    if (!(Math.abs(units) < Number.MAX_SAFE_INTEGER)) return known;
    if (Math.round(units) / scale === value) return decimals;
  }
  return MOST_DECIMALS;
}
