import { Buffer } from 'node:buffer';

export const REDACTED = '[redacted]';

/** Shorter values occur in ordinary text by accident, and masking them there would spoil it. */
const SHORTEST_SECRET = 6;

/** Takes secret values out of text, in every form in which they usually travel. */
export interface Redactor {
  /**
   * Registers values. Those shorter than 6 characters are left out; of a value of several lines (a PEM key) each line
   * counts by itself.
   */
  add(secrets: readonly string[]): void;
  /** `text` with every registered value replaced by `[redacted]`: plain, URL-encoded, JSON-escaped or inside of base64. */
  redact(text: string): string;
  /** No form of a registered value is longer than this many characters. */
  longestForm(): number;
}

/** Letters, digits and these are escaped neither in a URL nor in a form nor in JSON. */
const NEVER_ESCAPED = /^[\w.-]$/;
const PATTERN_SYNTAX = /[\\^$.*+?()[\]{}|/-]/g;
const JSON_SHORT: Readonly<Record<string, string>> = { '"': '"', '/': '/', '\n': 'n', '\r': 'r', '\t': 't' };

/** JSON inside of JSON inside of JSON doubles the backslash each time. */
const MOST_BACKSLASHES = 8;
const ESCAPE = `\\\\{1,${MOST_BACKSLASHES}}`;
/** Eight backslashes and `u0000`: the longest that one UTF-16 unit becomes. */
const LONGEST_UNIT = MOST_BACKSLASHES + 5;
/** One UTF-16 unit is at most three bytes, which are four characters in base64. */
const BASE64_PER_UNIT = 4;

function literal(character: string): string {
  return character.replace(PATTERN_SYNTAX, String.raw`\$&`);
}

function eitherCase(hex: string): string {
  return hex.replace(/[a-f]/g, (letter) => `[${letter}${letter.toUpperCase()}]`);
}

/** One character as it is, percent-encoded, or escaped in JSON; the longest form first. */
function characterPattern(character: string): string {
  if (NEVER_ESCAPED.test(character)) return literal(character);
  const bytes = [...Buffer.from(character)].map((byte) => byte.toString(16).padStart(2, '0'));
  const units = character.split('').map((unit) => unit.charCodeAt(0).toString(16).padStart(4, '0'));
  const short = JSON_SHORT[character];
  const forms = [
    ...(character === ' ' ? [String.raw`\+`] : []),
    ...(short === undefined ? [] : [ESCAPE + short]),
    units.map((unit) => `${ESCAPE}u${eitherCase(unit)}`).join(''),
    bytes.map((byte) => `%${eitherCase(byte)}`).join(''),
    literal(character),
  ];
  return `(?:${forms.join('|')})`;
}

/** A run of backslashes is one repetition: a repetition for each of them could be matched in exponentially many ways. */
function textPattern(text: string): string {
  const pieces = text.split(/(\\+)/);
  return pieces
    .map((piece) => {
      if (!piece.startsWith('\\')) return [...piece].map(characterPattern).join('');
      const { length } = piece;
      return `(?:\\\\{${length},${length * MOST_BACKSLASHES}}|(?:%5[cC]){${length}})`;
    })
    .join('');
}

const BASE64URL: Readonly<Record<string, string>> = { '+': '-', '/': '_' };

/**
 * The value inside of base64 or base64url. What stands before it decides at which of three offsets it begins; the
 * characters at its ends, which also hold bits of its neighbours, are left out.
 */
function base64Patterns(secret: string): string[] {
  const bytes = Buffer.from(secret);
  return [0, 1, 2].map((offset) => {
    const encoded = Buffer.concat([Buffer.alloc(offset), bytes]).toString('base64');
    const own = encoded.slice(Math.ceil((offset * 8) / 6), Math.floor(((offset + bytes.length) * 8) / 6));
    return [...own]
      .map((character) => {
        const urlForm = BASE64URL[character];
        return urlForm === undefined ? character : `(?:${characterPattern(character)}|${urlForm})`;
      })
      .join('');
  });
}

function partsOf(secret: string): string[] {
  const lines = secret.split(/[\r\n]+/).map((line) => line.trim());
  // The first and the last line of a PEM key only say what it is.
  return lines.filter((line) => line.length >= SHORTEST_SECRET && !line.startsWith('-----'));
}

/** A redactor that knows `secrets`. */
export function createRedactor(secrets: readonly string[] = []): Redactor {
  const known = new Set<string>();
  let pattern: RegExp | null = null;
  let longest = 0;

  function add(more: readonly string[]): void {
    const before = known.size;
    for (const part of more.flatMap(partsOf)) known.add(part);
    if (known.size === before) return;
    // The longest first, so that a value which begins with another one is replaced whole.
    const byLength = [...known].sort((a, b) => b.length - a.length);
    const forms = byLength.flatMap((secret) => [textPattern(secret), ...base64Patterns(secret)]);
    pattern = new RegExp(forms.join('|'), 'g');
    longest = (byLength[0] ?? '').length * BASE64_PER_UNIT * LONGEST_UNIT;
  }

  add(secrets);
  return {
    add,
    redact: (text) => (pattern === null ? text : text.replace(pattern, REDACTED)),
    longestForm: () => longest,
  };
}
