import { describe, expect, it } from 'vitest';

import { asId } from '../../domain/ids.ts';
import type { PositionId } from '../../domain/ids.ts';
import { OrderNames } from './order-names.ts';

const OPEN = asId<PositionId>('p0000000000000000000open');
const CLOSED = asId<PositionId>('p000000000000000000clsd0');

describe('the names of orders', () => {
  it('are forgotten for all positions but those that are kept, which never get one twice', () => {
    const names = new OrderNames('test');
    const given = [names.exit(OPEN, 'exit'), names.exit(OPEN, 'stop')];
    const ofClosed = names.exit(CLOSED, 'exit');
    names.keepOnly(new Set([OPEN]));
    expect(given).not.toContain(names.exit(OPEN, 'exit'));
    expect(given).not.toContain(names.exit(OPEN, 'stop'));
    expect(names.exit(CLOSED, 'exit')).toBe(ofClosed);
  });
});
