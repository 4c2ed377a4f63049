import { decimal } from '../../../domain/decimal.ts';
import type { Decimal } from '../../../domain/decimal.ts';
import { formatLevel, parseLevel } from '../../../domain/levels.ts';
import type { Level } from '../../../domain/levels.ts';

/** How a value is written as JSON and read back. `decode` throws TypeError or AitraderError for anything else. */
export interface Codec<Value> {
  encode(value: Value): unknown;
  decode(json: unknown): Value;
}

function unexpected(wanted: string, found: unknown): TypeError {
  return new TypeError(`${wanted} expected, ${JSON.stringify(found)?.slice(0, 80) ?? 'nothing'} found`);
}

/** A codec for values that JSON holds as they are. */
function plain<Value>(wanted: string, fits: (json: unknown) => json is Value): Codec<Value> {
  const check = (json: unknown): Value => {
    if (!fits(json)) throw unexpected(wanted, json);
    return json;
  };
  return { encode: check, decode: check };
}

const isText = (json: unknown): json is string => typeof json === 'string';
const isFiniteNumber = (json: unknown): json is number => Number.isFinite(json);
const isFlag = (json: unknown): json is boolean => typeof json === 'boolean';

export const text = plain('text', isText);
export const finite = plain('a finite number', isFiniteNumber);
export const flag = plain('true or false', isFlag);
export const scalar = plain(
  'text, a finite number or a flag',
  (json): json is string | number | boolean => isText(json) || isFiniteNumber(json) || isFlag(json),
);

const NOT_IN_JSON: ReadonlyMap<unknown, number> = new Map([
  ['NaN', NaN],
  ['Infinity', Infinity],
  ['-Infinity', -Infinity],
]);

/** Market data: NaN and the infinities, which JSON lacks, are written as text. */
export const float: Codec<number> = {
  encode: (value) => (Number.isFinite(value) ? value : String(value)),
  decode: (json) => NOT_IN_JSON.get(json) ?? finite.decode(json),
};

/** Ids and other texts that the type system tells apart. */
export function branded<Text extends string>(): Codec<Text> {
  return text as Codec<Text>;
}

/** Amounts, prices and quantities: the plain decimal text. */
export function amount<Amount extends Decimal = Decimal>(): Codec<Amount> {
  return {
    encode: (value) => decimal(value).toFixed(),
    decode: (json) => decimal(text.decode(json)) as Amount,
  };
}

/** A price or a distance, as filters write it: `'2%'`, `'2atr'`, `'64250.5'`. */
export const level: Codec<Level> = {
  encode: formatLevel,
  decode: (json) => parseLevel(text.decode(json)),
};

/** One of a closed set of words. */
export function word<Word extends string>(words: Readonly<Record<Word, true>>): Codec<Word> {
  return plain(
    `one of ${Object.keys(words).join(', ')}`,
    (json): json is Word => isText(json) && Object.hasOwn(words, json),
  );
}

export function nullable<Value>(codec: Codec<Value>): Codec<Value | null> {
  return {
    encode: (value) => (value === null ? null : codec.encode(value)),
    decode: (json) => (json === null ? null : codec.decode(json)),
  };
}

export function list<Value>(codec: Codec<Value>): Codec<readonly Value[]> {
  return {
    encode: (values) => values.map((value) => codec.encode(value)),
    decode: (json) => {
      if (!Array.isArray(json)) throw unexpected('a list', json);
      return json.map((item) => codec.decode(item));
    },
  };
}

function entriesOf(json: unknown): [string, unknown][] {
  if (typeof json !== 'object' || json === null || Array.isArray(json)) throw unexpected('an object', json);
  return Object.entries(json);
}

/** An object with values of one kind under names that are not known beforehand. */
export function record<Value>(codec: Codec<Value>): Codec<Readonly<Record<string, Value>>> {
  const map = (entries: [string, unknown][], each: (value: unknown) => unknown): Record<string, Value> =>
    Object.fromEntries(entries.map(([name, value]) => [name, each(value) as Value]));
  return {
    encode: (values) => map(Object.entries(values), (value) => codec.encode(value as Value)),
    decode: (json) => map(entriesOf(json), (value) => codec.decode(value)),
  };
}

/** An object with exactly these fields. */
export function object<Value extends object>(fields: {
  readonly [Name in keyof Value]-?: Codec<Value[Name]>;
}): Codec<Value> {
  const codecs = Object.entries(fields) as [keyof Value & string, Codec<unknown>][];
  return {
    encode: (value) => Object.fromEntries(codecs.map(([name, codec]) => [name, codec.encode(value[name])])),
    decode: (json) => {
      const given = new Map(entriesOf(json));
      return Object.fromEntries(codecs.map(([name, codec]) => [name, codec.decode(given.get(name))])) as Value;
    },
  };
}

export function toJson<Value>(codec: Codec<Value>, value: Value): string {
  return JSON.stringify(codec.encode(value));
}

export function fromJson<Value>(codec: Codec<Value>, json: string): Value {
  return codec.decode(JSON.parse(json));
}
