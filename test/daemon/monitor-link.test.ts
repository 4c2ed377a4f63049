import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { Decimal } from '../../src/domain/decimal.ts';
import type { EngineCommand } from '../../src/domain/command.ts';
import { idAt } from '../../src/testkit/builders/example.ts';
import { MessageProxy } from './message-proxy.ts';
import { openMonitor, POSITIONS, serveDesk, truthOf } from './served-desk.ts';
import type { ServedDesk } from './served-desk.ts';
import { TcpProxy } from './tcp-proxy.ts';

const LONG_MS = 120_000;

async function until(isSo: () => boolean): Promise<void> {
  while (!isSo()) await new Promise((resolve) => setTimeout(resolve, 5));
}

/** A little of a position is closed, paused or resumed: whatever changes what is seen. */
const arbitraryChange: fc.Arbitrary<EngineCommand> = fc.oneof(
  fc.integer({ min: 1, max: POSITIONS }).map((number): EngineCommand => {
    return { type: 'close_position', positionId: idAt(number), fraction: new Decimal('0.01') };
  }),
  fc.constantFrom<EngineCommand>(
    { type: 'pause_opening', reason: 'a test' },
    { type: 'resume_opening' },
    { type: 'kill', keepPositions: true, reason: 'a test' },
  ),
);

type Trouble = 'cut' | 'drop' | 'slow' | 'none';

describe('the monitor over a bad connection', { timeout: LONG_MS }, () => {
  let served: ServedDesk;
  beforeAll(async () => {
    served = await serveDesk();
  });
  afterAll(() => served.close());

  it('that is cut and slow shows the truth, or says that it does not', async () => {
    const proxy = await TcpProxy.open(served.port);
    const monitor = await openMonitor(proxy.url);
    const { engine } = monitor;
    const steps = fc.array(fc.tuple(fc.constantFrom<Trouble>('cut', 'drop', 'slow', 'none'), arbitraryChange), {
      minLength: 1,
      maxLength: 6,
    });
    try {
      await fc.assert(
        fc.asyncProperty(steps, async (taken) => {
          for (const [trouble, change] of taken) {
            proxy.faults = trouble === 'slow' ? { delayMs: 80 } : {};
            if (trouble === 'drop') proxy.dropAll();
            if (trouble === 'cut') {
              proxy.cut();
              await until(() => !engine.isCurrent);
              expect(engine.status().feed).toBe('offline');
              expect(engine.markets().every(({ stale }) => stale)).toBe(true);
            }
            await served.engine.execute(change);
            // Cut off, it knows nothing of the change, and says that what it shows is old.
            if (trouble === 'cut') expect(engine.isCurrent).toBe(false);
            proxy.mend();
          }
          await until(() => engine.isCurrent && truthOf(engine) === truthOf(served.engine));
        }),
        { numRuns: 15 },
      );
    } finally {
      monitor.close();
      await proxy.close();
    }
  });

  it('that doubles messages and changes their order ends with the truth', async () => {
    const proxy = await MessageProxy.open(served.url);
    const monitor = await openMonitor(proxy.url);
    const { engine } = monitor;
    const orders = fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 4, maxLength: 4 });
    try {
      await fc.assert(
        fc.asyncProperty(orders, fc.array(arbitraryChange, { minLength: 2, maxLength: 8 }), async (keys, changes) => {
          const held: string[] = [];
          proxy.mangle = (messages) => {
            held.push(...messages);
            if (held.length < keys.length) return [];
            const piled = held.splice(0);
            const shuffled = piled.map((text, at) => ({ text, key: keys[at % keys.length] ?? 0 }));
            return [...shuffled.toSorted((a, b) => a.key - b.key).map(({ text }) => text), ...piled.slice(0, 1)];
          };
          for (const change of changes) await served.engine.execute(change);
          await new Promise((resolve) => setTimeout(resolve, 60));
          proxy.mangle = (messages) => [...held.splice(0), ...messages];
          await until(() => engine.isCurrent && truthOf(engine) === truthOf(served.engine));
        }),
        { numRuns: 15 },
      );
    } finally {
      monitor.close();
      await proxy.close();
    }
  });

  it('that loses answers sends every command so that it arrives once', async () => {
    const proxy = await TcpProxy.open(served.port);
    const monitor = await openMonitor(proxy.url);
    const { engine } = monitor;
    let number = 0;
    try {
      await fc.assert(
        fc.asyncProperty(fc.array(fc.boolean(), { minLength: 1, maxLength: 3 }), async (losses) => {
          let answers = 0;
          const isAnswer = (piece: Buffer): boolean => piece.toString('latin1').startsWith('HTTP/1.1 200');
          proxy.faults = { losesAnswer: (piece) => isAnswer(piece) && (losses[answers++] ?? false) };
          number += 1;
          const fraction = new Decimal(number).dividedBy(1_000_000);
          const outcome = await engine.execute({ type: 'close_position', positionId: idAt(1), fraction });
          const arrived = served.engine.commands.filter(
            (command) => command.type === 'close_position' && command.fraction.equals(fraction),
          );
          expect(outcome.ok).toBe(true);
          expect(arrived).toHaveLength(1);
        }),
        { numRuns: 12 },
      );
    } finally {
      monitor.close();
      await proxy.close();
    }
  });

  it('that is gone says of a command that nobody knows whether it arrived', async () => {
    const proxy = await TcpProxy.open(served.port);
    const monitor = await openMonitor(proxy.url);
    try {
      proxy.cut();
      const before = served.engine.commands.length;
      const outcome = await monitor.engine.execute({ type: 'pause_opening', reason: 'nobody hears' });
      expect(outcome.ok).toBe(false);
      expect(!outcome.ok && outcome.error.code).toBe('COMMAND_UNANSWERED');
      expect(served.engine.commands).toHaveLength(before);
    } finally {
      monitor.close();
      await proxy.close();
    }
  });
});
