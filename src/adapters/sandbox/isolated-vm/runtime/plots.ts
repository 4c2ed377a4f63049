import type { RawPlot } from '../filter-config.ts';

const MOST_PLOTS = 8;
const LONGEST_NAME = 80;

/** What `plot` was called with for the symbol whose turn it is. */
export class Plots {
  #plots: RawPlot[] | null = null;

  /** Begins a symbol's turn. */
  begin(): void {
    this.#plots = [];
  }

  /** Ends it and gives its plots. */
  take(): RawPlot[] {
    const plots = this.#plots ?? [];
    this.#plots = null;
    return plots;
  }

  /** The filter's `plot`: notes the last value and the level, and returns what it was given. */
  readonly plot = (name: unknown, values: unknown, level?: unknown): unknown => {
    const plots = this.#plots;
    if (plots === null) throw new Error('plot works while check or manage runs, not before');
    if (typeof name !== 'string' || name.length > LONGEST_NAME) {
      throw new TypeError(`plot: give a name of at most ${LONGEST_NAME} characters`);
    }
    const value = figureOf(values);
    if (value === undefined) throw new TypeError(`plot: '${name}' must be a column or a number`);
    const trigger = level === undefined || level === null ? null : figureOf(level);
    if (trigger === undefined) throw new TypeError(`plot: the level of '${name}' must be a number`);
    const at = plots.findIndex(([known]) => known === name);
    if (at === -1 && plots.length === MOST_PLOTS) throw new RangeError(`plot: at most ${MOST_PLOTS} names`);
    plots[at === -1 ? plots.length : at] = [name, value, trigger];
    return values;
  };
}

/** A number, or the last of a column; null when it is not finite, undefined when it is neither. */
function figureOf(value: unknown): number | null | undefined {
  const figure = value instanceof Float64Array || Array.isArray(value) ? (value[value.length - 1] as unknown) : value;
  if (figure === undefined && value !== undefined) return null;
  if (typeof figure !== 'number') return undefined;
  return Number.isFinite(figure) ? figure : null;
}
