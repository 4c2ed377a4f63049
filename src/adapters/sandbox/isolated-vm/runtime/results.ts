import type { FilterConfig, RawManage, RawMatch } from '../filter-config.ts';
import { budgetOf, readPlain, Unreadable } from './plain.ts';

const USUAL_CONFIDENCE = 50;
const MATCH_KEYS = ['side', 'conditions', 'confidence', 'score', 'stopLoss', 'takeProfit', 'metadata'];
const MANAGE_KEYS = ['close', 'stopLoss', 'conditions'];

type Fields = Readonly<Record<string, unknown>>;

/**
 * What `check` returned, as plain data of the right form; null when it saw nothing.
 * @throws Unreadable
 */
export function readMatch(result: unknown, config: FilterConfig): Omit<RawMatch, 'symbol' | 'plots'> | null {
  if (result === null || result === undefined || result === false) return null;
  const fields = readFields(result, MATCH_KEYS, config);
  const { side, confidence = USUAL_CONFIDENCE, stopLoss = null, takeProfit = null, metadata = null } = fields;
  if (side !== 'long' && side !== 'short') throw new Unreadable(`side is ${show(side)}; give 'long' or 'short'`);
  if (!config.sides.includes(side)) throw new Unreadable(`side is '${side}', which meta.sides leaves out`);
  if (typeof confidence !== 'number' || !(confidence >= 0 && confidence <= 100)) {
    throw new Unreadable(`confidence is ${show(confidence)}; give a number from 0 to 100`);
  }
  const { score = confidence } = fields;
  if (typeof score !== 'number' || !Number.isFinite(score)) {
    throw new Unreadable(`score is ${show(score)}; give a finite number`);
  }
  if (fields['conditions'] === undefined)
    throw new Unreadable("conditions are missing; give a list such as ['RSI turned']");
  const conditions = readConditions(fields);
  return { side, conditions, confidence, score, stopLoss, takeProfit, metadata: JSON.stringify(metadata) };
}

/**
 * What `manage` returned; null when the position stays as it is.
 * @throws Unreadable
 */
export function readManage(result: unknown, config: FilterConfig): Omit<RawManage, 'symbol'> | null {
  if (result === null || result === undefined || result === false) return null;
  const fields = readFields(result, MANAGE_KEYS, config);
  const { close = null, stopLoss = null } = fields;
  if ((close === null) === (stopLoss === null)) throw new Unreadable('give either close or stopLoss');
  if (close !== null && (typeof close !== 'number' || !(close >= 0 && close <= 1))) {
    throw new Unreadable(`close is ${show(close)}; give the part to close, 0 to 1`);
  }
  return close === 0 ? null : { close, stopLoss, conditions: readConditions(fields) };
}

function readFields(result: unknown, known: readonly string[], { resultBytes }: FilterConfig): Fields {
  if (typeof result !== 'object' || Array.isArray(result)) {
    throw new Unreadable(
      `the result is ${Array.isArray(result) ? 'a list' : `a ${typeof result}`}; give null or an object`,
    );
  }
  const fields = readPlain(result, 'the result', budgetOf(resultBytes)) as Fields;
  for (const key of Object.keys(fields)) {
    if (!known.includes(key)) throw new Unreadable(`the result has no ${show(key)}; known are ${known.join(', ')}`);
  }
  return fields;
}

function readConditions({ conditions = [] }: Fields): string[] {
  if (!Array.isArray(conditions)) throw new Unreadable(`conditions are ${show(conditions)}; give a list of texts`);
  for (const each of conditions as unknown[]) {
    if (typeof each !== 'string') throw new Unreadable(`a condition is ${show(each)}; give texts`);
  }
  return conditions as string[];
}

function show(value: unknown): string {
  if (typeof value === 'string') return `'${value.slice(0, 40)}'`;
  return typeof value === 'object' && value !== null ? 'an object' : String(value);
}
