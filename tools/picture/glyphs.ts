/** Width and height of a character's place, in the picture's units. */
export const CELL = { width: 8.4, height: 18 };

/** Ways that the lines of a frame's character go from its middle: up, right, down, left. */
const FRAME: Readonly<Record<string, string>> = {
  '─': 'rl',
  '│': 'ud',
  '┌': 'rd',
  '┐': 'dl',
  '└': 'ur',
  '┘': 'ul',
  '╭': 'rd',
  '╮': 'dl',
  '╰': 'ur',
  '╯': 'ul',
  '├': 'urd',
  '┤': 'udl',
  '┬': 'rdl',
  '┴': 'url',
  '┼': 'urdl',
};

const BLOCKS = '▁▂▃▄▅▆▇█';

function line(way: string, x: number, y: number): string {
  const { width, height } = CELL;
  const middle = `M${round(x + width / 2)} ${round(y + height / 2)}`;
  switch (way) {
    case 'u':
      return `${middle}V${round(y)}`;
    case 'd':
      return `${middle}V${round(y + height)}`;
    case 'l':
      return `${middle}H${round(x)}`;
    default:
      return `${middle}H${round(x + width)}`;
  }
}

/** As many places as the eye can tell apart. */
export function round(value: number): number {
  return Math.round(value * 100) / 100;
}

/**
 * A character that has to join its neighbours, drawn: in fonts of the reader's machine such characters leave gaps.
 * @returns null for all others
 */
export function drawn(character: string, at: { readonly x: number; readonly y: number }, color: string): string | null {
  const ways = FRAME[character];
  if (ways !== undefined) {
    const path = [...ways].map((way) => line(way, at.x, at.y)).join('');
    return `<path d="${path}" stroke="${color}" fill="none"/>`;
  }
  const eighths = BLOCKS.indexOf(character) + 1;
  if (eighths === 0) return null;
  const height = (CELL.height * eighths) / 8;
  const top = round(at.y + CELL.height - height);
  return `<rect x="${round(at.x)}" y="${top}" width="${CELL.width}" height="${round(height)}" fill="${color}"/>`;
}
