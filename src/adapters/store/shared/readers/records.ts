import type { Kysely } from 'kysely';

import type {
  AuditReader,
  FilterReader,
  JournalReader,
  ProcessReader,
  RiskReader,
  TraderReader,
} from '../../../../ports/store/readers.ts';
import { filterFromRow } from '../rows/filter-row.ts';
import { journalFromRow } from '../rows/journal-row.ts';
import { auditFromRow, engineStateFromRow, heartbeatFromRow } from '../rows/process-row.ts';
import { breakerFromRow, riskEventFromRow } from '../rows/risk-row.ts';
import { traderFromRow } from '../rows/trader-row.ts';
import type { Database } from '../tables.ts';
import { pageLimit, readAll, readOne, readPage } from './reading.ts';

export function filterReader(db: Kysely<Database>): FilterReader {
  const filtersOf = (userId: string) => db.selectFrom('filters').selectAll().where('user_id', '=', userId);
  return {
    list: (userId) => readAll(filtersOf(userId).orderBy('id'), filterFromRow),
    get: (userId, id) => readOne(filtersOf(userId).where('id', '=', id), filterFromRow),
    byName: (userId, name) => readOne(filtersOf(userId).where('name', '=', name), filterFromRow),
  };
}

export function traderReader(db: Kysely<Database>): TraderReader {
  const tradersOf = (userId: string) => db.selectFrom('traders').selectAll().where('user_id', '=', userId);
  return {
    list: (userId) => readAll(tradersOf(userId).orderBy('id'), traderFromRow),
    get: (userId, id) => readOne(tradersOf(userId).where('id', '=', id), traderFromRow),
  };
}

export function riskReader(db: Kysely<Database>): RiskReader {
  return {
    breaker: (userId) =>
      readOne(db.selectFrom('circuit_breakers').selectAll().where('user_id', '=', userId), breakerFromRow),
    events: async (userId, page) => (await readPage(db, 'risk_events', { userId, page })).map(riskEventFromRow),
  };
}

export function journalReader(db: Kysely<Database>): JournalReader {
  return { list: async (userId, page) => (await readPage(db, 'journal', { userId, page })).map(journalFromRow) };
}

export function auditReader(db: Kysely<Database>): AuditReader {
  return {
    after: async (userId, seq, limit) => {
      const records = db.selectFrom('audit').selectAll().where('user_id', '=', userId).where('seq', '>', seq);
      return readAll(records.orderBy('seq').limit(pageLimit(limit)), auditFromRow);
    },
    lastSeq: async () => {
      const row = await db
        .selectFrom('audit')
        .select((eb) => eb.fn.max('seq').as('seq'))
        .executeTakeFirst();
      return row?.seq ?? 0;
    },
  };
}

export function processReader(db: Kysely<Database>): ProcessReader {
  return {
    heartbeats: (userId) => {
      const heartbeats = db.selectFrom('heartbeats').selectAll().where('user_id', '=', userId);
      return readAll(heartbeats.orderBy('part'), heartbeatFromRow);
    },
    engineState: (userId, key) => {
      const entries = db.selectFrom('engine_state').selectAll().where('user_id', '=', userId);
      return readOne(entries.where('key', '=', key), engineStateFromRow);
    },
  };
}
