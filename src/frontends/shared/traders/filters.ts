import { createHash } from 'node:crypto';

import { AitraderError } from '../../../domain/errors.ts';
import type { Filter } from '../../../domain/filter.ts';
import { asId } from '../../../domain/ids.ts';
import type { FilterId } from '../../../domain/ids.ts';
import { nearest } from '../../../lib/nearest.ts';
import { printable } from '../../../lib/printable.ts';
import { putFilter, tradersOf } from '../desk.ts';
import type { Desk } from '../desk.ts';

/** A filter as it comes in: its code with the name of its file. */
export interface FilterCode {
  readonly name: string;
  readonly source: string;
  readonly origin: Filter['origin'];
}

/** @throws AitraderError `NOT_FOUND` */
async function storedFilter({ store, userId }: Desk, name: string): Promise<Filter> {
  const filter = await store.filters.byName(userId, name);
  if (filter !== null) return filter;
  const known = (await store.filters.list(userId)).map((each) => each.name);
  const near = nearest(name, known);
  const remedy = near.length > 0 ? `Nearest: ${near.join(', ')}.` : 'Give a file, or the name of a shipped filter.';
  throw new AitraderError('NOT_FOUND', { what: 'filter', given: name, remedy });
}

/**
 * The filter that a trader is to be made of. Code that is stored already is used as it is. Other code under a name that
 * traders depend on gets a name of its own (`name-2`): what runs is never changed by adding something.
 * @throws AitraderError `NOT_FOUND` for a name without a filter, `FILTER_REFUSED` for code that the sandbox refuses
 */
export async function filterFor(desk: Desk, given: FilterCode | string): Promise<Filter> {
  if (typeof given === 'string') return storedFilter(desk, given);
  const { name, source, origin } = given;
  const sourceHash = createHash('sha256').update(source).digest('hex');
  const stored = await desk.store.filters.list(desk.userId);
  const same = stored.find((filter) => filter.sourceHash === sourceHash);
  if (same !== undefined) return same;

  const outcome = await desk.inspectFilter(source);
  if (!outcome.ok) throw refused(name, outcome.fault);
  const { name: freeName, replaced } = await placeFor(desk, stored, name);
  const now = desk.now();
  const filter: Filter = {
    id: replaced?.id ?? asId<FilterId>(desk.ids.next()),
    userId: desk.userId,
    name: freeName,
    meta: outcome.meta,
    source,
    sourceHash,
    origin,
    createdAt: replaced?.createdAt ?? now,
    updatedAt: now,
  };
  await putFilter(desk, filter);
  return filter;
}

function refused(
  filter: string,
  fault: { readonly message: string; readonly line: number | null; readonly column: number | null },
): AitraderError {
  const place = fault.line === null ? '' : ` (line ${fault.line}${fault.column === null ? '' : `:${fault.column}`})`;
  const remedy = `Correct the code; \`aitrader filter check ${filter}\` says more.`;
  return new AitraderError('FILTER_REFUSED', { filter, problem: `${printable(fault.message)}${place}`, remedy });
}

/** A name that is free, or whose filter no trader uses and may be replaced. */
async function placeFor(
  desk: Desk,
  stored: readonly Filter[],
  name: string,
): Promise<{ readonly name: string; readonly replaced: Filter | null }> {
  const used = new Set((await tradersOf(desk)).map(({ filterId }) => filterId));
  for (let number = 1; ; number += 1) {
    const candidate = number === 1 ? name : `${name}-${number}`;
    const holder = stored.find((filter) => filter.name === candidate) ?? null;
    if (holder === null || !used.has(holder.id)) return { name: candidate, replaced: holder };
  }
}
