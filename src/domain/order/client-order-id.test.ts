import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { asId } from '../ids.ts';
import { createSortableIds } from '../../lib/sortable-id.ts';
import { clientOrderId, makerOf, parseClientOrderId } from './client-order-id.ts';
import type { ClientOrderIdParts } from './client-order-id.ts';

const letters = (length: number): fc.Arbitrary<string> =>
  fc.string({ unit: fc.constantFrom(...'0123456789abcdefghijklmnopqrstuvwxyz'), minLength: length, maxLength: length });

const parts: fc.Arbitrary<ClientOrderIdParts> = fc.record({
  instance: letters(4),
  subject: letters(24).map((text) => asId<ClientOrderIdParts['subject']>(text)),
  leg: fc.constantFrom('entry', 'exit', 'stop', 'target'),
  number: fc.integer({ min: 1, max: 1295 }),
});

const example: ClientOrderIdParts = {
  instance: 'desk',
  subject: asId('0k3f9a7c2m5x8z1q4w6e7r9t'),
  leg: 'stop',
  number: 37,
};

describe('client order ids', () => {
  it('are the prefix, the instance, the subject, the leg and the number', () => {
    expect(clientOrderId(example)).toBe('adesk0k3f9a7c2m5x8z1q4w6e7r9ts11');
  });

  it('have 32 characters that every venue takes', () => {
    fc.assert(
      fc.property(parts, (made) => {
        expect(clientOrderId(made)).toMatch(/^[a-z0-9]{32}$/);
      }),
    );
  });

  it('give back the parts that they were made of', () => {
    fc.assert(
      fc.property(parts, (made) => {
        expect(parseClientOrderId(clientOrderId(made))).toEqual(made);
      }),
    );
  });

  it('differ when a part differs', () => {
    fc.assert(
      fc.property(parts, parts, (one, other) => {
        const same = JSON.stringify(one) === JSON.stringify(other);
        expect(clientOrderId(one) === clientOrderId(other)).toBe(same);
      }),
    );
  });

  it('start over after 1295, so that an exit never fails for want of an id', () => {
    expect(clientOrderId({ ...example, number: 1296 })).toBe(clientOrderId({ ...example, number: 1 }));
    expect(clientOrderId({ ...example, number: 2590 })).toBe(clientOrderId({ ...example, number: 1295 }));
  });

  it('are not made of parts that do not fit', () => {
    const misfits: Partial<ClientOrderIdParts>[] = [
      { instance: 'des' },
      { instance: 'DESK' },
      { subject: asId('short') },
      { number: 0 },
      { number: 1.5 },
      { number: Number.NaN },
    ];
    for (const misfit of misfits) {
      expect(() => clientOrderId({ ...example, ...misfit })).toThrow(/no client order id can be made of/);
    }
  });

  it('of somebody else are foreign', () => {
    const own = clientOrderId(example);
    const foreign = [
      '',
      'web_7c1d5a',
      'x-TKT5PX2Ff1e2d3c4b5a6978',
      'android_x8Kd0Pq2',
      own.toUpperCase(),
      own.slice(1),
      `${own}0`,
      ` ${own}`,
      `${own}\n`,
      `b${own.slice(1)}`,
      `${own.slice(0, 29)}q11`,
      `${own.slice(0, 30)}00`,
    ];
    for (const text of foreign) expect(parseClientOrderId(text), text).toBeNull();
  });

  it('of any other length are foreign', () => {
    const other = fc.string().filter((text) => text.length !== 32);
    fc.assert(
      fc.property(other, (text) => {
        expect(parseClientOrderId(text)).toBeNull();
      }),
    );
  });
});

describe('the maker of an id', () => {
  const nowMs = Date.UTC(2026, 10, 21);
  const hexDigits = fc.string({ unit: fc.constantFrom(...'0123456789abcdef'), minLength: 32, maxLength: 32 });

  it('is the instance that made it, with the time of what it is about', () => {
    const madeAt = fc.integer({ min: Date.UTC(2025, 0, 1), max: nowMs });
    fc.assert(
      fc.property(parts, madeAt, (made, at) => {
        const subject = asId<ClientOrderIdParts['subject']>(
          createSortableIds({ now: () => at, random: () => 0.5 }).next(),
        );
        expect(makerOf(clientOrderId({ ...made, subject }), nowMs)).toEqual({ instance: made.instance, madeAt: at });
      }),
    );
  });

  it('is never found in 32 hexadecimal digits, although one in 256 of them has the form', () => {
    fc.assert(
      fc.property(hexDigits, (digits) => {
        const alike = `a${digits.slice(1, 29)}e${digits.slice(30, 31)}1`;
        expect(parseClientOrderId(alike)).not.toBeNull();
        expect(makerOf(alike, nowMs)).toBeNull();
      }),
    );
  });

  it('is not believed of a time that has not come', () => {
    const subject = asId<ClientOrderIdParts['subject']>(
      createSortableIds({ now: () => nowMs + 2 * 86_400_000, random: () => 0 }).next(),
    );
    expect(makerOf(clientOrderId({ ...example, subject }), nowMs)).toBeNull();
    expect(makerOf('web_1', nowMs)).toBeNull();
  });
});
