import { z } from 'zod';

import { TIMEFRAMES } from '../../../domain/time.ts';

/** The values that the forms of the API are made of. They describe what is sent; the forms in json/ make it. */

/** An amount or a price of orders, fills, positions, balances: decimal text. */
export const amount = z
  .string()
  .regex(/^-?\d+(\.\d+)?$/)
  .meta({ description: 'a decimal number as text', examples: ['64250.5'] });

/** Milliseconds UTC. */
export const time = z.int().meta({ description: 'milliseconds UTC since the epoch', examples: [1_767_225_600_000] });

/** Market data. Null: the source lacks it. */
export const figure = z.number().nullable();

export const id = z.string().min(1);

export const timeframe = z.enum(TIMEFRAMES);

export const market = z.enum(['spot', 'futures']);
export const positionSide = z.enum(['long', 'short']);
export const count = z.int().nonnegative();

/** Null: market and time in force have no such figure, or it is not known. */
export const amountOrNull = amount.nullable();
export const timeOrNull = time.nullable();
export const textOrNull = z.string().nullable();

export function list<Entry extends z.ZodType>(entry: Entry) {
  return z.array(entry).readonly();
}

/** What a filter plotted: the last value and the level it is measured against. */
export const plot = z.strictObject({ name: z.string(), value: figure, level: figure });

/** A target as filters write it: its level, or `{ at, part }` when it has a part of its own. */
export const target = z.union([z.string(), z.strictObject({ at: z.string(), part: z.number() })]);
