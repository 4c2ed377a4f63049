import type { Exits } from '../../../domain/exits.ts';
import type { FilterMeta, ParamSpec, ParamValue, Schedule } from '../../../domain/filter.ts';
import { asId } from '../../../domain/ids.ts';
import type { VenueSymbol } from '../../../domain/ids.ts';
import type { PositionSide } from '../../../domain/position/position.ts';
import { MINUTE_MS, parseDuration, TIMEFRAMES } from '../../../domain/time.ts';
import type { Timeframe } from '../../../domain/time.ts';
import { nearest } from '../../../lib/nearest.ts';
import { readLevel, readTargets, RefusedData, show } from './exits.ts';

const LONGEST_NAME = 80;
const LONGEST_DESCRIPTION = 500;
const MOST_TIMEFRAMES = 6;
const MOST_REFERENCES = 5;
const MOST_PARAMS = 50;
const LONGEST_TEXT_PARAM = 200;
const LOOKBACK = { min: 2, max: 500 };
const SIDES: readonly PositionSide[] = ['long', 'short'];

type Fields = Readonly<Record<string, unknown>>;

/**
 * The meta of a filter, checked and with its defaults.
 * @param raw plain data as the isolate read it
 * @throws RefusedData saying what is wrong and what to write
 */
export function readMeta(raw: unknown): FilterMeta {
  const known = [
    'name',
    'description',
    'timeframes',
    'every',
    'lookback',
    'references',
    'sides',
    'top',
    'params',
    'exits',
  ];
  const meta = readFields(raw, 'meta', known);
  return {
    name: readText(meta['name'], 'meta.name', { min: 1, max: LONGEST_NAME }),
    description: readText(meta['description'] ?? '', 'meta.description', { min: 0, max: LONGEST_DESCRIPTION }),
    timeframes: readTimeframes(meta['timeframes']),
    schedule: readSchedule(meta['every'] ?? 'close'),
    lookback: readWhole(meta['lookback'], 'meta.lookback', LOOKBACK),
    references: readReferences(meta['references'] ?? []),
    sides: readSides(meta['sides'] ?? SIDES),
    top: isLeftOut(meta['top']) ? null : readWhole(meta['top'], 'meta.top', { min: 1, max: 1_000 }),
    params: readParams(meta['params'] ?? {}),
    exits: readExits(meta['exits'] ?? {}),
  };
}

/**
 * The values of all parameters: the trader's in place of the filter's.
 * @throws RefusedData for a name that the filter does not declare, or a value out of its range
 */
export function resolveParams(
  specs: FilterMeta['params'],
  given: Readonly<Record<string, ParamValue>>,
): Record<string, ParamValue> {
  const known = Object.keys(specs);
  const values = Object.fromEntries(Object.entries(specs).map(([name, spec]) => [name, spec.default]));
  for (const [name, value] of Object.entries(given)) {
    const spec = Object.hasOwn(specs, name) ? specs[name] : undefined;
    if (spec === undefined) throw unknownName('the filter', `parameter '${name}'`, nearest(name, known), known);
    if (typeof value !== typeof spec.default) {
      throw new RefusedData(`parameter ${name} is ${show(value)}; give a ${typeof spec.default}`);
    }
    requireInRange(value, spec, `parameter ${name}`);
    values[name] = value;
  }
  return values;
}

function isLeftOut(value: unknown): value is null | undefined {
  return value === null || value === undefined;
}

function unknownName(
  ...[owner, what, near, known]: [string, string, readonly string[], readonly string[]]
): RefusedData {
  const hint = near.length > 0 ? `did you mean ${near.join(' or ')}?` : `known are ${known.join(', ') || 'none'}`;
  return new RefusedData(`${owner} has no ${what.slice(0, 60)}; ${hint}`);
}

function readFields(value: unknown, where: string, known: readonly string[] | null): Fields {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new RefusedData(`${where} is ${show(value)}; give an object`);
  }
  for (const key of Object.keys(value)) {
    if (known !== null && !known.includes(key)) throw unknownName(where, `'${key}'`, nearest(key, known), known);
  }
  return value as Fields;
}

function readText(value: unknown, where: string, { min, max }: { min: number; max: number }): string {
  if (typeof value === 'string' && value.length >= min && value.length <= max) return value;
  throw new RefusedData(`${where} is ${show(value)}; give a text of ${min} to ${max} characters`);
}

function readWhole(value: unknown, where: string, { min, max }: { min: number; max: number }): number {
  if (typeof value === 'number' && Number.isInteger(value) && value >= min && value <= max) return value;
  throw new RefusedData(`${where} is ${show(value)}; give a whole number from ${min} to ${max}`);
}

function readList(value: unknown, where: string, { min, max }: { min: number; max: number }): readonly unknown[] {
  if (!Array.isArray(value)) throw new RefusedData(`${where} is ${show(value)}; give a list`);
  if (value.length < min || value.length > max) {
    throw new RefusedData(`${where} has ${value.length} entries; give ${min} to ${max}`);
  }
  if (new Set(value).size < value.length) throw new RefusedData(`${where} names something twice`);
  return value as unknown[];
}

function readTimeframes(value: unknown): [Timeframe, ...Timeframe[]] {
  const list = readList(value, 'meta.timeframes', { min: 1, max: MOST_TIMEFRAMES });
  for (const each of list) {
    if (!(TIMEFRAMES as readonly unknown[]).includes(each)) {
      throw new RefusedData(`meta.timeframes holds ${show(each)}; known are ${TIMEFRAMES.join(', ')}`);
    }
  }
  return list as [Timeframe, ...Timeframe[]];
}

function readDuration(value: unknown, where: string): number {
  try {
    const ms = parseDuration(typeof value === 'string' ? value : '');
    if (ms >= MINUTE_MS) return ms;
  } catch {
    // Not a duration at all: the same advice.
  }
  throw new RefusedData(`${where} is ${show(value)}; give a duration of at least 1m, such as '15m' or '4h'`);
}

function readSchedule(value: unknown): Schedule {
  return value === 'close' ? { kind: 'close' } : { kind: 'every', everyMs: readDuration(value, 'meta.every') };
}

function readReferences(value: unknown): VenueSymbol[] {
  return readList(value, 'meta.references', { min: 0, max: MOST_REFERENCES }).map((each) => {
    if (typeof each === 'string' && /^[A-Z0-9_]{2,30}$/.test(each)) return asId<VenueSymbol>(each);
    throw new RefusedData(`meta.references holds ${show(each)}; give symbols such as 'BTCUSDT'`);
  });
}

function readSides(value: unknown): PositionSide[] {
  return readList(value, 'meta.sides', { min: 1, max: 2 }).map((each) => {
    if (each === 'long' || each === 'short') return each;
    throw new RefusedData(`meta.sides holds ${show(each)}; known are 'long', 'short'`);
  });
}

function readParams(value: unknown): Record<string, ParamSpec> {
  const entries = Object.entries(readFields(value, 'meta.params', null));
  if (entries.length > MOST_PARAMS)
    throw new RefusedData(`meta.params has ${entries.length} entries, at most ${MOST_PARAMS}`);
  return Object.fromEntries(
    entries.map(([name, spec]) => {
      if (!/^[a-zA-Z]\w{0,39}$/.test(name)) {
        throw new RefusedData(`meta.params names ${show(name)}; use letters, digits and _, a letter first`);
      }
      return [name, readParam(spec, `meta.params.${name}`)];
    }),
  );
}

function readParam(value: unknown, where: string): ParamSpec {
  if (typeof value !== 'object' || value === null) {
    return { default: readParamValue(value, where), min: null, max: null, step: null, about: '' };
  }
  const fields = readFields(value, where, ['default', 'min', 'max', 'step', 'about']);
  const bound = (key: 'min' | 'max' | 'step'): number | null => {
    const given = fields[key];
    if (given === undefined) return null;
    if (typeof given === 'number' && (key !== 'step' || given > 0)) return given;
    throw new RefusedData(`${where}.${key} is ${show(given)}; give a ${key === 'step' ? 'number above 0' : 'number'}`);
  };
  const spec = {
    default: readParamValue(fields['default'], `${where}.default`),
    min: bound('min'),
    max: bound('max'),
    step: bound('step'),
    about: readText(fields['about'] ?? '', `${where}.about`, { min: 0, max: LONGEST_DESCRIPTION }),
  };
  requireInRange(spec.default, spec, `${where}.default`);
  return spec;
}

function readParamValue(value: unknown, where: string): ParamValue {
  if (typeof value === 'boolean' || (typeof value === 'number' && Number.isFinite(value))) return value;
  if (typeof value === 'string' && value.length <= LONGEST_TEXT_PARAM) return value;
  throw new RefusedData(`${where} is ${show(value)}; give a number, a text or a boolean`);
}

function requireInRange(value: ParamValue, { min, max }: ParamSpec, where: string): void {
  if (typeof value !== 'number') return;
  if ((min === null || value >= min) && (max === null || value <= max) && Number.isFinite(value)) return;
  throw new RefusedData(`${where} is ${value}; give a number from ${min ?? 'any'} to ${max ?? 'any'}`);
}

function readExits(value: unknown): Exits {
  const known = ['stopLoss', 'takeProfit', 'trailing', 'breakEven', 'maxHold'];
  const { stopLoss, takeProfit, trailing, breakEven, maxHold } = readFields(value, 'meta.exits', known);
  return {
    stopLoss: isLeftOut(stopLoss) ? null : readLevel(stopLoss, 'meta.exits.stopLoss', ['percent', 'atr']),
    takeProfit: isLeftOut(takeProfit) ? [] : readTargets(takeProfit, 'meta.exits.takeProfit', ['percent', 'atr', 'r']),
    trailing: isLeftOut(trailing) ? null : readLevel(trailing, 'meta.exits.trailing', ['percent', 'atr']),
    breakEven: isLeftOut(breakEven) ? null : readLevel(breakEven, 'meta.exits.breakEven', ['percent', 'atr', 'r']),
    maxHoldMs: isLeftOut(maxHold) ? null : readDuration(maxHold, 'meta.exits.maxHold'),
  };
}
