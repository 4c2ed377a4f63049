import { asId } from '../../../../domain/ids.ts';
import type { VenueSymbol } from '../../../../domain/ids.ts';
import type { SizeRule, SymbolChoice, Trader, TraderMode, TraderState } from '../../../../domain/trader.ts';
import { amountText, flagNumber, present, readAmount, readFlag, readIdOrNull, readRow, readWord } from '../fields.ts';
import { branded, finite, fromJson, list, record, scalar, toJson } from '../json-codec.ts';
import type { Codec } from '../json-codec.ts';
import type { RowOf, TableDefinition } from '../table.ts';
import { exits } from './exits-codec.ts';
import { schedule } from './schedule-codec.ts';

export const TRADERS = {
  kind: 'entity',
  key: ['id'],
  columns: {
    id: 'text',
    user_id: 'text',
    portfolio_id: 'text?',
    name: 'text',
    filter_id: 'text',
    symbols: 'text',
    schedule: 'text?',
    params: 'text',
    mode: 'text',
    size_kind: 'text',
    size_amount: 'text',
    exits: 'text?',
    max_positions: 'integer?',
    cooldown_ms: 'integer?',
    reverse: 'integer',
    status: 'text',
    status_reason: 'text?',
    created_at: 'integer',
    updated_at: 'integer',
  },
} as const satisfies TableDefinition;

type TraderRow = RowOf<typeof TRADERS>;

const MODES: Record<TraderMode, true> = { auto: true, semi_auto: true, signals: true };
const SIZE_KINDS: Record<SizeRule['kind'], true> = { quote: true, pct: true, risk_pct: true };
const STATUSES: Record<TraderState['status'], true> = { running: true, paused: true, disabled: true };

const symbolList = list(branded<VenueSymbol>());
const params = record(scalar);

/** A list of symbols, or the number of the most traded ones. */
const symbols: Codec<SymbolChoice> = {
  encode: (choice) => (choice.kind === 'list' ? symbolList.encode(choice.symbols) : choice.count),
  decode: (json) =>
    typeof json === 'number'
      ? { kind: 'top', count: finite.decode(json) }
      : { kind: 'list', symbols: symbolList.decode(json) },
};

export function traderToRow(trader: Trader): TraderRow {
  return {
    id: trader.id,
    user_id: trader.userId,
    portfolio_id: trader.portfolioId,
    name: trader.name,
    filter_id: trader.filterId,
    symbols: toJson(symbols, trader.symbols),
    schedule: trader.schedule && toJson(schedule, trader.schedule),
    params: toJson(params, trader.params),
    mode: trader.mode,
    size_kind: trader.size.kind,
    size_amount: amountText(trader.size.kind === 'quote' ? trader.size.amount : trader.size.percent),
    exits: trader.exits && toJson(exits, trader.exits),
    max_positions: trader.maxPositions,
    cooldown_ms: trader.cooldownMs,
    reverse: flagNumber(trader.reverse),
    status: trader.state.status,
    status_reason: trader.state.status === 'running' ? null : trader.state.reason,
    created_at: trader.createdAt,
    updated_at: trader.updatedAt,
  };
}

/** @throws AitraderError `ROW_INVALID` */
export function traderFromRow(row: TraderRow): Trader {
  return readRow('traders', row.id, () => ({
    id: asId(row.id),
    userId: asId(row.user_id),
    portfolioId: readIdOrNull(row.portfolio_id),
    name: row.name,
    filterId: asId(row.filter_id),
    symbols: fromJson(symbols, row.symbols),
    schedule: row.schedule === null ? null : fromJson(schedule, row.schedule),
    params: fromJson(params, row.params),
    mode: readWord(MODES, row.mode),
    size: sizeFromRow(row),
    exits: row.exits === null ? null : fromJson(exits, row.exits),
    maxPositions: row.max_positions,
    cooldownMs: row.cooldown_ms,
    reverse: readFlag(row.reverse),
    state: stateFromRow(row),
    createdAt: row.created_at,
    updatedAt: row.updated_at,
  }));
}

function sizeFromRow(row: TraderRow): SizeRule {
  const kind = readWord(SIZE_KINDS, row.size_kind);
  if (kind === 'quote') return { kind, amount: readAmount(row.size_amount) };
  return { kind, percent: readAmount(row.size_amount) };
}

function stateFromRow(row: TraderRow): TraderState {
  const status = readWord(STATUSES, row.status);
  return status === 'running' ? { status } : { status, reason: present(row.status_reason, 'status_reason') };
}
