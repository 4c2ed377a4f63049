import { Decimal } from '../../domain/decimal.ts';
import { refuse } from '../venue-error.ts';

const DECIMAL_RANGE = '^([0-9]{1,20})(\\.[0-9]{1,20})?$';
const DECIMAL = new RegExp(DECIMAL_RANGE);
const INTEGER_RANGE = '[0-9]{1,20}';
const INTEGER = /^[0-9]{1,20}$/;

/** The parameters of a request, as text, with the venue's refusals for what is missing or malformed. */
export class Params {
  readonly #values: ReadonlyMap<string, string>;

  constructor(values: ReadonlyMap<string, string>) {
    this.#values = values;
  }

  /** Parameters of a WebSocket API message or of an element of a batch: numbers and booleans count as their text. */
  static fromJson(values: Readonly<Record<string, unknown>>): Params {
    const texts = Object.entries(values)
      .filter(([, value]) => value !== undefined && value !== null)
      .map(([name, value]): [string, string] => [name, typeof value === 'string' ? value : JSON.stringify(value)]);
    return new Params(new Map(texts));
  }

  /** Parameters of a query string and a form body; the query wins where both name one. */
  static fromForm(query: string, body: string): Params {
    const values = new Map<string, string>();
    for (const part of [body, query]) {
      for (const [name, value] of new URLSearchParams(part)) values.set(name, value);
    }
    return new Params(values);
  }

  has(name: string): boolean {
    return (this.#values.get(name) ?? '') !== '';
  }

  names(): string[] {
    return [...this.#values.keys()];
  }

  /** The first of several names under which a value may come, such as `activatePrice` and `activationPrice`. */
  nameOf(...names: readonly string[]): string {
    return names.find((name) => this.has(name)) ?? names[0] ?? '';
  }

  optionalText(name: string): string | null {
    return this.has(name) ? (this.#values.get(name) ?? null) : null;
  }

  text(name: string): string {
    const value = this.optionalText(name);
    if (value === null) throw refuse('PARAMETER_MISSING', { parameter: name });
    return value;
  }

  optionalInteger(name: string): number | null {
    const value = this.optionalText(name);
    if (value === null) return null;
    if (!INTEGER.test(value)) throw refuse('ILLEGAL_CHARS', { parameter: name, range: INTEGER_RANGE });
    return Number(value);
  }

  integer(name: string): number {
    const value = this.optionalInteger(name);
    if (value === null) throw refuse('PARAMETER_MISSING', { parameter: name });
    return value;
  }

  /** `limit` and its kin: a default when absent, the venue's cap when larger, a refusal below 1. */
  limit(name: string, bounds: { readonly fallback: number; readonly max: number }): number {
    const value = this.optionalInteger(name) ?? bounds.fallback;
    if (value < 1) throw refuse('BAD_PARAMETER', { parameter: name });
    return Math.min(value, bounds.max);
  }

  optionalDecimal(name: string): Decimal | null {
    const value = this.optionalText(name);
    if (value === null) return null;
    if (!DECIMAL.test(value)) throw refuse('ILLEGAL_CHARS', { parameter: name, range: DECIMAL_RANGE });
    return new Decimal(value);
  }

  decimal(name: string): Decimal {
    const value = this.optionalDecimal(name);
    if (value === null) throw refuse('PARAMETER_MISSING', { parameter: name });
    return value;
  }

  flag(name: string): boolean {
    return this.optionalText(name)?.toLowerCase() === 'true';
  }

  /** A JSON list such as `symbols=["BTCUSDT"]` or `batchOrders=[{...}]`; null when absent. */
  optionalList(name: string): readonly unknown[] | null {
    const value = this.optionalText(name);
    if (value === null) return null;
    const list = parseJson(value);
    if (!Array.isArray(list)) throw refuse('BAD_PARAMETER', { parameter: name });
    return list as unknown[];
  }

  with(values: Readonly<Record<string, string>>): Params {
    return new Params(new Map([...this.#values, ...Object.entries(values)]));
  }
}

/** The value of a JSON text, or undefined when it is none. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** True for a JSON object (not a list, not null). */
export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
