import { Decimal } from '../../../domain/decimal.ts';
import { AitraderError } from '../../../domain/errors.ts';
import type { Target } from '../../../domain/exits.ts';
import { parseLevel } from '../../../domain/levels.ts';
import type { Level } from '../../../domain/levels.ts';

const MOST_TARGETS = 10;

/** What is wrong with data that a filter gave. */
export class RefusedData extends Error {}

/** What may stand where a level is expected. */
type Kinds = readonly Level['kind'][];

/**
 * A level as filters write it: a price as a number, a distance as a text.
 * @throws RefusedData
 */
export function readLevel(value: unknown, where: string, kinds: Kinds): Level {
  const allowed = kinds.map((kind) => EXAMPLES[kind]).join(', ');
  if (typeof value !== 'number' && typeof value !== 'string') {
    throw new RefusedData(`${where} is ${show(value)}; give ${allowed}`);
  }
  let level: Level;
  try {
    level = parseLevel(typeof value === 'string' ? value.slice(0, 100) : value);
  } catch (thrown) {
    if (thrown instanceof AitraderError) throw new RefusedData(`${where} is ${show(value)}; give ${allowed}`);
    throw thrown;
  }
  if (!kinds.includes(level.kind)) throw new RefusedData(`${where} is ${show(value)}; give ${allowed}`);
  return level;
}

const EXAMPLES: Readonly<Record<Level['kind'], string>> = {
  price: 'a price',
  percent: "'2%'",
  atr: "'2atr'",
  r: "'1.5r'",
};

/**
 * Targets as filters write them: one level or a list, each a level or `{ at, part }`.
 * @throws RefusedData
 */
export function readTargets(value: unknown, where: string, kinds: Kinds): Target[] {
  const list = Array.isArray(value) ? (value as unknown[]) : [value];
  if (list.length > MOST_TARGETS) throw new RefusedData(`${where} has ${list.length} targets, at most ${MOST_TARGETS}`);
  const targets = list.map((each, at) => readTarget(each, `${where}[${at}]`, kinds));
  const parts = targets.flatMap(({ part }) => (part === null ? [] : [part]));
  const sum = parts.reduce((total, part) => total.plus(part), new Decimal(0));
  if (sum.gt(1)) throw new RefusedData(`the parts of ${where} add up to ${sum.toFixed()}, at most 1`);
  return targets;
}

function readTarget(value: unknown, where: string, kinds: Kinds): Target {
  if (typeof value !== 'object' || value === null) return { at: readLevel(value, where, kinds), part: null };
  const { at, part = null, ...others } = value as { at?: unknown; part?: unknown };
  const [unknown] = Object.keys(others);
  if (unknown !== undefined) throw new RefusedData(`${where} has no ${show(unknown)}; known are at, part`);
  if (part !== null && (typeof part !== 'number' || !(part > 0 && part <= 1))) {
    throw new RefusedData(`${where}.part is ${show(part)}; give a share above 0 and at most 1`);
  }
  return { at: readLevel(at, `${where}.at`, kinds), part: part === null ? null : new Decimal(part) };
}

/** A value in a message. */
export function show(value: unknown): string {
  if (value === undefined || value === null) return 'missing';
  if (typeof value === 'string') return `'${value.slice(0, 40)}'`;
  return typeof value === 'number' || typeof value === 'boolean' ? String(value) : 'an object';
}
