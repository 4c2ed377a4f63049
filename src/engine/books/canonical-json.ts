import { Decimal } from '../../domain/decimal.ts';

/**
 * A record as JSON text that is the same for the same content: keys sorted, decimals as plain strings, figures that JSON
 * lacks (NaN and the infinities) as text, absent fields left out.
 */
export function canonicalJson(value: unknown): string {
  return JSON.stringify(canonical(value));
}

function canonical(value: unknown): unknown {
  if (Decimal.isDecimal(value)) return new Decimal(value).toFixed();
  if (typeof value === 'number' && !Number.isFinite(value)) return String(value);
  if (Array.isArray(value)) return value.map(canonical);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).filter(([, part]) => part !== undefined);
  entries.sort(([one], [other]) => (one < other ? -1 : 1));
  return Object.fromEntries(entries.map(([key, part]) => [key, canonical(part)]));
}
