/** How a cell of a terminal looks; null: the terminal's own colour. */
export interface Look {
  readonly color: string | null;
  readonly background: string | null;
  readonly bold: boolean;
  readonly faint: boolean;
  readonly reversed: boolean;
}

export interface Cell extends Look {
  readonly character: string;
}

const PLAIN: Look = { color: null, background: null, bold: false, faint: false, reversed: false };

/** The 16 basic colours of Tokyo Night. */
const BASIC = [
  ...['#15161e', '#f7768e', '#9ece6a', '#e0af68', '#7aa2f7', '#bb9af7', '#7dcfff', '#a9b1d6'],
  ...['#414868', '#f7768e', '#9ece6a', '#e0af68', '#7aa2f7', '#bb9af7', '#7dcfff', '#c0caf5'],
];

function hex(...parts: readonly number[]): string {
  return `#${parts.map((part) => part.toString(16).padStart(2, '0')).join('')}`;
}

/** A colour of xterm's table of 256: the basic ones, a cube of 6 x 6 x 6, and greys. */
function tableColor(index: number): string {
  const basic = BASIC[index];
  if (basic !== undefined) return basic;
  if (index >= 232) return hex(...[0, 0, 0].map(() => 8 + 10 * (index - 232)));
  const level = (step: number): number => (step === 0 ? 0 : 55 + 40 * step);
  const at = index - 16;
  return hex(level(Math.floor(at / 36)), level(Math.floor(at / 6) % 6), level(at % 6));
}

/** What follows 38 or 48: the colour, and how many codes it took. */
function extendedColor([kind, ...codes]: readonly number[]): { color: string | null; length: number } {
  if (kind === 5) return { color: tableColor(codes[0] ?? 0), length: 2 };
  if (kind === 2) return { color: hex(codes[0] ?? 0, codes[1] ?? 0, codes[2] ?? 0), length: 4 };
  return { color: null, length: 1 };
}

function oneCode(look: Look, code: number): Look {
  const colorIn = (first: number): string => BASIC[code - first] ?? '';
  if (code === 0) return PLAIN;
  if (code === 1) return { ...look, bold: true };
  if (code === 2) return { ...look, faint: true };
  if (code === 7) return { ...look, reversed: true };
  if (code === 22) return { ...look, bold: false, faint: false };
  if (code === 27) return { ...look, reversed: false };
  if (code === 39) return { ...look, color: null };
  if (code === 49) return { ...look, background: null };
  if (code >= 30 && code <= 37) return { ...look, color: colorIn(30) };
  if (code >= 90 && code <= 97) return { ...look, color: colorIn(90 - 8) };
  if (code >= 40 && code <= 47) return { ...look, background: colorIn(40) };
  return look;
}

/** The look after an SGR sequence (ECMA-48 8.3.117). */
function afterSgr(before: Look, codes: readonly number[]): Look {
  let look = before;
  for (let at = 0; at < codes.length; at += 1) {
    const code = codes[at] ?? 0;
    if (code !== 38 && code !== 48) {
      look = oneCode(look, code);
      continue;
    }
    const { color, length } = extendedColor(codes.slice(at + 1));
    look = code === 38 ? { ...look, color } : { ...look, background: color };
    at += length;
  }
  return look;
}

/**
 * The cells of a captured terminal, row by row, as `tmux capture-pane -e` gives it: text with SGR sequences; a look holds on
 * into the next row. Every character is taken as one column wide.
 */
export function readScreen(text: string): readonly (readonly Cell[])[] {
  let look = PLAIN;
  return text.split('\n').map((line) => {
    const cells: Cell[] = [];
    for (const [part, codes] of line.matchAll(/\u001b\[([\d;]*)m|./gu)) {
      if (codes === undefined) cells.push({ character: part, ...look });
      else look = afterSgr(look, codes.split(';').map(Number));
    }
    return cells;
  });
}
