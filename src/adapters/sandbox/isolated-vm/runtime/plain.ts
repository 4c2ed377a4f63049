/** Most values, and most characters, that are read of what a filter gives back. */
const MOST_VALUES = 5_000;
const DEEPEST = 20;

export class Unreadable extends Error {}

/** How much may still be read, and how deep the reader is. */
export interface Budget {
  values: number;
  characters: number;
  depth: number;
}

export function budgetOf(characters: number): Budget {
  return { values: MOST_VALUES, characters, depth: 0 };
}

/**
 * Plain data as a copy: each own data property read once, no getter called, sizes counted before anything is copied.
 * Numbers that are not finite stay what they are.
 * @param where names the value in messages
 * @throws Unreadable for anything that is not plain data, or too much of it
 */
export function readPlain(value: unknown, where: string, budget: Budget): unknown {
  budget.values -= 1;
  if (budget.values < 0 || budget.characters < 0) throw new Unreadable(`${where} is too large`);
  if (budget.depth > DEEPEST) throw new Unreadable(`${where} is nested deeper than ${DEEPEST} levels, or holds itself`);
  if (value === null || value === undefined || typeof value === 'boolean' || typeof value === 'number') return value;
  if (typeof value === 'string') {
    budget.characters -= value.length;
    if (budget.characters < 0) throw new Unreadable(`${where} is too large`);
    return value;
  }
  if (typeof value !== 'object') throw new Unreadable(`${where} is a ${typeof value}; give plain data`);
  budget.depth += 1;
  const copy = Array.isArray(value) ? readArray(value, where, budget) : readObject(value, where, budget);
  budget.depth -= 1;
  return copy;
}

function readArray(value: readonly unknown[], where: string, budget: Budget): unknown[] {
  const length = Object.getOwnPropertyDescriptor(value, 'length')?.value as number;
  if (length > budget.values) throw new Unreadable(`${where} is too large: a list of ${length}`);
  const copy: unknown[] = [];
  for (let at = 0; at < length; at += 1) {
    copy.push(readPlain(ownValue(value, String(at), where), `${where}[${at}]`, budget));
  }
  return copy;
}

function readObject(value: object, where: string, budget: Budget): Record<string, unknown> {
  const prototype = Object.getPrototypeOf(value) as unknown;
  if (prototype !== Object.prototype && prototype !== null) {
    const kind = value instanceof Promise ? 'a promise; check must answer at once' : 'no plain object';
    throw new Unreadable(`${where} is ${kind}`);
  }
  const keys = Reflect.ownKeys(value);
  if (keys.length > budget.values) throw new Unreadable(`${where} is too large: ${keys.length} properties`);
  const copy = Object.create(null) as Record<string, unknown>;
  for (const key of keys) {
    if (typeof key === 'symbol') throw new Unreadable(`${where} has a symbol for a key; give plain data`);
    budget.characters -= key.length;
    copy[key] = readPlain(ownValue(value, key, where), `${where}.${key.slice(0, 40)}`, budget);
  }
  return copy;
}

function ownValue(object: object, key: string, where: string): unknown {
  const descriptor = Object.getOwnPropertyDescriptor(object, key);
  if (descriptor === undefined) return undefined;
  if (!('value' in descriptor)) throw new Unreadable(`${where}.${key.slice(0, 40)} is a getter; give plain data`);
  return descriptor.value;
}

/** The length of a text as UTF-8, in bytes. */
export function utf8Length(text: string): number {
  let bytes = text.length;
  for (let at = 0; at < text.length; at += 1) {
    const unit = text.charCodeAt(at);
    if (unit >= 0x80) bytes += unit < 0x800 || (unit >= 0xd800 && unit < 0xe000) ? 1 : 2;
  }
  return bytes;
}
