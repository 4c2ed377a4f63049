import { asId } from '../../../domain/ids.ts';
import type { TraderId, VenueSymbol } from '../../../domain/ids.ts';
import type { AuditRecord } from '../../../domain/event.ts';
import type { PositionSide } from '../../../domain/position/position.ts';
import type { Trade } from '../../../domain/trade.ts';

/** A trade as the screen shows it: figures for reading. */
export interface ClosedTrade {
  readonly id: string;
  readonly traderId: TraderId | null;
  readonly symbol: VenueSymbol;
  readonly side: PositionSide;
  readonly entryTime: number;
  readonly entryPrice: number;
  readonly exitTime: number;
  readonly exitPrice: number | null;
  readonly quantity: number;
  /** Net of fees and with funding, quote units. */
  readonly pnl: number;
  readonly pnlPct: number;
  readonly fees: number;
  readonly reason: string;
  readonly conditions: readonly string[];
}

export function closedTrade(trade: Trade): ClosedTrade {
  return {
    id: trade.id,
    traderId: trade.traderId,
    symbol: trade.symbol,
    side: trade.side,
    entryTime: trade.entryTime,
    entryPrice: trade.entryPrice.toNumber(),
    exitTime: trade.exitTime,
    exitPrice: trade.exitPrice?.toNumber() ?? null,
    quantity: trade.quantity.toNumber(),
    pnl: trade.pnl.toNumber(),
    pnlPct: trade.pnlPct.toNumber(),
    fees: trade.fees.toNumber(),
    reason: trade.reason,
    conditions: trade.conditions,
  };
}

/** A trade as an audit record holds it: decimals as strings. */
interface RecordedTrade {
  readonly id: string;
  readonly traderId: string | null;
  readonly symbol: string;
  readonly side: PositionSide;
  readonly entryTime: number;
  readonly entryPrice: string;
  readonly exitTime: number;
  readonly exitPrice: string | null;
  readonly quantity: string;
  readonly pnl: string;
  readonly pnlPct: string;
  readonly fees: string;
  readonly reason: string;
  readonly conditions: readonly string[];
}

/** The trade that the record tells of, null when it tells of something else. */
export function tradeOfRecord({ subject, change, data }: AuditRecord): ClosedTrade | null {
  if (subject !== 'trade' || change !== 'closed') return null;
  const trade = JSON.parse(data) as RecordedTrade;
  return {
    ...trade,
    traderId: trade.traderId === null ? null : asId<TraderId>(trade.traderId),
    symbol: asId<VenueSymbol>(trade.symbol),
    entryPrice: Number(trade.entryPrice),
    exitPrice: trade.exitPrice === null ? null : Number(trade.exitPrice),
    quantity: Number(trade.quantity),
    pnl: Number(trade.pnl),
    pnlPct: Number(trade.pnlPct),
    fees: Number(trade.fees),
  };
}
