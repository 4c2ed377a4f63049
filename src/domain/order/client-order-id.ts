import { timeOfSortableId } from '../../lib/sortable-id.ts';
import { AitraderError } from '../errors.ts';
import { asId } from '../ids.ts';
import type { ClientOrderId, OrderId, PositionId } from '../ids.ts';
import { DAY_MS } from '../time.ts';

/** What an own order is for. Entry attempts count tries of one intent; the others count exits of one position. */
export type OrderLeg = 'entry' | 'exit' | 'stop' | 'target';

const LEG_LETTERS = { entry: 'e', exit: 'x', stop: 's', target: 't' } as const satisfies Record<OrderLeg, string>;
const LEGS_BY_LETTER = new Map(Object.entries(LEG_LETTERS).map(([leg, letter]) => [letter, leg as OrderLeg]));

const MAX_NUMBER = 36 ** 2 - 1;
const OWN_ID = /^a([0-9a-z]{4})([0-9a-z]{24})([exst])([0-9a-z]{2})$/;
const INSTANCE = /^[0-9a-z]{4}$/;
const SUBJECT = /^[0-9a-z]{24}$/;

export interface ClientOrderIdParts {
  /** The four characters of the program instance that sent the order: tells own orders from another instance's. */
  readonly instance: string;
  /** The order intent of an entry, the position of any other leg: both known before the order is sent. */
  readonly subject: OrderId | PositionId;
  readonly leg: OrderLeg;
  /**
   * Attempt of the entry, or number of the position's exit, stop or target: 1, 2, 3 ... After 1295 the two characters for
   * it start over, as an exit must never fail for want of an id; the orders of that number have long ended by then.
   */
  readonly number: number;
}

/**
 * The id under which an order is sent: `a`, instance, subject, leg and number; 32 characters out of `[a-z0-9]`, which
 * every supported venue takes. The same parts always give the same id, so that after a crash an order can be asked for
 * that was never noted as sent.
 * @throws AitraderError `INTERNAL` when a part does not fit the form
 */
export function clientOrderId(parts: ClientOrderIdParts): ClientOrderId {
  const numberFits = Number.isSafeInteger(parts.number) && parts.number >= 1;
  if (!INSTANCE.test(parts.instance) || !SUBJECT.test(parts.subject) || !numberFits) {
    const given = `${parts.instance}/${parts.subject}/${parts.number}`;
    throw new AitraderError('INTERNAL', { problem: `no client order id can be made of ${given}` });
  }
  const number = (((parts.number - 1) % MAX_NUMBER) + 1).toString(36).padStart(2, '0');
  return asId<ClientOrderId>(`a${parts.instance}${parts.subject}${LEG_LETTERS[parts.leg]}${number}`);
}

/** The parts of an id of this program's form, or null for an order of somebody else. */
export function parseClientOrderId(text: string): ClientOrderIdParts | null {
  const [, instance, subject, letter, number] = OWN_ID.exec(text) ?? [];
  const leg = LEGS_BY_LETTER.get(letter as (typeof LEG_LETTERS)[OrderLeg]);
  if (instance === undefined || subject === undefined || leg === undefined || number === undefined) return null;
  const parsed = Number.parseInt(number, 36);
  return parsed === 0 ? null : { instance, subject: asId<OrderId>(subject), leg, number: parsed };
}

/** No instance of the program has made an id before, milliseconds UTC. */
const FIRST_ID_MS = Date.UTC(2025, 0, 1);

/**
 * Which instance of this program has made an id, for sure: one id in 256 of other programs, which send 32 random hexadecimal
 * digits, has our form. The time that stands in ours is no hexadecimal number in this century, nor likely by accident.
 * @param nowMs milliseconds UTC
 * @returns the four characters and when the subject was made; null for an id that is not surely this program's
 */
export function makerOf(text: string, nowMs: number): { readonly instance: string; readonly madeAt: number } | null {
  const parts = parseClientOrderId(text);
  if (parts === null) return null;
  const madeAt = timeOfSortableId(parts.subject);
  return madeAt >= FIRST_ID_MS && madeAt <= nowMs + DAY_MS ? { instance: parts.instance, madeAt } : null;
}
