import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import type { Alert } from '../../../ports/notifier.ts';
import { AlertQueue } from './alert-queue.ts';

function alert(key: string, severity: Alert['severity']): Alert {
  return { key, severity, money: 'sim', title: key, text: '', at: 0 };
}

describe('the queue of alerts', () => {
  it('stays within its bound and loses a critical alert only to other critical ones', () => {
    const severities = fc.constantFrom<Alert['severity']>('info', 'warning', 'critical');
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.integer({ min: 0, max: 30 }), severities), { maxLength: 80 }), (alerts) => {
        const queue = new AlertQueue(5);
        const critical = new Set<string>();
        for (const [key, severity] of alerts) {
          queue.add({ alert: alert(`k${key}`, severity), count: 1 });
          if (severity === 'critical') critical.add(`k${key}`);
          expect(queue.length).toBeLessThanOrEqual(5);
        }
        const taken = Array.from({ length: 5 }, () => queue.take(() => true)).filter((each) => each !== undefined);
        const kept = taken.filter((each) => each.alert.severity === 'critical').length;
        expect(kept).toBe(Math.min(5, critical.size));
        expect(taken.reduce((total, each) => total + each.count, 0) + queue.dropped).toBe(alerts.length);
      }),
    );
  });
});
