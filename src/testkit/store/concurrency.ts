import { describe, expect, it } from 'vitest';

import { asId } from '../../domain/ids.ts';
import type { UserId } from '../../domain/ids.ts';
import type { StoreChange } from '../../ports/store/changes.ts';
import { arbitraryPosition } from '../builders/arbitrary-holdings.ts';
import { arbitraryAuditRecord, arbitraryEngineState } from '../builders/arbitrary-records.ts';
import { arbitraryPositionExit } from '../builders/arbitrary-values.ts';
import { example } from '../builders/example.ts';
import { useStore } from './opened.ts';
import type { StoreFixture } from './opened.ts';

const COMMITS = 300;
const RECORDS_PER_COMMIT = 3;

/** Reading while others write. */
export function describeConcurrency(open: () => Promise<StoreFixture>): void {
  describe('readers while commits are written', () => {
    const store = useStore(open);

    it('never see half a commit', async () => {
      const userId = asId<UserId>('halves');
      const write = (n: number) => {
        const first = n * RECORDS_PER_COMMIT + 1;
        const seqs = Array.from({ length: RECORDS_PER_COMMIT }, (_, index) => first + index);
        const changes = seqs.map((seq): StoreChange => ({
          kind: 'audit',
          record: example(arbitraryAuditRecord, { userId, seq }),
        }));
        return store().commit(changes, n % 10 === 0 ? 'durable' : 'ordinary');
      };
      const counts: number[] = [];
      const commits = Array.from({ length: COMMITS }, (_, n) => write(n));
      const isWritten = Promise.all(commits).then(() => true);
      do {
        counts.push((await store().audit.after(userId, 0, 1_000)).length);
      } while (!(await Promise.race([isWritten, Promise.resolve(false)])));
      counts.push((await store().audit.after(userId, 0, 1_000)).length);
      expect(counts.filter((count) => count % RECORDS_PER_COMMIT !== 0)).toEqual([]);
      expect(counts).toEqual(counts.toSorted((a, b) => a - b));
      expect(counts.at(-1)).toBe(COMMITS * RECORDS_PER_COMMIT);
    });

    it('see a position with its own lots and exits, not with those of another moment', async () => {
      const exit = example(arbitraryPositionExit);
      const { fillKey, price, quantity } = exit;
      const lot = { fillKey, price, openedQuantity: quantity, remainingQuantity: quantity, openedAt: 1 };
      const of = (n: number) => Array.from({ length: n % 5 });
      const positions = Array.from({ length: COMMITS }, (_, n) =>
        example(arbitraryPosition, { updatedAt: n, lots: of(n).map(() => lot), exits: of(n + 2).map(() => exit) }),
      );
      const commits = positions.map((position) => store().commit([{ kind: 'position', position }], 'ordinary'));
      const isWritten = Promise.all(commits).then(() => true);
      const { userId, id } = example(arbitraryPosition);
      do {
        const seen = await store().positions.get(userId, id);
        if (seen !== null) expect(seen).toStrictEqual(positions[seen.updatedAt]);
      } while (!(await Promise.race([isWritten, Promise.resolve(false)])));
      expect(await store().positions.get(userId, id)).toStrictEqual(positions.at(-1));
    });

    it('see everything that was stored before they were asked', async () => {
      const userId = asId<UserId>('fresh');
      for (let n = 0; n < COMMITS; n += 1) {
        const entry = example(arbitraryEngineState, { userId, key: 'n', value: String(n) });
        await store().commit([{ kind: 'engine_state', entry }], n % 2 === 0 ? 'durable' : 'ordinary');
        expect(await store().process.engineState(userId, 'n')).toStrictEqual(entry);
      }
    });
  });
}
