import type { Filter, FilterMeta, ParamSpec } from '../../../../domain/filter.ts';
import { asId } from '../../../../domain/ids.ts';
import { readRow, readWord } from '../fields.ts';
import {
  branded,
  finite,
  fromJson,
  list,
  nullable,
  object,
  record,
  scalar,
  text,
  toJson,
  word,
} from '../json-codec.ts';
import type { Codec } from '../json-codec.ts';
import type { RowOf, TableDefinition } from '../table.ts';
import { exits } from './exits-codec.ts';
import { schedule } from './schedule-codec.ts';
import { POSITION_SIDES, TIMEFRAME_WORDS } from './words.ts';

export const FILTERS = {
  kind: 'entity',
  key: ['id'],
  columns: {
    id: 'text',
    user_id: 'text',
    name: 'text',
    meta: 'text',
    source: 'text',
    source_hash: 'text',
    origin: 'text',
    created_at: 'integer',
    updated_at: 'integer',
  },
} as const satisfies TableDefinition;

type FilterRow = RowOf<typeof FILTERS>;

const ORIGINS: Record<Filter['origin'], true> = { shipped: true, file: true, database: true };

const timeframeList = list(word(TIMEFRAME_WORDS));
const timeframes: Codec<FilterMeta['timeframes']> = {
  encode: (given) => timeframeList.encode(given),
  decode: (json) => {
    const [clock, ...others] = timeframeList.decode(json);
    if (clock === undefined) throw new TypeError('a filter without a timeframe');
    return [clock, ...others];
  },
};

const paramSpec = object<ParamSpec>({
  default: scalar,
  min: nullable(finite),
  max: nullable(finite),
  step: nullable(finite),
  about: text,
});

const meta = object<FilterMeta>({
  name: text,
  description: text,
  timeframes,
  schedule,
  lookback: finite,
  references: list(branded()),
  sides: list(word(POSITION_SIDES)),
  top: nullable(finite),
  params: record(paramSpec),
  exits,
});

export function filterToRow(filter: Filter): FilterRow {
  return {
    id: filter.id,
    user_id: filter.userId,
    name: filter.name,
    meta: toJson(meta, filter.meta),
    source: filter.source,
    source_hash: filter.sourceHash,
    origin: filter.origin,
    created_at: filter.createdAt,
    updated_at: filter.updatedAt,
  };
}

/** @throws AitraderError `ROW_INVALID` */
export function filterFromRow(row: FilterRow): Filter {
  return readRow('filters', row.id, () => ({
    id: asId(row.id),
    userId: asId(row.user_id),
    name: row.name,
    meta: fromJson(meta, row.meta),
    source: row.source,
    sourceHash: row.source_hash,
    origin: readWord(ORIGINS, row.origin),
    createdAt: row.created_at,
    updatedAt: row.updated_at,
  }));
}
