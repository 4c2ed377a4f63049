import type { Kysely } from 'kysely';

import { AitraderError } from '../../../../domain/errors.ts';
import type { UserId } from '../../../../domain/ids.ts';
import type { Page } from '../../../../ports/store/readers.ts';
import type { Database, Row } from '../tables.ts';

const MAX_PAGE = 1_000;

/** The first row of a query as an entity, null when there is none. */
export async function readOne<Found, Entity>(
  query: { executeTakeFirst(): Promise<Found | undefined> },
  fromRow: (row: Found) => Entity,
): Promise<Entity | null> {
  const row = await query.executeTakeFirst();
  return row === undefined ? null : fromRow(row);
}

/** All rows of a query as entities. */
export async function readAll<Found, Entity>(
  query: { execute(): Promise<Found[]> },
  fromRow: (row: Found) => Entity,
): Promise<readonly Entity[]> {
  return (await query.execute()).map((row) => fromRow(row));
}

/** @throws AitraderError `INTERNAL` when `limit` is no whole number of 1 .. 1,000: who takes it from a user checks it */
export function pageLimit(limit: number): number {
  if (!Number.isInteger(limit) || limit < 1 || limit > MAX_PAGE) {
    throw new AitraderError('INTERNAL', {
      problem: `a page of ${limit} entries was asked for, 1 to ${MAX_PAGE} can be`,
    });
  }
  return limit;
}

/** The tables that are read in pages: every row has an id that sorts by time. */
type PagedTable = 'signals' | 'orders' | 'trades' | 'risk_events' | 'journal';

/** One page of a user's rows, newest first. */
export async function readPage<Table extends PagedTable>(
  db: Kysely<Database>,
  table: Table,
  { userId, page }: { readonly userId: UserId; readonly page: Page },
): Promise<readonly Row<Table>[]> {
  // One of the tables stands for all in the types: Kysely cannot follow a table that is a type parameter.
  const rows = db
    .selectFrom(table as 'signals')
    .selectAll()
    .where('user_id', '=', userId);
  const after = page.before === undefined ? rows : rows.where('id', '<', page.before);
  const found = await after.orderBy('id', 'desc').limit(pageLimit(page.limit)).execute();
  return found as unknown as readonly Row<Table>[];
}
