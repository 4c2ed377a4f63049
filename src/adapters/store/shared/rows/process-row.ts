import type { AuditRecord } from '../../../../domain/event.ts';
import { asId } from '../../../../domain/ids.ts';
import type { EngineStateEntry, Heartbeat } from '../../../../ports/store/changes.ts';
import { readRow } from '../fields.ts';
import type { RowOf, TableDefinition } from '../table.ts';

export const AUDIT = {
  kind: 'record',
  key: ['seq'],
  columns: {
    seq: 'integer',
    at: 'integer',
    user_id: 'text',
    subject: 'text',
    subject_id: 'text',
    change: 'text',
    data: 'text',
  },
} as const satisfies TableDefinition;

export const HEARTBEATS = {
  kind: 'entity',
  key: ['user_id', 'part'],
  columns: { user_id: 'text', part: 'text', at: 'integer', detail: 'text' },
} as const satisfies TableDefinition;

export const ENGINE_STATE = {
  kind: 'entity',
  key: ['user_id', 'key'],
  columns: { user_id: 'text', key: 'text', value: 'text', updated_at: 'integer' },
} as const satisfies TableDefinition;

type AuditRow = RowOf<typeof AUDIT>;
type HeartbeatRow = RowOf<typeof HEARTBEATS>;
type EngineStateRow = RowOf<typeof ENGINE_STATE>;

export function auditToRow(record: AuditRecord): AuditRow {
  return {
    seq: record.seq,
    at: record.at,
    user_id: record.userId,
    subject: record.subject,
    subject_id: record.subjectId,
    change: record.change,
    data: record.data,
  };
}

/** @throws AitraderError `ROW_INVALID` */
export function auditFromRow(row: AuditRow): AuditRecord {
  return readRow('audit', row.seq, () => ({
    seq: row.seq,
    at: row.at,
    userId: asId(row.user_id),
    subject: row.subject,
    subjectId: row.subject_id,
    change: row.change,
    data: row.data,
  }));
}

export function heartbeatToRow(heartbeat: Heartbeat): HeartbeatRow {
  return { user_id: heartbeat.userId, part: heartbeat.part, at: heartbeat.at, detail: heartbeat.detail };
}

/** @throws AitraderError `ROW_INVALID` */
export function heartbeatFromRow(row: HeartbeatRow): Heartbeat {
  return readRow('heartbeats', row.part, () => ({
    userId: asId(row.user_id),
    part: row.part,
    at: row.at,
    detail: row.detail,
  }));
}

export function engineStateToRow(entry: EngineStateEntry): EngineStateRow {
  return { user_id: entry.userId, key: entry.key, value: entry.value, updated_at: entry.updatedAt };
}

/** @throws AitraderError `ROW_INVALID` */
export function engineStateFromRow(row: EngineStateRow): EngineStateEntry {
  return readRow('engine_state', row.key, () => ({
    userId: asId(row.user_id),
    key: row.key,
    value: row.value,
    updatedAt: row.updated_at,
  }));
}
