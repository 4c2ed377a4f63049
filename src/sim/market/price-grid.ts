import type { Decimal } from '../../domain/decimal.ts';

/** The multiples on which the prices or quantities of a stream lie, as whole numbers for fast and exact arithmetic. */
export interface Grid {
  /** Decimals of the grid's unit. */
  readonly decimals: number;
  /** 10 ^ decimals. */
  readonly scale: number;
  /** Length of a step (tick, lot) in units of 10 ^ -decimals. */
  readonly stepUnits: number;
}

/** The grid whose steps are `step`. */
export function gridOf(step: Decimal): Grid {
  const decimals = step.decimalPlaces();
  const scale = 10 ** decimals;
  return { decimals, scale, stepUnits: Math.round(step.toNumber() * scale) };
}

/** The float nearest to the decimal text of `steps` steps. Division of whole numbers rounds correctly. */
export function onGrid(grid: Grid, steps: number): number {
  return (steps * grid.stepUnits) / grid.scale;
}

/** How many steps `value` amounts to, with a fraction if it lies between two. */
export function stepsOf(grid: Grid, value: number): number {
  return (value * grid.scale) / grid.stepUnits;
}
