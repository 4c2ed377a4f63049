import { Decimal } from '../domain/decimal.ts';
import { AitraderError } from '../domain/errors.ts';
import { isRecord } from './transport/params.ts';

const DECIMAL = /^-?\d+(\.\d+)?$/;

/** What is wrong with a script that somebody wrote. */
export function scriptError(problem: string): AitraderError {
  return new AitraderError('USAGE', {
    problem,
    hint: 'docs/simulated-exchange.md describes fault scripts and start states.',
  });
}

/** Reads the members of one object of a script, and says where something is wrong. */
export class ScriptReader {
  readonly #values: Record<string, unknown>;
  readonly #where: string;

  /**
   * @param where names the object in messages
   * @throws AitraderError `USAGE` when it is no object, or has members other than `known`
   */
  constructor(input: unknown, where: string, known: readonly string[]) {
    if (!isRecord(input)) throw scriptError(`${where}: expected an object`);
    const unknown = Object.keys(input).find((name) => !known.includes(name));
    if (unknown !== undefined)
      throw scriptError(`${where}: unknown member "${unknown}"; there are ${known.join(', ')}`);
    this.#values = input;
    this.#where = where;
  }

  number(name: string, fallback?: number): number {
    const value = this.#values[name] ?? fallback;
    if (typeof value !== 'number' || !Number.isFinite(value)) throw this.#invalid(name, 'a number');
    return value;
  }

  /** A number of at least 0. */
  amount(name: string, fallback?: number): number {
    const value = this.number(name, fallback);
    if (value < 0) throw this.#invalid(name, 'a number of at least 0');
    return value;
  }

  text(name: string, fallback?: string): string {
    const value = this.#values[name] ?? fallback;
    if (typeof value !== 'string' || value === '') throw this.#invalid(name, 'a text');
    return value;
  }

  flag(name: string, fallback: boolean): boolean {
    const value = this.#values[name] ?? fallback;
    if (typeof value !== 'boolean') throw this.#invalid(name, 'true or false');
    return value;
  }

  /** A plain decimal number, written as a text. */
  decimal(name: string): string {
    const value = this.#values[name];
    if (typeof value !== 'string' || !DECIMAL.test(value)) throw this.#invalid(name, 'a decimal number in quotes');
    return new Decimal(value).toFixed();
  }

  oneOf<Value extends string>(name: string, allowed: readonly Value[], fallback?: Value): Value {
    const value = this.#values[name] ?? fallback;
    const found = allowed.find((candidate) => candidate === value);
    if (found === undefined) throw this.#invalid(name, `one of ${allowed.join(', ')}`);
    return found;
  }

  has(name: string): boolean {
    return this.#values[name] !== undefined && this.#values[name] !== null;
  }

  /** An object of decimal numbers by name; empty when it is missing. */
  decimals(name: string): Record<string, string> {
    const value = this.#values[name] ?? {};
    if (!isRecord(value)) throw this.#invalid(name, 'an object of decimal numbers in quotes');
    const reader = new ScriptReader(value, `${this.#where}: ${name}`, Object.keys(value));
    return Object.fromEntries(Object.keys(value).map((key) => [key, reader.decimal(key)]));
  }

  /** A member that is an object itself; an empty one when it is missing. */
  child(name: string, known: readonly string[]): ScriptReader {
    return new ScriptReader(this.#values[name] ?? {}, `${this.#where}: ${name}`, known);
  }

  /** The entries of a list, each read by `read`; none when it is missing. */
  list<Item>(name: string, read: (entry: unknown, where: string) => Item): Item[] {
    const value = this.#values[name] ?? [];
    if (!Array.isArray(value)) throw this.#invalid(name, 'a list');
    return value.map((entry: unknown, index) => read(entry, `${this.#where}: ${name}[${index}]`));
  }

  #invalid(name: string, expected: string): AitraderError {
    const given = JSON.stringify(this.#values[name]);
    return scriptError(`${this.#where}: "${name}" is ${given ?? 'missing'}; it must be ${expected}`);
  }
}
