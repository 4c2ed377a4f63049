import { fillKey } from '../../../domain/fill.ts';
import type { Position } from '../../../domain/position/position.ts';
import { assertNever } from '../../../lib/assert-never.ts';
import type { StoreChange } from '../../../ports/store/changes.ts';
import { fillToRow, fundingToRow } from './rows/fill-row.ts';
import { filterToRow } from './rows/filter-row.ts';
import { journalToRow } from './rows/journal-row.ts';
import { orderToRow } from './rows/order-row.ts';
import { balanceToRow, portfolioToRow } from './rows/portfolio-row.ts';
import { exitToRow, lotToRow } from './rows/position-parts.ts';
import { positionToRow } from './rows/position-row.ts';
import { auditToRow, engineStateToRow, heartbeatToRow } from './rows/process-row.ts';
import { breakerToRow, riskEventToRow } from './rows/risk-row.ts';
import { signalToRow } from './rows/signal-row.ts';
import { tradeToRow } from './rows/trade-row.ts';
import { traderToRow } from './rows/trader-row.ts';
import type { SqlValue } from './table.ts';
import { TABLES } from './tables.ts';
import type { Row, TableName } from './tables.ts';

/** Names of the statements that are no upsert of a table. */
export type OtherStatement = 'trim_lots' | 'trim_position_exits' | 'remove_filter' | 'remove_trader';
export type WriteStatementName = TableName | OtherStatement;

/** One statement of a commit: its name in the write statements, and its parameters. */
export type WriteStep = readonly [statement: WriteStatementName, parameters: readonly SqlValue[]];

function put<Name extends TableName>(table: Name, row: Row<Name>): WriteStep {
  const values = row as Readonly<Record<string, unknown>>;
  return [table, Object.keys(TABLES[table].columns).map((column) => parameter(values[column], column))];
}

/** Nothing else may travel to another thread: what cannot be copied would break the commits beside it. */
function parameter(value: unknown, column: string): SqlValue {
  if (typeof value === 'string' || typeof value === 'number' || value === null) return value;
  throw new TypeError(`${column} is ${typeof value}`);
}

function positionSteps(position: Position): WriteStep[] {
  const { id, lots, exits } = position;
  return [
    put('positions', positionToRow(position)),
    ...lots.map((lot, n) => put('lots', lotToRow(id, lot, n))),
    ['trim_lots', [id, lots.length]],
    ...exits.map((exit, n) => put('position_exits', exitToRow(id, exit, n))),
    ['trim_position_exits', [id, exits.length]],
  ];
}

/**
 * What is to be executed to store one change.
 * @throws AitraderError `DECIMAL_INVALID` for an amount that is none; TypeError for a value that no column can hold
 */
export function stepsOf(change: StoreChange): readonly WriteStep[] {
  switch (change.kind) {
    case 'filter':
      return [put('filters', filterToRow(change.filter))];
    case 'filter_removed':
      return [['remove_filter', [change.filterId, change.userId]]];
    case 'trader':
      return [put('traders', traderToRow(change.trader))];
    case 'trader_removed':
      return [['remove_trader', [change.traderId, change.userId]]];
    case 'signal':
      return [put('signals', signalToRow(change.signal))];
    case 'order':
      return [put('orders', orderToRow(change.order))];
    case 'fill':
      return [put('fills', fillToRow(change))];
    case 'funding':
      return [put('funding', fundingToRow(change))];
    case 'position':
      return positionSteps(change.position);
    case 'trade':
      return [put('trades', tradeToRow(change.trade))];
    case 'portfolio':
      return [put('portfolios', portfolioToRow(change.portfolio))];
    case 'balance':
      return [put('balances', balanceToRow(change.userId, change.balance))];
    case 'breaker':
      return [put('circuit_breakers', breakerToRow(change.breaker))];
    case 'risk_event':
      return [put('risk_events', riskEventToRow(change.event))];
    case 'journal':
      return [put('journal', journalToRow(change.entry))];
    case 'audit':
      return [put('audit', auditToRow(change.record))];
    case 'heartbeat':
      return [put('heartbeats', heartbeatToRow(change.heartbeat))];
    case 'engine_state':
      return [put('engine_state', engineStateToRow(change.entry))];
    default:
      return assertNever(change);
  }
}

/** What a change is about, for messages. */
export function subjectOf(change: StoreChange): { readonly entity: string; readonly id: string | number } {
  const entity = change.kind;
  switch (change.kind) {
    case 'filter':
      return { entity, id: change.filter.id };
    case 'filter_removed':
      return { entity, id: change.filterId };
    case 'trader':
      return { entity, id: change.trader.id };
    case 'trader_removed':
      return { entity, id: change.traderId };
    case 'signal':
      return { entity, id: change.signal.id };
    case 'order':
      return { entity, id: change.order.intent.id };
    case 'fill':
      return { entity, id: fillKey(change.fill) };
    case 'funding':
      return { entity, id: change.incomeId };
    case 'position':
      return { entity, id: change.position.id };
    case 'trade':
      return { entity, id: change.trade.id };
    case 'portfolio':
      return { entity, id: change.portfolio.id };
    case 'balance':
      return { entity, id: `${change.balance.accountId}:${change.balance.asset}` };
    case 'breaker':
      return { entity, id: change.breaker.userId };
    case 'risk_event':
      return { entity, id: change.event.id };
    case 'journal':
      return { entity, id: change.entry.id };
    case 'audit':
      return { entity, id: change.record.seq };
    case 'heartbeat':
      return { entity, id: change.heartbeat.part };
    case 'engine_state':
      return { entity, id: change.entry.key };
    default:
      return assertNever(change);
  }
}

/** The change that a step of a commit belongs to. */
export function changeOfStep(changes: readonly StoreChange[], step: number): StoreChange | undefined {
  const owners = changes.flatMap((change) => stepsOf(change).map(() => change));
  return owners[step];
}
