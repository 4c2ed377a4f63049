import { createHash } from 'node:crypto';

import { asId } from '../../../../../domain/ids.ts';
import type { ClientOrderId, OrderId } from '../../../../../domain/ids.ts';
import { clientOrderId, parseClientOrderId } from '../../../../../domain/order/client-order-id.ts';
import type { OrderLeg } from '../../../../../domain/order/client-order-id.ts';
import { timeOfSortableId } from '../../../../../lib/sortable-id.ts';

/** Ids that are remembered; those heard of longest ago are forgotten first. */
const MAX_REMEMBERED = 20_000;

/** From the highest bit: marker, instance, leg, number, time of the subject, digest of the subject; 128 in all. */
const BITS = { instance: 21n, leg: 2n, number: 11n, time: 41n, digest: 45n } as const;
const MARKER = 0xa7n;
const LEGS: readonly OrderLeg[] = ['entry', 'exit', 'stop', 'target'];

/** The digits of sortable ids. */
const DIGITS = '0123456789abcdefghjkmnpqrstvwxyz';
const TIME_DIGITS = 9;
/** Stands in the place of chance in a subject that was read from a cloid: thirty bits that chance never draws. */
const FROM_CLOID = 'zzzzzz';
const DIGEST_DIGITS = 9;

/**
 * The client order ids of Hyperliquid hold 128 bits, and ours say more. Instance, leg, number and time are kept, of the rest a
 * digest: the same id gives always the same cloid, so that after a crash an order can be asked for that was never noted as sent.
 * Back from a cloid leads memory; where it has nothing, an id of our form under which the order can be told, asked for and
 * cancelled, though it names no order of the books. https://hyperliquid.gitbook.io/hyperliquid-docs/for-developers/api/exchange-endpoint
 */
export class Cloids {
  readonly #ids = new Map<string, string>();

  /** `0x` and 32 hexadecimal digits. */
  of(id: ClientOrderId): string {
    const cloid = cloidOf(id);
    this.#ids.delete(cloid);
    this.#ids.set(cloid, id);
    const [oldest] = this.#ids.keys();
    if (this.#ids.size > MAX_REMEMBERED && oldest !== undefined) this.#ids.delete(oldest);
    return cloid;
  }

  /** The id that was sent as this cloid; an id of our form for one of an unknown order of ours; else the cloid itself. */
  idOf(cloid: string): string {
    return this.#ids.get(cloid) ?? idFrom(cloid) ?? cloid;
  }
}

function cloidOf(id: ClientOrderId): string {
  const parts = parseClientOrderId(id);
  if (parts === null) return `0x${createHash('sha256').update(id).digest('hex').slice(0, 32)}`;
  const { instance, subject, leg, number } = parts;
  const timeMs = timeOfSortableId(subject);
  const values = {
    instance: BigInt(Number.parseInt(instance, 36)),
    leg: BigInt(LEGS.indexOf(leg)),
    number: BigInt(number),
    time: BigInt(timeMs >= 0 ? timeMs : 0) & mask(BITS.time),
    digest: digestOf(subject),
  };
  let bits = MARKER;
  for (const [name, width] of Object.entries(BITS)) bits = (bits << width) | values[name as keyof typeof BITS];
  return `0x${bits.toString(16)}`;
}

/** Null for a cloid that is not of our form. */
function idFrom(cloid: string): ClientOrderId | null {
  if (!/^0x[0-9a-f]{32}$/.test(cloid)) return null;
  let bits = BigInt(cloid);
  const take = (width: bigint): bigint => {
    const value = bits & mask(width);
    bits >>= width;
    return value;
  };
  const [digest, time, number, leg] = [
    take(BITS.digest),
    take(BITS.time),
    Number(take(BITS.number)),
    Number(take(BITS.leg)),
  ];
  const instance = Number(take(BITS.instance)).toString(36).padStart(4, '0');
  if (bits !== MARKER || instance.length > 4 || number === 0 || number >= 36 ** 2) return null;
  const subject = `${digits(time, TIME_DIGITS)}${FROM_CLOID}${digits(digest, DIGEST_DIGITS)}`;
  return clientOrderId({ instance, subject: asId<OrderId>(subject), leg: LEGS[leg] ?? 'entry', number });
}

/** Of a subject that was read from a cloid the digest that stood there. */
function digestOf(subject: string): bigint {
  const isFromCloid = subject.slice(TIME_DIGITS, TIME_DIGITS + FROM_CLOID.length) === FROM_CLOID;
  if (isFromCloid) {
    const text = subject.slice(-DIGEST_DIGITS);
    return [...text].reduce((value, digit) => value * 32n + BigInt(Math.max(0, DIGITS.indexOf(digit))), 0n);
  }
  return BigInt(`0x${createHash('sha256').update(subject).digest('hex').slice(0, 16)}`) & mask(BITS.digest);
}

function digits(value: bigint, count: number): string {
  let text = '';
  for (let rest = value; text.length < count; rest /= 32n) text = DIGITS.charAt(Number(rest % 32n)) + text;
  return text;
}

function mask(width: bigint): bigint {
  return (1n << width) - 1n;
}
