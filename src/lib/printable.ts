/**
 * Control characters (C0, DEL, C1), the characters that change the direction of the text around them, line and paragraph
 * separators, the byte order mark, and halves of surrogate pairs.
 */
const UNPRINTABLE = /[\p{Cc}\p{Cs}\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]/gu;

const SHORT_ESCAPES: Readonly<Record<string, string>> = { '\n': '\\n', '\r': '\\r', '\t': '\\t' };

function escapeCharacter(character: string): string {
  return SHORT_ESCAPES[character] ?? `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
}

/**
 * Text from outside as it may reach a terminal, a log or a page: on one line, with every character escaped that could
 * move the cursor, change colours, start a line of its own or turn the reading direction. Everything else stays as it is;
 * inside a JSON text the escapes are JSON's own.
 */
export function printable(text: string): string {
  return text.replace(UNPRINTABLE, escapeCharacter);
}
