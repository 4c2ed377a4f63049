import { decimal } from '../../../domain/decimal.ts';
import type { Decimal } from '../../../domain/decimal.ts';
import { AitraderError, describeFailure } from '../../../domain/errors.ts';
import { asId } from '../../../domain/ids.ts';

/**
 * An amount as its plain decimal text, exact.
 * @throws AitraderError `DECIMAL_INVALID` for NaN and infinities, which are no amounts
 */
export function amountText(value: Decimal): string {
  if (!value.isFinite()) throw new AitraderError('DECIMAL_INVALID', { given: value.toString() });
  return value.isZero() ? '0' : value.toFixed();
}

export function amountTextOrNull(value: Decimal | null): string | null {
  return value === null ? null : amountText(value);
}

export function readAmount<Amount extends Decimal = Decimal>(text: string): Amount {
  return decimal(text) as Amount;
}

export function readAmountOrNull<Amount extends Decimal = Decimal>(text: string | null): Amount | null {
  return text === null ? null : readAmount<Amount>(text);
}

export function readIdOrNull<Id extends ReturnType<typeof asId>>(text: string | null): Id | null {
  return text === null ? null : asId<Id>(text);
}

/** Flags are 0 and 1 in every database. */
export function flagNumber(flag: boolean): number {
  return flag ? 1 : 0;
}

export function flagNumberOrNull(flag: boolean | null): number | null {
  return flag === null ? null : flagNumber(flag);
}

export function readFlag(value: number): boolean {
  if (value !== 0 && value !== 1) throw new TypeError(`a flag of ${value}`);
  return value === 1;
}

export function readFlagOrNull(value: number | null): boolean | null {
  return value === null ? null : readFlag(value);
}

/** Market data in a column: NaN is null, since SQLite has no NaN. */
export function floatOrNull(value: number): number | null {
  return Number.isNaN(value) ? null : value;
}

export function readFloat(value: number | null): number {
  return value ?? NaN;
}

/** @throws TypeError when `text` is none of the words */
export function readWord<Word extends string>(words: Readonly<Record<Word, true>>, text: string | null): Word {
  if (text === null || !Object.hasOwn(words, text)) {
    throw new TypeError(`one of ${Object.keys(words).join(', ')} expected, ${JSON.stringify(text)} found`);
  }
  return text as Word;
}

/** The value of a column that this state of the entity must have. */
export function present<Value>(value: Value | null, column: string): Value {
  if (value === null) throw new TypeError(`${column} is empty`);
  return value;
}

/**
 * Reads one row.
 * @throws AitraderError `ROW_INVALID`, naming what was read, when `read` throws
 */
export function readRow<Value>(entity: string, id: string | number, read: () => Value): Value {
  try {
    return read();
  } catch (cause) {
    throw new AitraderError('ROW_INVALID', { entity, id, problem: describeFailure(cause) }, { cause });
  }
}
