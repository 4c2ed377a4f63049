import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { asId } from '../../../../../domain/ids.ts';
import type { OrderId } from '../../../../../domain/ids.ts';
import { clientOrderId, makerOf, parseClientOrderId } from '../../../../../domain/order/client-order-id.ts';
import { createSortableIds } from '../../../../../lib/sortable-id.ts';
import { Cloids } from './cloids.ts';

const NOW = Date.UTC(2026, 10, 1);

const ids = fc
  .record({
    instance: fc.integer({ min: 0, max: 36 ** 4 - 1 }).map((number) => number.toString(36).padStart(4, '0')),
    subject: fc
      .record({
        madeAt: fc.integer({ min: Date.UTC(2025, 0, 1), max: NOW }),
        chance: fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
      })
      .map(({ madeAt, chance }) => createSortableIds({ now: () => madeAt, random: () => chance }).next()),
    leg: fc.constantFrom('entry', 'exit', 'stop', 'target'),
    number: fc.integer({ min: 1, max: 1_295 }),
  })
  .map((parts) => clientOrderId({ ...parts, subject: asId<OrderId>(parts.subject) }));

describe('a cloid', () => {
  it('is 128 bits in hexadecimal, and always the same for the same id', () => {
    fc.assert(
      fc.property(ids, (id) => {
        const cloid = new Cloids().of(id);
        expect(cloid).toMatch(/^0x[0-9a-f]{32}$/);
        expect(new Cloids().of(id)).toBe(cloid);
      }),
    );
  });

  it('leads back to its id in the process that has made it', () => {
    fc.assert(
      fc.property(ids, (id) => {
        const cloids = new Cloids();
        expect(cloids.idOf(cloids.of(id))).toBe(id);
      }),
    );
  });

  it('tells another process the instance, leg, number and time, under an id that leads to the same cloid', () => {
    fc.assert(
      fc.property(ids, (id) => {
        const cloid = new Cloids().of(id);
        const read = new Cloids().idOf(cloid);
        const [own, told] = [parseClientOrderId(id), parseClientOrderId(read)];
        expect([told?.instance, told?.leg, told?.number]).toEqual([own?.instance, own?.leg, own?.number]);
        expect(makerOf(read, NOW)).toEqual(makerOf(id, NOW));
        expect(new Cloids().of(asId(read))).toBe(cloid);
      }),
    );
  });

  it('differs for different ids', () => {
    fc.assert(fc.property(ids, ids, (a, b) => a === b || new Cloids().of(a) !== new Cloids().of(b)));
  });

  it.each(['0x1234567890abcdef1234567890abcdef', '0xa7ffffffffffffffffffffffffffffff', '0xA7', ''])(
    'of somebody else stays what it is: "%s"',
    (cloid) => {
      expect(new Cloids().idOf(cloid)).toBe(cloid);
    },
  );
});
