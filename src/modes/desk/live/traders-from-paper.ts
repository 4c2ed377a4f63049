import type { Filter } from '../../../domain/filter.ts';
import type { FilterId, UserId } from '../../../domain/ids.ts';
import type { Trader } from '../../../domain/trader.ts';
import type { StoreChange } from '../../../ports/store/changes.ts';
import type { Store } from '../../../ports/store/store.ts';

/** Under which the store keeps which traders have come over already: one that was removed here stays away. */
const COME_OVER = 'traders_from_paper';
const REASON = 'enabled on paper; resume it to let it trade real money';

/** Filters and traders of the desk that trades on paper. */
export interface PaperDesk {
  readonly filters: readonly Filter[];
  readonly traders: readonly Trader[];
}

/**
 * Brings the traders of the paper desk over, once each. They are paused: who trades real money is decided anew. To be called
 * before the engine opens.
 * @returns the names of those that came
 */
export async function bringOverFromPaper(
  paper: PaperDesk,
  { store, userId, now }: { readonly store: Store; readonly userId: UserId; readonly now: number },
): Promise<readonly string[]> {
  const entry = await store.process.engineState(userId, COME_OVER);
  const before = new Set(entry === null ? [] : (JSON.parse(entry.value) as string[]));
  const taken = new Set((await store.traders.list(userId)).map(({ name }) => name));
  const coming = paper.traders.filter(({ id, name }) => !before.has(id) && !taken.has(name));
  if (coming.length === 0) return [];
  const idHere = await filtersHere(paper, { store, userId });
  const changes: StoreChange[] = [];
  for (const filter of paper.filters) {
    const isUsed = coming.some(({ filterId }) => filterId === filter.id);
    if (isUsed && !idHere.has(filter.id)) changes.push({ kind: 'filter', filter });
  }
  for (const trader of coming) {
    const filterId = idHere.get(trader.filterId) ?? trader.filterId;
    const state = trader.state.status === 'running' ? ({ status: 'paused', reason: REASON } as const) : trader.state;
    changes.push({ kind: 'trader', trader: { ...trader, filterId, portfolioId: null, state, updatedAt: now } });
  }
  const value = JSON.stringify([...before, ...coming.map(({ id }) => id)]);
  changes.push({ kind: 'engine_state', entry: { userId, key: COME_OVER, value, updatedAt: now } });
  await store.commit(changes, 'durable');
  return coming.map(({ name }) => name);
}

/** Which filters are here already, by their id on paper: the same one, or one of the same name. */
async function filtersHere(
  { filters }: PaperDesk,
  { store, userId }: { readonly store: Store; readonly userId: UserId },
): Promise<ReadonlyMap<FilterId, FilterId>> {
  const here = await store.filters.list(userId);
  return new Map(
    filters.flatMap(({ id, name }) => {
      const known = here.find((filter) => filter.id === id || filter.name === name);
      return known === undefined ? [] : [[id, known.id] as const];
    }),
  );
}
