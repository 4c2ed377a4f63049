import { decimal, Decimal } from '../../../domain/decimal.ts';

/** JSON in which Decimals are `{"$d": "1.5"}` and bigints `{"$n": "150000000"}`. */
export function encode(value: unknown): string {
  return JSON.stringify(value, function (this: Record<string, unknown>, key, simple: unknown) {
    const raw = this[key];
    if (typeof raw === 'bigint') return { $n: raw.toString() };
    return Decimal.isDecimal(raw) ? { $d: raw.toFixed() } : simple;
  });
}

/** Reads back what `encode` has written. @throws SyntaxError for what is no JSON */
export function decode(text: string): unknown {
  return JSON.parse(text, (_, value: unknown) => {
    if (typeof value !== 'object' || value === null) return value;
    if ('$n' in value) return BigInt(value.$n as string);
    return '$d' in value ? decimal(value.$d as string) : value;
  });
}
