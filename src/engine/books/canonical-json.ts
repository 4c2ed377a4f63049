import { Decimal } from '../../domain/decimal.ts';

/** How many shapes of records are remembered with their keys in order. */
const MOST_SHAPES = 1_000;
/** Texts that JSON writes as they are. */
const PLAIN = /^[\x20\x21\x23-\x5b\x5d-\x7e]*$/;
/** Names that a JavaScript object lists first, whatever order they were given in. */
const INDEX_NAME = /^\d+$/;
const BETWEEN = '\n';

/** The names of a record in order, each with how it is written: `"name":`. */
type Shape = readonly (readonly [name: string, written: string])[];

const shapes = new Map<string, Shape>();
/**
 * Parts of records that were written before. Records never change, and the next version of one has most parts of the last:
 * the intent of an order, the plan and the lots of a position.
 */
const written = new WeakMap<object, string>();

/**
 * A record as JSON text that is the same for the same content: keys sorted, decimals as plain strings, figures that JSON
 * lacks (NaN and the infinities) as text, absent fields left out. What is given must not change afterwards.
 */
export function canonicalJson(value: unknown): string {
  return isObject(value) ? objectText(value) : plainText(value);
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}

function textOf(value: unknown): string {
  if (!isObject(value)) return plainText(value);
  // An amount is written sooner than it is found.
  if (Decimal.isDecimal(value)) return objectText(value);
  const known = written.get(value);
  if (known !== undefined) return known;
  const text = objectText(value);
  written.set(value, text);
  return text;
}

function plainText(value: unknown): string {
  if (typeof value === 'string') return PLAIN.test(value) ? `"${value}"` : JSON.stringify(value);
  if (typeof value === 'number' && !Number.isFinite(value)) return `"${value}"`;
  return value === undefined ? 'null' : JSON.stringify(value);
}

function objectText(value: object): string {
  if (Decimal.isDecimal(value)) return `"${value.toFixed()}"`;
  if (Array.isArray(value)) return `[${value.map(textOf).join(',')}]`;
  const record = value as Readonly<Record<string, unknown>>;
  let text = '';
  for (const [name, start] of shapeOf(record)) {
    const part = record[name];
    if (part !== undefined) text += `${text === '' ? '' : ','}${start}${textOf(part)}`;
  }
  return `{${text}}`;
}

function shapeOf(record: object): Shape {
  const names = Object.keys(record);
  const key = names.join(BETWEEN);
  const known = shapes.get(key);
  // Names with the separator in them are fewer than the key seems to say.
  if (known?.length === names.length) return known;
  const sorted = names.toSorted((one, other) => indexOf(one) - indexOf(other) || (one < other ? -1 : 1));
  const shape = sorted.map((name) => [name, `${JSON.stringify(name)}:`] as const);
  if (names.length === 0 || names.some((name) => name.includes(BETWEEN))) return shape;
  if (shapes.size >= MOST_SHAPES) shapes.clear();
  shapes.set(key, shape);
  return shape;
}

/** Names that are whole numbers come first and by size, as in every JavaScript object. */
function indexOf(name: string): number {
  const index = INDEX_NAME.test(name) ? Number(name) : NaN;
  return String(index) === name && index < 2 ** 32 - 1 ? index : Number.MAX_SAFE_INTEGER;
}
