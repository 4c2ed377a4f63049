import type { MarginMode } from '../../domain/position/position.ts';
import type { Atoms } from '../atoms.ts';
import type { BalanceReport, PositionReport } from './account-reports.ts';
import type { AlgoReport, OrderCause, OrderChange, OrderListReport, OrderReport, VenueFill } from './order-reports.ts';
import type { PositionLeg, PositionMode } from './requests.ts';

export type AccountUpdateReason =
  | 'order'
  | 'funding'
  | 'deposit'
  | 'withdraw'
  | 'margin_transfer'
  | 'margin_mode'
  | 'leverage'
  | 'liquidation'
  | 'insurance';

export type IncomeKind =
  | 'realized_pnl'
  | 'commission'
  | 'funding_fee'
  /** What the insurance fund took (liquidation fee) or gave (a loss beyond the margin). */
  | 'insurance_clear'
  | 'transfer';

/** Something that happened, told to the sink. `at` is the venue's clock. */
export type VenueEvent =
  | {
      readonly type: 'order';
      readonly at: number;
      readonly change: OrderChange;
      readonly order: OrderReport;
      readonly fill: VenueFill | null;
      readonly cause: OrderCause | null;
    }
  | { readonly type: 'order_list'; readonly at: number; readonly list: OrderListReport }
  | { readonly type: 'algo_order'; readonly at: number; readonly order: AlgoReport }
  /** Spot: the balances that changed. */
  | {
      readonly type: 'balances';
      readonly at: number;
      readonly accountId: string;
      readonly reason: AccountUpdateReason;
      readonly balances: readonly BalanceReport[];
    }
  /** Futures: the wallets and positions that changed. */
  | {
      readonly type: 'futures_account';
      readonly at: number;
      readonly accountId: string;
      readonly reason: AccountUpdateReason;
      readonly wallets: readonly {
        readonly asset: string;
        readonly walletBalance: Atoms;
        readonly crossWalletBalance: Atoms;
        /** Change of the wallet balance other than by profit and commission. */
        readonly balanceChange: Atoms;
      }[];
      readonly positions: readonly PositionReport[];
    }
  | {
      readonly type: 'income';
      readonly at: number;
      readonly incomeId: number;
      readonly accountId: string;
      readonly kind: IncomeKind;
      readonly asset: string;
      readonly amount: Atoms;
      readonly symbol: string | null;
      readonly tradeId: number | null;
    }
  | {
      readonly type: 'account_config';
      readonly at: number;
      readonly accountId: string;
      readonly symbol: string | null;
      readonly leverage: number | null;
      readonly marginMode: MarginMode | null;
      readonly positionMode: PositionMode | null;
    }
  | {
      readonly type: 'liquidation';
      readonly at: number;
      readonly accountId: string;
      readonly symbol: string;
      readonly positionSide: PositionLeg;
      readonly marginMode: MarginMode;
      /** What was closed, negative for a short. */
      readonly quantity: Atoms;
      readonly markPrice: Atoms;
      readonly fee: Atoms;
      /** What the insurance fund had to add so that nothing fell below zero. */
      readonly insurancePaid: Atoms;
    }
  /** The margin ratio of the wallet (or isolated position) has passed the warning level. */
  | {
      readonly type: 'margin_call';
      readonly at: number;
      readonly accountId: string;
      readonly positions: readonly PositionReport[];
    }
  | {
      readonly type: 'funding_settled';
      readonly at: number;
      readonly symbol: string;
      readonly rate: Atoms;
      readonly markPrice: Atoms;
    }
  /** A trade that an account's order took part in. Trades of the tape are not repeated. */
  | {
      readonly type: 'market_trade';
      readonly at: number;
      readonly symbol: string;
      readonly tradeId: number;
      readonly price: Atoms;
      readonly quantity: Atoms;
      readonly buyerIsMaker: boolean;
      /** Null: the outside world. */
      readonly buyOrderId: number | null;
      readonly sellOrderId: number | null;
    };
