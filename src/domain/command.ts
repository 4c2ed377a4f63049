import type { Decimal } from './decimal.ts';
import type { Exits, Target } from './exits.ts';
import type { OrderId, PositionId, SignalId, TraderId } from './ids.ts';
import type { Level } from './levels.ts';
import type { Trader } from './trader.ts';

/** The parts of a trader that may be changed while it runs. */
export type TraderChange = Partial<
  Pick<Trader, 'name' | 'symbols' | 'schedule' | 'params' | 'mode' | 'size' | 'maxPositions' | 'cooldownMs' | 'reverse'>
> & { readonly exits?: Exits | null };

/** A change of a position's guard. Absent parts stay as they are; a stop may only tighten. */
export interface ProtectionChange {
  readonly stopLoss?: Level;
  readonly takeProfit?: readonly Target[];
  readonly trailing?: Level | null;
}

/** Everything that a frontend may ask of the engine. */
export type EngineCommand =
  | { readonly type: 'pause_opening'; readonly reason: string }
  | { readonly type: 'resume_opening' }
  | { readonly type: 'kill'; readonly keepPositions: boolean; readonly reason: string }
  | { readonly type: 'close_position'; readonly positionId: PositionId; readonly fraction: Decimal }
  | { readonly type: 'change_protection'; readonly positionId: PositionId; readonly change: ProtectionChange }
  | { readonly type: 'cancel_order'; readonly orderId: OrderId }
  | { readonly type: 'approve_signal'; readonly signalId: SignalId }
  | { readonly type: 'reject_signal'; readonly signalId: SignalId; readonly reason: string }
  | { readonly type: 'add_trader'; readonly trader: Trader }
  | { readonly type: 'change_trader'; readonly traderId: TraderId; readonly change: TraderChange }
  | { readonly type: 'pause_trader'; readonly traderId: TraderId; readonly reason: string }
  | { readonly type: 'resume_trader'; readonly traderId: TraderId }
  | { readonly type: 'remove_trader'; readonly traderId: TraderId };
