import { z } from 'zod';

import { decimal, money } from '../../../domain/decimal.ts';
import type { Decimal } from '../../../domain/decimal.ts';
import type { Target } from '../../../domain/exits.ts';
import type { Schedule } from '../../../domain/filter.ts';
import { parseLevel } from '../../../domain/levels.ts';
import type { Level } from '../../../domain/levels.ts';
import { MINUTE_MS, parseDuration } from '../../../domain/time.ts';
import type { SizeRule } from '../../../domain/trader.ts';
import { shortText } from '../verbs/verb.ts';

/**
 * The settings of a trader as command line and API give them: the form that `traderJson` writes, in the same names, with
 * numbers also as text. They are read here into the domain's values, each fault with what to write instead.
 */

/**
 * A value made of a text or number.
 * @param read gives the value, or gives null or throws for what is not allowed
 * @param allowed says what is, for the message
 */
function readAs<Value>(read: (given: string) => Value | null, allowed: string) {
  return z.union([z.string(), z.number()], allowed).transform((given, context): Value => {
    try {
      const value = read(String(given).trim());
      if (value !== null) return value;
    } catch {
      // The readers of the domain name the fault without knowing what is allowed here.
    }
    context.addIssue({ code: 'custom', message: allowed });
    return z.NEVER;
  });
}

function level(kinds: readonly Level['kind'][], allowed: string) {
  return readAs((given) => {
    const read = parseLevel(given);
    return kinds.includes(read.kind) ? read : null;
  }, allowed);
}

const WIDEST_STOP_PCT = 50;
const STOP = `a distance from the fill: a percentage up to ${WIDEST_STOP_PCT}% such as 2%, or 2atr`;
const stopLevel = level(['percent', 'atr'], STOP).refine(
  (read) => read.kind !== 'percent' || read.percent.lessThanOrEqualTo(WIDEST_STOP_PCT),
  STOP,
);
const PROFIT = 'a distance from the fill: 3%, 2atr, or 1.5r of the stop';
const profitLevel = level(['percent', 'atr', 'r'], PROFIT);

function duration(leastMs: number, allowed: string) {
  return readAs((given) => {
    const read = parseDuration(given);
    return read >= leastMs ? read : null;
  }, allowed);
}

const part = readAs((given) => {
  const share = decimal(given);
  return share.greaterThan(0) && share.lessThanOrEqualTo(1) ? share : null;
}, 'a share above 0 and at most 1');

const MOST_TARGETS = 10;
const TARGETS = `up to ${MOST_TARGETS} targets whose parts are at most 1 together`;

function targetsAt(at: z.ZodType<Level, string | number>, allowed: string) {
  const target = z.union(
    [
      at.transform((level): Target => ({ at: level, part: null })),
      z.strictObject({ at, part }).transform((given): Target => given),
    ],
    `${allowed}; or {at, part}`,
  );
  return z
    .array(target, TARGETS)
    .max(MOST_TARGETS, TARGETS)
    .refine(
      (list) => list.reduce<Decimal>((sum, each) => sum.plus(each.part ?? 0), decimal('0')).lessThanOrEqualTo(1),
      TARGETS,
    );
}

const targets = targetsAt(profitLevel, PROFIT);

/** Absent: as before. Null: none. */
const exits = z.strictObject(
  {
    stopLoss: stopLevel.nullable().optional(),
    takeProfit: targets.optional(),
    trailing: stopLevel.nullable().optional(),
    breakEven: profitLevel.nullable().optional(),
    maxHold: duration(MINUTE_MS, 'a duration of at least 1m, such as 12h').nullable().optional(),
  },
  'stopLoss, takeProfit, trailing, breakEven, maxHold',
);

const PLACED_STOP = 'a price, or a distance such as 2% or 2atr';
const PLACED_TARGET = `a price, or ${PROFIT}`;

/** What can be set of an open position's guard. Absent: as before. */
export const protectionSettings = {
  stopLoss: level(['price', 'percent', 'atr'], PLACED_STOP).optional(),
  takeProfit: targetsAt(level(['price', 'percent', 'atr', 'r'], PLACED_TARGET), PLACED_TARGET).optional(),
  trailing: stopLevel.nullable().optional(),
};

const protection = z.strictObject(protectionSettings);
export type ProtectionSettings = z.output<typeof protection>;

const percentage = readAs((given) => {
  const read = decimal(given.replace(/\s*%$/, ''));
  return read.greaterThan(0) && read.lessThanOrEqualTo(100) ? read : null;
}, 'a percentage above 0 and at most 100');

const amount = readAs((given) => {
  const read = money(given);
  return read.greaterThan(0) ? read : null;
}, 'an amount of the quote asset above 0, such as 100');

const size = z.union(
  [
    z.strictObject({ quote: amount }).transform(({ quote }): SizeRule => ({ kind: 'quote', amount: quote })),
    z.strictObject({ pct: percentage }).transform(({ pct }): SizeRule => ({ kind: 'pct', percent: pct })),
    z
      .strictObject({ riskPct: percentage })
      .transform(({ riskPct }): SizeRule => ({ kind: 'risk_pct', percent: riskPct })),
  ],
  'one of {quote: amount}, {pct: percentage of equity}, {riskPct: percentage of equity}, each above 0',
);

const every = readAs((given): Schedule | null => {
  if (given === 'close') return { kind: 'close' };
  const everyMs = parseDuration(given);
  return everyMs >= MINUTE_MS ? { kind: 'every', everyMs } : null;
}, "'close' or a duration of at least 1m, such as 15m");

const MOST_SYMBOLS = 1_000;
const symbols = z.union(
  [z.array(shortText).min(1).max(MOST_SYMBOLS), z.strictObject({ top: z.int().min(1).max(MOST_SYMBOLS) })],
  'symbols such as BTCUSDT,ETHUSDT, or top:N for the N most traded ones',
);

const MOST_POSITIONS = 1_000;
const COUNT = `a whole number from 1 to ${MOST_POSITIONS}`;
const PARAM = 'values by name, each a number, a text or true or false';
const NAME = /^[^\p{Cc}\p{Cs}]{1,80}$/u;

/** What can be set of a trader. Absent: the default, or as before. Null: as the filter says. */
export const traderSettings = {
  name: z.string('1 to 80 printable characters').trim().regex(NAME, '1 to 80 printable characters').optional(),
  symbols: symbols.optional(),
  every: every.nullable().optional(),
  params: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()], PARAM), PARAM).optional(),
  mode: z.enum(['auto', 'semi_auto', 'signals'], 'auto, semi_auto or signals').optional(),
  size: size.optional(),
  exits: exits.nullable().optional(),
  maxPositions: z.int(COUNT).min(1, COUNT).max(MOST_POSITIONS, COUNT).nullable().optional(),
  cooldown: duration(0, 'a duration such as 30m').nullable().optional(),
  reverse: z.boolean('true or false').optional(),
};

const settings = z.strictObject(traderSettings);
export type TraderSettings = z.output<typeof settings>;
export type ExitSettings = z.output<typeof exits>;
