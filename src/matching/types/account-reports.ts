import type { MarginMode } from '../../domain/position/position.ts';
import type { Atoms } from '../atoms.ts';
import type { PositionLeg, PositionMode } from './requests.ts';

/** One asset of a spot account. */
export interface BalanceReport {
  readonly asset: string;
  readonly free: Atoms;
  readonly locked: Atoms;
}

/** One margin asset of a futures account. Figures that depend on the mark price hold for the moment of the report. */
export interface WalletReport {
  readonly asset: string;
  readonly walletBalance: Atoms;
  /** What of it is not set aside for isolated positions. */
  readonly crossWalletBalance: Atoms;
  readonly unrealizedPnl: Atoms;
  readonly crossUnrealizedPnl: Atoms;
  /** Wallet balance + unrealised profit. */
  readonly marginBalance: Atoms;
  readonly maintenanceMargin: Atoms;
  readonly positionInitialMargin: Atoms;
  readonly openOrderInitialMargin: Atoms;
  /** For new orders and withdrawals; never below zero. */
  readonly availableBalance: Atoms;
}

export interface PositionReport {
  readonly symbol: string;
  readonly positionSide: PositionLeg;
  /** Negative for a short. */
  readonly quantity: Atoms;
  /** What the open part was entered for, fees not counted; never negative. */
  readonly entryNotional: Atoms;
  /** Average, cut to 1e-8; zero when flat. */
  readonly entryPrice: Atoms;
  /** Entry with the fees of the open part's entries. */
  readonly breakEvenPrice: Atoms;
  readonly markPrice: Atoms;
  readonly unrealizedPnl: Atoms;
  /** At mark, negative for a short. */
  readonly notional: Atoms;
  readonly leverage: number;
  readonly marginMode: MarginMode;
  readonly marginAsset: string;
  /** Set aside for an isolated position, zero in cross. */
  readonly isolatedWallet: Atoms;
  readonly initialMargin: Atoms;
  readonly openOrderInitialMargin: Atoms;
  readonly maintenanceMargin: Atoms;
  /** At which mark price liquidation begins, all else unchanged; null: at none. */
  readonly liquidationPrice: Atoms | null;
  readonly updatedAt: number;
}

export interface FuturesAccountReport {
  readonly positionMode: PositionMode;
  readonly wallets: readonly WalletReport[];
  /** Every leg that was ever used, flat ones included. */
  readonly positions: readonly PositionReport[];
}
