import { textWidth } from './text.ts';

/** The screen's own signs and what stands for them where only ASCII is to be shown; each takes one column. */
const SIGNS: Readonly<Record<string, string>> = {
  ...{ '·': '-', '…': '~', '×': 'x', '—': '-', '›': '>', '▲': '^', '▼': 'v', '≈': '~', '█': '#', '░': '.' },
  ...{ '╭': '+', '╮': '+', '╰': '+', '╯': '+', '─': '-', '│': '|', '┄': '.' },
  ...{ '║': 'H', '┃': '#', '╵': "'", '╷': ',' },
  ...{ '▁': '_', '▂': '.', '▃': ',', '▄': '-', '▅': '=', '▆': '+', '▇': '*' },
};

const EMPTY_BRAILLE = '\u2800';

function signOf(character: string): string {
  const sign = SIGNS[character];
  if (sign !== undefined) return sign;
  if (character >= EMPTY_BRAILLE && character <= '\u28ff') return character === EMPTY_BRAILLE ? ' ' : '*';
  return '?'.repeat(textWidth(character));
}

/** The text in ASCII, in as many columns. */
export function toAscii(text: string): string {
  return text.replace(/[^\x20-\x7e]/gu, signOf);
}
