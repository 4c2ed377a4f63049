import { Counter, Gauge } from 'prom-client';
import type { Registry } from 'prom-client';

import type { AuditRecord } from '../../../domain/event.ts';
import type { EngineHandle } from '../../../ports/engine-handle.ts';

/** An order as an audit record holds it, as far as it is counted. */
interface RecordedOrder {
  readonly intent: { readonly symbol: string; readonly side: string };
  readonly state: { readonly status: string };
}

interface RecordedTrade {
  readonly userId: string;
  readonly symbol: string;
  readonly pnl: string;
}

/** Statuses at which an order is over, and what they are counted as. */
const ENDS: Readonly<Record<string, 'executed' | 'failed' | undefined>> = {
  filled: 'executed',
  rejected: 'failed',
  expired: 'failed',
  expired_in_match: 'failed',
  cancelled: undefined,
};

/** More orders are not held in mind: their statuses may be counted twice. */
const MOST_ORDERS = 5_000;

/**
 * Counts orders and profit as the audit records tell of them.
 * @returns stops listening
 */
export function watchTrading(engine: EngineHandle, registry: Registry): () => void {
  const registers = [registry];
  const { venue: exchange } = engine.status().account;
  const orders = new Counter({
    ...{ name: 'trading_orders_total', help: 'Orders by the status that they came to', registers },
    labelNames: ['exchange', 'symbol', 'side', 'status'],
  });
  const executed = new Counter({ name: 'orders_executed_total', help: 'Orders that were filled', registers });
  const failed = new Counter({ name: 'orders_failed_total', help: 'Orders that were refused or ran out', registers });
  const pnl = new Gauge({
    ...{ name: 'trading_pnl_total', help: 'Profit of closed trades after fees, quote units', registers },
    labelNames: ['user_id', 'symbol'],
  });
  const unread = new Counter({
    name: 'audit_records_unread_total',
    help: 'Records that could not be counted',
    registers,
  });
  const statuses = new Map<string, string>();

  function countOrder({ subjectId, data }: AuditRecord): void {
    const { intent, state } = JSON.parse(data) as RecordedOrder;
    if (statuses.get(subjectId) === state.status) return;
    statuses.delete(subjectId);
    statuses.set(subjectId, state.status);
    orders.inc({ exchange, symbol: intent.symbol, side: intent.side, status: state.status });
    const end = ENDS[state.status];
    if (end === 'executed') executed.inc();
    if (end === 'failed') failed.inc();
    if (statuses.size > MOST_ORDERS) {
      const [oldest] = statuses.keys();
      if (oldest !== undefined) statuses.delete(oldest);
    }
  }

  function countTrade({ data }: AuditRecord): void {
    const { userId, symbol, pnl: profit } = JSON.parse(data) as RecordedTrade;
    pnl.inc({ user_id: userId, symbol }, Number(profit));
  }

  return engine.onAudit((record) => {
    // What cannot be counted must not stop the engine, which tells of it in the middle of its work.
    try {
      if (record.subject === 'order') countOrder(record);
      if (record.subject === 'trade' && record.change === 'closed') countTrade(record);
    } catch {
      unread.inc();
    }
  });
}
