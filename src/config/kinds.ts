import { z } from 'zod';
import { decimal } from '../domain/decimal.ts';
import type { Decimal, Money } from '../domain/decimal.ts';
import { formatLevel, parseLevel } from '../domain/levels.ts';
import type { Level } from '../domain/levels.ts';
import { parseDuration } from '../domain/time.ts';
import { err, ok } from '../lib/result.ts';
import type { Result } from '../lib/result.ts';
import { Secret } from '../lib/secret.ts';
import type { Kind } from './variable.ts';

/** @param read gives the value, or what is wrong with the text as the end of the sentence "PORT is "x": ..." */
function kindOf<Value>(allowed: string, read: (text: string) => Result<Value, string>): Kind<Value> {
  const schema = z.string().transform((text, context): Value => {
    const result = read(text);
    if (result.ok) return result.value;
    context.addIssue({ code: 'custom', message: result.error });
    return z.NEVER;
  });
  return { allowed, schema };
}

/** What `read` gives, or null where it throws: for the readers of the domain, whose messages repeat the text. */
function attempt<Value>(read: () => Value): Value | null {
  try {
    return read();
  } catch {
    return null;
  }
}

const TOGGLE_WORDS: ReadonlyMap<string, boolean> = new Map([
  ...['true', 'yes', 'on', '1'].map((word) => [word, true] as const),
  ...['false', 'no', 'off', '0'].map((word) => [word, false] as const),
]);

export const toggle = kindOf('true or false (also yes/no, on/off, 1/0)', (text) => {
  const value = TOGGLE_WORDS.get(text.toLowerCase());
  return value === undefined ? err('neither true nor false') : ok(value);
});

/** True by being there at all, whatever its text: the convention of https://no-color.org. */
export const presence = kindOf('anything', () => ok(true));

/** One of the given words, in any letter case. */
export function oneOf<const Word extends string>(...words: readonly Word[]): Kind<Word> {
  return kindOf(words.join(', '), (text) => {
    const word = words.find((candidate) => candidate === text.toLowerCase());
    return word === undefined ? err('an unknown word') : ok(word);
  });
}

interface Bounds {
  readonly min: number;
  readonly max: number;
}

/** A whole number within the bounds, both included. */
export function wholeNumber({ min, max }: Bounds): Kind<number> {
  return kindOf(`a whole number from ${min} to ${max}`, (text) => {
    if (!/^-?\d{1,15}$/.test(text)) return err('not a whole number');
    const value = Number(text);
    if (value < min) return err(`below ${min}`);
    return value > max ? err(`above ${max}`) : ok(value);
  });
}

function decimalWithin(
  allowed: string,
  min: { readonly value: number; readonly included: boolean },
  max: number,
): Kind<Decimal> {
  return kindOf(allowed, (text) => {
    const value = attempt(() => decimal(text));
    if (value === null) return err('not a plain decimal number');
    if (value.lessThan(min.value)) return err(`below ${min.value}`);
    if (!min.included && value.equals(min.value)) return err(`not above ${min.value}`);
    return value.greaterThan(max) ? err(`above ${max}`) : ok(value);
  });
}

const MOST_MONEY = 1e12;

/** An amount of the quote asset above zero. */
export const amount: Kind<Money> = decimalWithin(
  'an amount above 0, such as 250 or 99.50',
  { value: 0, included: false },
  MOST_MONEY,
) as Kind<Money>;

/** A percentage above zero: `5` means 5 %. */
export function percent(max: number): Kind<Decimal> {
  return decimalWithin(`a percentage above 0 and at most ${max}, such as 2.5`, { value: 0, included: false }, max);
}

/** Hundredths of a percent, 0 to 1,000. */
export const basisPoints = decimalWithin(
  'basis points (hundredths of a percent) from 0 to 1000',
  { value: 0, included: true },
  1_000,
);

/** A duration such as `5m` within the bounds, both included. @returns milliseconds */
export function duration({ min, max }: { readonly min: string; readonly max: string }): Kind<number> {
  return kindOf(`a duration from ${min} to ${max}, such as 15m, 4h, 1d`, (text) => {
    const valueMs = attempt(() => parseDuration(text.toLowerCase()));
    if (valueMs === null) return err('not a whole number with a unit');
    if (valueMs < parseDuration(min)) return err(`shorter than ${min}`);
    return valueMs > parseDuration(max) ? err(`longer than ${max}`) : ok(valueMs);
  });
}

const WIDEST_STOP_PCT = 50;

/** How far a stop lies from the fill; a price would fit one symbol only. */
export const stopDistance = kindOf<Level>(
  `a distance from the fill: a percentage up to ${WIDEST_STOP_PCT}% such as 2%, or multiples of the average true range such as 2atr`,
  (text) => {
    const level = attempt(() => parseLevel(text));
    if (level === null) return err('not a distance');
    if (level.kind === 'price') return err(`a price; for ${formatLevel(level)} percent write ${formatLevel(level)}%`);
    if (level.kind === 'r') return err('a multiple of the stop itself');
    if (level.kind === 'percent' && level.percent.greaterThan(WIDEST_STOP_PCT))
      return err(`wider than ${WIDEST_STOP_PCT}%`);
    return ok(level);
  },
);

/** Text of the given form. */
export function word(pattern: RegExp, allowed: string): Kind<string> {
  return kindOf(allowed, (text) => (pattern.test(text) ? ok(text) : err('not of the allowed form')));
}

/** An asset as the exchange names it, in upper case. */
export const asset = kindOf('an asset such as USDT', (text) =>
  /^[\p{L}\p{N}]{1,20}$/u.test(text) ? ok(text.toUpperCase()) : err('not the name of an asset'),
);

const SYMBOL = /^[\p{L}\p{N}_-]{1,40}(\/[\p{L}\p{N}_]{1,40}(:[\p{L}\p{N}_-]{1,40})?)?$/u;

function readSymbols(text: string): Result<readonly string[], string> {
  const symbols = text.split(/[\s,]+/).filter((part) => part !== '');
  const wrong = symbols.find((symbol) => !SYMBOL.test(symbol));
  if (wrong !== undefined) return err(`"${wrong}" is not a symbol`);
  if (symbols.length === 0) return err('no symbol in it');
  return ok([...new Set(symbols.map((symbol) => symbol.toUpperCase()))]);
}

/** Symbols in upper case, each once; which of them the exchange knows turns out when it is asked. */
export const symbolList = kindOf('symbols separated by commas, such as BTCUSDT,ETHUSDT or BTC,ETH', readSymbols);

/** Named symbols, or the so many with the highest turnover. */
export type SymbolSetting =
  { readonly kind: 'list'; readonly symbols: readonly string[] } | { readonly kind: 'top'; readonly count: number };

export const symbolChoice = kindOf<SymbolSetting>(
  'symbols separated by commas, such as BTCUSDT,ETHUSDT, or top:N (or N alone) for the N most traded ones',
  (text) => {
    const [, digits] = /^(?:top:)?(\d{1,6})$/i.exec(text) ?? [];
    if (digits !== undefined)
      return Number(digits) === 0 ? err('no symbol at all') : ok({ kind: 'top', count: Number(digits) });
    if (/^top\b/i.test(text)) return err('"top" without a number');
    const symbols = readSymbols(text);
    return symbols.ok ? ok({ kind: 'list', symbols: symbols.value }) : symbols;
  },
);

/** A path, as written: `~/` and relative paths are resolved when the configuration is compiled. */
export const path = kindOf('a path; ~/ stands for your home folder', (text) => {
  if (text.includes('\0')) return err('no path can hold the character NUL');
  return /^~[^/]/.test(text) ? err("only ~/ is known, not another user's home folder") : ok(text);
});

function readUrl(text: string, schemes: readonly string[]): Result<URL, string> {
  if (!URL.canParse(text)) return err('not a URL');
  const url = new URL(text);
  return schemes.includes(url.protocol.slice(0, -1)) ? ok(url) : err('a URL of another scheme');
}

/** The address of a server without a path of its own, given without the slash at its end. */
export function baseUrl(...schemes: readonly [string, ...string[]]): Kind<string> {
  return kindOf(`a URL such as ${schemes[schemes.length - 1]}://host:port`, (text) => {
    const url = readUrl(text, schemes);
    if (!url.ok) return url;
    const { username, password, search, hash } = url.value;
    if (username !== '' || password !== '') return err('a URL with a user name or password in it');
    return search !== '' || hash !== '' ? err('a URL with ? or # in it') : ok(text.replace(/\/+$/, ''));
  });
}

/** A URL that holds a secret. */
export function secretUrl(...schemes: readonly [string, ...string[]]): Kind<Secret> {
  return kindOf(`a URL that begins with ${schemes.join(':// or ')}://`, (text) => {
    const url = readUrl(text, schemes);
    return url.ok ? ok(new Secret(text)) : url;
  });
}

/** A secret of printable characters without blanks, as it must fit into an HTTP header. */
export const secretText = kindOf('printable ASCII characters without blanks', (text) =>
  /^[\x21-\x7e]+$/.test(text) ? ok(new Secret(text)) : err('it holds a blank or a character outside of ASCII'),
);

/** Binance's keys are 64 letters and digits; 64 hexadecimal digits in lower case are what `openssl rand -hex 32` gives. */
function isShapedLikeExchangeKey(text: string): boolean {
  return /-----BEGIN/.test(text) || (/^[A-Za-z0-9]{64}$/.test(text) && !/^[0-9a-f]{64}$/.test(text));
}

export const bearerToken = kindOf(
  'a password of your own of printable ASCII characters without blanks, such as `openssl rand -hex 32` prints; never an exchange key',
  (text) => {
    if (isShapedLikeExchangeKey(text))
      return err('it has the form of an exchange key, which must not travel as a password');
    return secretText.schema.safeParse(text).success
      ? ok(new Secret(text))
      : err('it holds a blank or a character outside of ASCII');
  },
);
