import { Decimal, decimal } from '../../../../domain/decimal.ts';
import { UnreadableAnswer } from './failures.ts';

/** An object of an answer whose members are not known yet. */
export type Fields = Readonly<Record<string, unknown>>;

export function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** @throws UnreadableAnswer */
export function fieldsOf(value: unknown): Fields {
  if (isFields(value)) return value;
  throw new UnreadableAnswer('the answer is no object');
}

/** @throws UnreadableAnswer */
export function listOf(value: unknown): readonly Fields[] {
  if (Array.isArray(value)) return value.map(fieldsOf);
  throw new UnreadableAnswer('the answer is no list');
}

/** A text, or a number as its text; `''` is none. @throws UnreadableAnswer */
export function textOf(fields: Fields, name: string): string {
  const text = optionalText(fields, name);
  if (text === null) throw new UnreadableAnswer(`the answer holds no ${name}`);
  return text;
}

/** Null for what is absent or empty. */
export function optionalText(fields: Fields, name: string): string | null {
  const value = fields[name];
  if (typeof value === 'string' && value !== '') return value;
  return typeof value === 'number' && Number.isFinite(value) ? String(value) : null;
}

/** An amount, exact where the venue sends a text. @throws UnreadableAnswer */
export function amountOf<Unit extends Decimal = Decimal>(fields: Fields, name: string): Unit {
  const value = fields[name];
  try {
    if (typeof value === 'string') return decimal(value) as Unit;
    if (typeof value === 'number') return decimal(new Decimal(value)) as Unit;
  } catch {
    // Told below, with the name of the member.
  }
  throw new UnreadableAnswer(`the answer's ${name} is ${JSON.stringify(value)}, not an amount`);
}

/** An amount, or null where it is absent, empty or zero: what the venue writes for "none". @throws UnreadableAnswer */
export function amountOrNull<Unit extends Decimal = Decimal>(fields: Fields, name: string): Unit | null {
  const value = fields[name];
  if (value === undefined || value === null || value === '') return null;
  const amount = amountOf<Unit>(fields, name);
  return amount.isZero() ? null : amount;
}

/** A whole number. @throws UnreadableAnswer */
export function integerOf(fields: Fields, name: string): number {
  const value = Number(textOf(fields, name));
  if (!Number.isSafeInteger(value)) throw new UnreadableAnswer(`the answer's ${name} is no whole number`);
  return value;
}

/** The texts and numbers of a JSON text. */
const LITERAL = /"(?:[^"\\]|\\.)*"|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/g;
/** Integers of so many digits may be beyond what a number holds exactly. */
const LONG_INTEGER = /^\d{16,}$/;

/** Parses a stream message without losing digits. @throws UnreadableAnswer */
export function parseMessage(text: string): Fields {
  try {
    return fieldsOf(JSON.parse(quotedLongIntegers(text)));
  } catch {
    throw new UnreadableAnswer(`a message that is no JSON object: "${text.slice(0, 80)}"`);
  }
}

function quotedLongIntegers(text: string): string {
  return text.replace(LITERAL, (literal) => (LONG_INTEGER.test(literal) ? `"${literal}"` : literal));
}
