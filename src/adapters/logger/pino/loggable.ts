import { types } from 'node:util';
import { Decimal } from '../../../domain/decimal.ts';
import { REDACTED } from '../../../lib/redaction.ts';
import type { Redactor } from '../../../lib/redaction.ts';
import { Secret } from '../../../lib/secret.ts';
import { isSensitiveName, redactPatterns } from './sensitive.ts';

/** How much of a value one line shows. */
const LONGEST_TEXT = 8_192;
const MOST_ENTRIES = 100;
const MOST_VALUES = 2_000;
const DEEPEST = 8;

/** What is known while one line is made. */
interface Context {
  readonly redactor: Redactor;
  /** The objects around the value, to see circles. */
  readonly around: object[];
  valuesLeft: number;
}

type Plain = Record<string, unknown>;

/** A part of a foreign object, which may throw when it is read. */
function read(owner: object, key: string): unknown {
  try {
    return (owner as Plain)[key];
  } catch {
    return '[unreadable]';
  }
}

/** Own data properties only: no getter of foreign code is run. */
function entriesOf(value: object): [string, unknown][] {
  const keys = Object.keys(value);
  const entries = keys.slice(0, MOST_ENTRIES).map((key): [string, unknown] => {
    const descriptor = Object.getOwnPropertyDescriptor(value, key);
    return [key, descriptor !== undefined && 'value' in descriptor ? descriptor.value : '[getter]'];
  });
  if (keys.length > MOST_ENTRIES) entries.push(['...', `${keys.length - MOST_ENTRIES} more`]);
  return entries;
}

function plainText(raw: string, redactor: Redactor): string {
  if (raw.length <= LONGEST_TEXT) return redactPatterns(redactor.redact(raw));
  // A secret that the cut goes through would not be found: what may be the rest of one is cut off as well.
  const margin = redactor.longestForm();
  const masked = redactor.redact(raw.slice(0, LONGEST_TEXT + margin));
  const wholeLength = raw.length <= LONGEST_TEXT + margin ? masked.length : Math.max(0, masked.length - margin);
  const kept = masked.slice(0, Math.min(LONGEST_TEXT, wholeLength));
  return `${redactPatterns(kept)}... (${raw.length} characters)`;
}

function plainObject(entries: readonly (readonly [string, unknown])[], context: Context): Plain {
  // Without a prototype, so that a key `__proto__` is a key like any other.
  const result = Object.create(null) as Plain;
  for (const [key, value] of entries) {
    if (value === undefined) continue;
    const isSecret = isSensitiveName(key) && value !== null && typeof value !== 'boolean';
    result[plainText(key, context.redactor)] = isSecret ? REDACTED : plainValue(value, context);
  }
  return result;
}

function plainArray(values: readonly unknown[], context: Context): unknown[] {
  const shown = values.slice(0, MOST_ENTRIES).map((value) => plainValue(value, context));
  if (values.length > MOST_ENTRIES) shown.push(`${values.length - MOST_ENTRIES} more`);
  return shown;
}

function plainMap(entries: MapIterator<[unknown, unknown]>, context: Context): Plain {
  const named = entries.take(MOST_ENTRIES).map(([key, value]): [string, unknown] => {
    const name = plainValue(key, context);
    return [typeof name === 'string' ? name : JSON.stringify(name), value];
  });
  return plainObject([...named], context);
}

const SAID_OTHERWISE = new Set(['name', 'message', 'stack', 'cause', 'errors']);

/** The frames of a stack; its first lines repeat name and message. */
function framesOf(stack: unknown): string | undefined {
  if (typeof stack !== 'string') return undefined;
  const start = stack.indexOf('\n    at ');
  return start === -1 ? undefined : stack.slice(start + 1);
}

function plainError(error: Error, context: Context): Plain {
  return plainObject(
    [
      ['name', read(error, 'name')],
      ['message', read(error, 'message')],
      ...entriesOf(error).filter(([key]) => !SAID_OTHERWISE.has(key)),
      ['stack', framesOf(read(error, 'stack'))],
      ['cause', read(error, 'cause')],
      ['errors', read(error, 'errors')],
    ],
    context,
  );
}

function plainFromObject(value: object, context: Context): unknown {
  // A proxy may do anything when it is touched.
  if (types.isProxy(value)) return '[proxy]';
  if (value instanceof Secret) return REDACTED;
  if (value instanceof Decimal) return plainText(value.toFixed(), context.redactor);
  if (types.isDate(value)) {
    const timeMs = Date.prototype.getTime.call(value);
    return Number.isNaN(timeMs) ? 'Invalid Date' : new Date(timeMs).toISOString();
  }
  if (ArrayBuffer.isView(value) || types.isAnyArrayBuffer(value)) return `[${value.byteLength} bytes]`;
  if (value instanceof URL) return plainText(value.href, context.redactor);
  if (context.around.includes(value)) return '[circular]';
  if (context.around.length === DEEPEST) return '[deeper]';
  context.around.push(value);
  try {
    if (Array.isArray(value)) return plainArray(value, context);
    if (types.isNativeError(value) || value instanceof Error) return plainError(value, context);
    // The built-in iterators, as a subclass may have its own.
    if (types.isSet(value)) return plainArray([...Set.prototype.values.call(value).take(MOST_ENTRIES + 1)], context);
    if (types.isMap(value)) return plainMap(Map.prototype.entries.call(value), context);
    return plainObject(entriesOf(value), context);
  } finally {
    context.around.pop();
  }
}

/** A number stays one, unless its digits are a secret or JSON does not know it. */
function plainNumber(value: number | bigint, redactor: Redactor): unknown {
  const digits = String(value);
  if (redactor.redact(digits) !== digits) return REDACTED;
  return Number.isFinite(value) ? value : digits;
}

function plainValue(value: unknown, context: Context): unknown {
  context.valuesLeft -= 1;
  if (context.valuesLeft < 0) return '[more]';
  switch (typeof value) {
    case 'string':
      return plainText(value, context.redactor);
    case 'number':
    case 'bigint':
      return plainNumber(value, context.redactor);
    case 'symbol':
      return plainText(value.toString(), context.redactor);
    case 'function':
      return '[function]';
    case 'object':
      return value === null ? null : plainFromObject(value, context);
    case 'boolean':
    case 'undefined':
      return value;
  }
}

/** A text as it may be logged: without secrets, and cut when it is very long. */
export function loggableText(text: string, redactor: Redactor): string {
  return plainText(text, redactor);
}

/**
 * A copy of `fields` that any serialiser can take: plain objects, arrays, texts and finite numbers, without secrets, bounded
 * in depth, width and length. Errors show their code, hint, context, frames and causes. Never throws, whatever the fields
 * are: circles, getters that throw, proxies, numbers that JSON does not know.
 */
export function loggableFields(fields: Readonly<Record<string, unknown>>, redactor: Redactor): Plain {
  try {
    const copy = plainFromObject(fields, { redactor, around: [], valuesLeft: MOST_VALUES });
    return typeof copy === 'object' && copy !== null ? (copy as Plain) : { fields: copy };
  } catch {
    return { fields: '[unreadable]' };
  }
}
