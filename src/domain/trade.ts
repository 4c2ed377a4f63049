import { Decimal } from './decimal.ts';
import type { Money, Price, Quantity } from './decimal.ts';
import { AitraderError } from './errors.ts';
import type { AccountId, PortfolioId, PositionId, SignalId, TradeId, TraderId, UserId } from './ids.ts';
import type { InstrumentRef } from './instrument.ts';
import { realizedPnl } from './position/ledger.ts';
import type { CloseReason, Dust, Position, PositionExit, PositionSide } from './position/position.ts';

/** A closed position, from flat to flat. */
export interface Trade extends InstrumentRef {
  readonly id: TradeId;
  readonly positionId: PositionId;
  readonly userId: UserId;
  readonly accountId: AccountId;
  readonly portfolioId: PortfolioId | null;
  readonly traderId: TraderId | null;
  readonly signalId: SignalId | null;
  readonly side: PositionSide;
  readonly entryTime: number;
  readonly entryPrice: Price;
  /** The last exit. */
  readonly exitTime: number;
  /** Volume-weighted over all exits. Null when nothing was sold: everything vanished or became dust. */
  readonly exitPrice: Price | null;
  /** Everything that was entered. */
  readonly quantity: Quantity;
  readonly fees: Money;
  readonly funding: Money;
  /** Net of fees and with funding. */
  readonly pnl: Money;
  /** 100 x pnl / (entryPrice x quantity). */
  readonly pnlPct: Decimal;
  readonly reason: CloseReason;
  readonly conditions: readonly string[];
  readonly exits: readonly PositionExit[];
  readonly dust: Dust | null;
}

/**
 * The trade that a closed position was.
 * @param conditions the signal's words for the entry
 * @throws AitraderError `POSITION_MISMATCH` when the position is still open
 */
export function tradeOf(position: Position, id: TradeId, conditions: readonly string[]): Trade {
  const { state, totals, symbol } = position;
  if (state.status === 'open') {
    throw new AitraderError('POSITION_MISMATCH', { given: 'the form of a trade while it is open', symbol });
  }
  const pnl = realizedPnl(position);
  const { entryNotional, entryQuantity, exitNotional, exitQuantity } = totals;
  return {
    id,
    positionId: position.id,
    userId: position.userId,
    accountId: position.accountId,
    portfolioId: position.portfolioId,
    traderId: position.traderId,
    signalId: position.signalId,
    market: position.market,
    symbol,
    side: position.side,
    entryTime: position.openedAt,
    entryPrice: entryNotional.dividedBy(entryQuantity) as Price,
    exitTime: position.exits.at(-1)?.time ?? state.closedAt,
    exitPrice: exitQuantity.isZero() ? null : (exitNotional.dividedBy(exitQuantity) as Price),
    quantity: entryQuantity,
    fees: totals.fees,
    funding: totals.funding,
    pnl,
    pnlPct: entryNotional.isZero() ? new Decimal(0) : pnl.dividedBy(entryNotional).times(100),
    reason: state.status === 'liquidated' ? 'liquidation' : state.reason,
    conditions,
    exits: position.exits,
    dust: state.status === 'closed' ? state.dust : null,
  };
}
