import type { Tone } from './line.ts';

export type ThemeName = 'tokyo-night' | 'light' | 'colorblind' | 'mono';

/** Colours of a theme as #rrggbb; a tone without one is told by weight alone. */
type Palette = Readonly<Partial<Record<Tone, string>>>;

const TOKYO_NIGHT: Palette = {
  plain: '#c0caf5',
  dim: '#737aa2',
  strong: '#c0caf5',
  accent: '#7aa2f7',
  up: '#9ece6a',
  down: '#f7768e',
  good: '#9ece6a',
  warn: '#e0af68',
  bad: '#f7768e',
  border: '#3b4261',
  focus: '#7aa2f7',
  chosen: '#7aa2f7',
  alarm: '#f7768e',
};

/** Tokyo Night's day: dark on light. */
const LIGHT: Palette = {
  plain: '#3760bf',
  dim: '#6172b0',
  strong: '#2e3c64',
  accent: '#2e7de9',
  up: '#587539',
  down: '#c64343',
  good: '#587539',
  warn: '#8c6c3e',
  bad: '#c64343',
  border: '#a8aecb',
  focus: '#2e7de9',
  chosen: '#2e7de9',
  alarm: '#c64343',
};

/** Blue and orange, which all common kinds of colour blindness tell apart. */
const COLORBLIND: Palette = {
  ...TOKYO_NIGHT,
  up: '#56b4e9',
  good: '#56b4e9',
  down: '#e69f00',
  warn: '#f0e442',
  bad: '#e69f00',
  alarm: '#e69f00',
};

const PALETTES: Readonly<Record<ThemeName, Palette>> = {
  'tokyo-night': TOKYO_NIGHT,
  light: LIGHT,
  colorblind: COLORBLIND,
  mono: {},
};

/** Weights by SGR number; they hold in every theme. */
const WEIGHTS: Readonly<Partial<Record<Tone, number>>> = { strong: 1, alarm: 7, chosen: 7 };

/** Without colours the quiet parts are told by faintness. */
const COLORLESS_WEIGHTS: typeof WEIGHTS = { ...WEIGHTS, dim: 2, border: 2, bad: 1, warn: 1, focus: 1 };

export interface LookOptions {
  readonly theme: ThemeName;
  /** The colour of rising prices and of profit. */
  readonly upColor: 'green' | 'red';
  readonly color: boolean;
  readonly ascii: boolean;
  /** Bits of colour that the terminal shows: 1, 4, 8 or 24. */
  readonly colorDepth: number;
}

/** How tones are written to the terminal. */
export interface Look {
  readonly ascii: boolean;
  /** The SGR sequence that begins each tone; empty: nothing to say. A reset ends it. */
  readonly begins: Readonly<Record<Tone, string>>;
}

const TONES = Object.keys(TOKYO_NIGHT) as Tone[];

/** The cube of 6 x 6 x 6 colours that terminals of 256 colours have from 16 on. */
function cubeColor(red: number, green: number, blue: number): number {
  const step = (part: number): number => Math.round((part / 255) * 5);
  return 16 + 36 * step(red) + 6 * step(green) + step(blue);
}

/** One of the eight basic colours: the parts that are strong against the strongest. */
function basicColor(red: number, green: number, blue: number): number {
  const strong = Math.max(red, green, blue) * 0.8;
  return 30 + (red >= strong ? 1 : 0) + (green >= strong ? 2 : 0) + (blue >= strong ? 4 : 0);
}

function colorCodes(hex: string, colorDepth: number): string {
  const [red, green, blue] = [1, 3, 5].map((at) => parseInt(hex.slice(at, at + 2), 16)) as [number, number, number];
  if (colorDepth >= 24) return `38;2;${red};${green};${blue}`;
  return colorDepth >= 8 ? `38;5;${cubeColor(red, green, blue)}` : `${basicColor(red, green, blue)}`;
}

function paletteOf({ theme, upColor }: LookOptions): Palette {
  const palette = PALETTES[theme];
  const { up, down } = palette;
  return upColor === 'red' && up !== undefined && down !== undefined ? { ...palette, up: down, down: up } : palette;
}

export function makeLook(options: LookOptions): Look {
  const hasColor = options.color && options.theme !== 'mono' && options.colorDepth > 1;
  const palette = hasColor ? paletteOf(options) : {};
  const weights = hasColor ? WEIGHTS : COLORLESS_WEIGHTS;
  const beginOf = (tone: Tone): string => {
    const color = palette[tone];
    const codes = [weights[tone], color === undefined ? undefined : colorCodes(color, options.colorDepth)];
    const known = codes.filter((code) => code !== undefined);
    return known.length === 0 ? '' : `\u001b[${known.join(';')}m`;
  };
  return {
    ascii: options.ascii,
    begins: Object.fromEntries(TONES.map((tone) => [tone, beginOf(tone)])) as Look['begins'],
  };
}
