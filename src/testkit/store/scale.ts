import { describe, expect, it } from 'vitest';

import { asId } from '../../domain/ids.ts';
import type { UserId } from '../../domain/ids.ts';
import type { StoreChange } from '../../ports/store/changes.ts';
import type { Page } from '../../ports/store/readers.ts';
import { arbitraryPosition } from '../builders/arbitrary-holdings.ts';
import { arbitrarySignal } from '../builders/arbitrary-signals.ts';
import { example, idAt } from '../builders/example.ts';
import { useStore } from './opened.ts';
import type { StoreFixture } from './opened.ts';

const SIGNALS = 10_000;
const POSITIONS = 5_000;
const USERS = 100;
const PER_COMMIT = 500;

/** As much as a busy installation gathers. */
export function describeScale(open: () => Promise<StoreFixture>): void {
  describe('with much in it', () => {
    const store = useStore(open);

    async function commitAll(changes: readonly StoreChange[]): Promise<void> {
      const starts = Array.from({ length: changes.length / PER_COMMIT }, (_, n) => n * PER_COMMIT);
      await Promise.all(starts.map((start) => store().commit(changes.slice(start, start + PER_COMMIT), 'ordinary')));
    }

    it(`gives back each of ${SIGNALS} signals once`, async () => {
      const userId = asId<UserId>('many');
      const state = { status: 'pending', reason: 'found' } as const;
      const base = example(arbitrarySignal, { userId, state });
      const ids = Array.from({ length: SIGNALS }, (_, n) => idAt<typeof base.id>(n));
      await commitAll(ids.map((id) => ({ kind: 'signal', signal: { ...base, id } })));
      const seen: string[] = [];
      for (
        let page: Page = { limit: 1_000 };
        seen.length < SIGNALS;
        page = { limit: 1_000, before: seen.at(-1) ?? '' }
      ) {
        const found = await store().signals.list(userId, page);
        seen.push(...found.map(({ id }) => id));
        if (found.length === 0) break;
      }
      expect(seen).toEqual(ids.toReversed());
      expect(await store().signals.withStatus(userId, ['pending'])).toHaveLength(SIGNALS);
    });

    it(`finds the open positions of one user among ${POSITIONS}`, async () => {
      const base = example(arbitraryPosition);
      const positions = Array.from({ length: POSITIONS }, (_, n) => ({
        ...base,
        id: idAt<typeof base.id>(n),
        userId: asId<UserId>(`user ${n % USERS}`),
        state: n % 2 === 0 ? ({ status: 'open' } as const) : ({ status: 'liquidated', closedAt: n } as const),
      }));
      await commitAll(positions.map((position) => ({ kind: 'position', position })));
      const mine = positions.filter(({ userId, state }) => userId === 'user 4' && state.status === 'open');
      expect(await store().positions.open(asId('user 4'))).toStrictEqual(mine);
      expect(await store().positions.list(asId('user 5'), { limit: 1_000 })).toHaveLength(POSITIONS / USERS);
    });
  });
}
