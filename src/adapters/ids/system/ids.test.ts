import { describe, expect, it } from 'vitest';
import { asId } from '../../../domain/ids.ts';
import type { OrderId } from '../../../domain/ids.ts';
import { clientOrderId, parseClientOrderId } from '../../../domain/order/client-order-id.ts';
import { createFakeClock } from '../../../testkit/fake-clock.ts';
import { createSystemClock } from '../../clock/system/clock.ts';
import { createSystemIds } from './ids.ts';

describe('system ids', () => {
  it('are unique and grow, as fast as they can be made', () => {
    const ids = createSystemIds(createSystemClock());
    const made = Array.from({ length: 20_000 }, () => ids.next());
    expect(new Set(made).size).toBe(made.length);
    expect(made.toSorted()).toEqual(made);
  });

  it('differ between two processes that start in the same millisecond', () => {
    const clock = createFakeClock();
    expect(createSystemIds(clock).next()).not.toBe(createSystemIds(clock).next());
  });

  it('are subjects of client order ids', () => {
    const subject = asId<OrderId>(createSystemIds(createSystemClock()).next());
    const id = clientOrderId({ instance: 'k3x9', subject, leg: 'stop', number: 7 });
    expect(parseClientOrderId(id)).toEqual({ instance: 'k3x9', subject, leg: 'stop', number: 7 });
  });
});
