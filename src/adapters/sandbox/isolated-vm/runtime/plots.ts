import type { RawPlot } from '../filter-config.ts';

const MOST_PLOTS = 8;
const LONGEST_NAME = 80;

/** What `plot` was called with for the symbol whose turn it is, in memory that serves every symbol. */
export class Plots {
  readonly #names = new Array<string>(MOST_PLOTS).fill('');
  /** NaN for what is not finite, and for a level that was not given. */
  readonly #values = new Float64Array(MOST_PLOTS);
  readonly #levels = new Float64Array(MOST_PLOTS);
  #count = 0;
  #isOpen = false;

  /** Begins a symbol's turn. */
  begin(): void {
    this.#count = 0;
    this.#isOpen = true;
  }

  /** Ends the last one. */
  end(): void {
    this.#isOpen = false;
  }

  read(): RawPlot[] {
    return this.#names.slice(0, this.#count).map((name, at) => {
      return [name, finiteOrNull(this.#values[at]!), finiteOrNull(this.#levels[at]!)];
    });
  }

  /** The smallest relative distance of a plot from its level; Infinity without any. */
  distance(): number {
    let distance = Infinity;
    for (let at = 0; at < this.#count; at += 1) {
      const level = this.#levels[at]!;
      const away = Math.abs(this.#values[at]! - level) / (level === 0 ? 1 : Math.abs(level));
      if (away < distance) distance = away;
    }
    return distance;
  }

  /** The filter's `plot`: notes the last value and the level, and returns what it was given. */
  readonly plot = (name: unknown, values: unknown, level?: unknown): unknown => {
    if (!this.#isOpen) throw new Error('plot works while check or manage runs, not before');
    if (typeof name !== 'string' || name.length > LONGEST_NAME) {
      throw new TypeError(`plot: give a name of at most ${LONGEST_NAME} characters`);
    }
    const value = figureOf(values);
    if (value === undefined) throw new TypeError(`plot: '${name}' must be a column or a number`);
    const trigger = level === undefined || level === null ? NaN : figureOf(level);
    if (trigger === undefined) throw new TypeError(`plot: the level of '${name}' must be a number`);
    const at = this.#placeOf(name);
    this.#names[at] = name;
    this.#values[at] = value;
    this.#levels[at] = trigger;
    return values;
  };

  #placeOf(name: string): number {
    for (let at = 0; at < this.#count; at += 1) if (this.#names[at] === name) return at;
    if (this.#count === MOST_PLOTS) throw new RangeError(`plot: at most ${MOST_PLOTS} names`);
    this.#count += 1;
    return this.#count - 1;
  }
}

/** A number, or the last of a column; NaN when it is not finite, undefined when it is neither. */
function figureOf(value: unknown): number | undefined {
  const figure = value instanceof Float64Array || Array.isArray(value) ? (value[value.length - 1] as unknown) : value;
  if (figure === undefined && value !== undefined) return NaN;
  if (typeof figure !== 'number') return undefined;
  return Number.isFinite(figure) ? figure : NaN;
}

function finiteOrNull(value: number): number | null {
  return Number.isFinite(value) ? value : null;
}
