import { FILLS, FUNDING } from './rows/fill-row.ts';
import { FILTERS } from './rows/filter-row.ts';
import { JOURNAL } from './rows/journal-row.ts';
import { ORDERS } from './rows/order-row.ts';
import { BALANCES, PORTFOLIOS } from './rows/portfolio-row.ts';
import { LOTS, POSITION_EXITS } from './rows/position-parts.ts';
import { POSITIONS } from './rows/position-row.ts';
import { AUDIT, ENGINE_STATE, HEARTBEATS } from './rows/process-row.ts';
import { CIRCUIT_BREAKERS, RISK_EVENTS } from './rows/risk-row.ts';
import { SIGNALS } from './rows/signal-row.ts';
import { TRADERS } from './rows/trader-row.ts';
import { TRADES } from './rows/trade-row.ts';
import type { RowOf, TableDefinition } from './table.ts';

/** Every table, under its name in the database. */
export const TABLES = {
  filters: FILTERS,
  traders: TRADERS,
  signals: SIGNALS,
  orders: ORDERS,
  fills: FILLS,
  funding: FUNDING,
  positions: POSITIONS,
  lots: LOTS,
  position_exits: POSITION_EXITS,
  trades: TRADES,
  portfolios: PORTFOLIOS,
  balances: BALANCES,
  circuit_breakers: CIRCUIT_BREAKERS,
  risk_events: RISK_EVENTS,
  journal: JOURNAL,
  audit: AUDIT,
  heartbeats: HEARTBEATS,
  engine_state: ENGINE_STATE,
} as const satisfies Record<string, TableDefinition>;

export type TableName = keyof typeof TABLES;
export type Row<Name extends TableName> = RowOf<(typeof TABLES)[Name]>;

/** The tables as Kysely sees them. */
export type Database = { readonly [Name in TableName]: Row<Name> };
