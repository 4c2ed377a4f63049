import type { MarginMode } from '../../domain/position/position.ts';
import type { Atoms } from '../atoms.ts';
import type { BalanceReport } from './account-reports.ts';
import type { AlgoReport, VenueOrderStatus } from './order-reports.ts';
import type { OrderRequest, PositionLeg, PositionMode } from './requests.ts';

/**
 * All that a venue knows but for what the outside shows: plain data of numbers, text and bigints, made for being stored
 * between two runs. Prices and quantities are amounts, so that it fits other units than those it was counted in.
 */
export interface VenueState {
  readonly now: number;
  readonly lastIds: LastIds;
  /** The symbols that were ever traded or priced. */
  readonly markets: readonly MarketState[];
  readonly accounts: readonly AccountState[];
  readonly house: Readonly<Record<HouseHolder, readonly BalanceReport[]>>;
  /** Working orders, algo orders and lists, each kind oldest first. */
  readonly orders: readonly WorkingOrderState[];
  readonly algos: readonly AlgoOrderState[];
  readonly lists: readonly OrderListState[];
}

export type HouseHolder = 'outside' | 'fees' | 'insurance' | 'clearing' | 'funding';

/** The last id given of each kind; zero before the first. */
export interface LastIds {
  readonly order: number;
  readonly list: number;
  readonly algo: number;
  readonly income: number;
}

export interface MarketState {
  readonly symbol: string;
  readonly priceUnit: Atoms;
  readonly quantityUnit: Atoms;
  readonly last: Atoms | null;
  readonly average: Atoms | null;
  readonly nextTradeId: number;
  readonly contract: {
    readonly mark: Atoms;
    readonly fundingRate: Atoms;
    readonly outsideQuantity: Atoms;
    readonly outsideCost: Atoms;
  } | null;
  /** The resting orders; those of one price in the order in which they are served. */
  readonly queue: readonly QueuedOrderState[];
}

export interface QueuedOrderState {
  readonly orderId: number;
  /** Outside quantity that is served before it. */
  readonly ahead: Atoms;
  /** It stands behind all that will first be seen at its price. */
  readonly isUnseen: boolean;
}

export interface AccountState {
  readonly id: string;
  readonly positionMode: PositionMode;
  readonly warned: readonly string[];
  readonly balances: readonly BalanceReport[];
  readonly slots: readonly SlotState[];
}

export interface SlotState {
  readonly symbol: string;
  readonly leverage: number;
  readonly marginMode: MarginMode;
  readonly legs: readonly LegState[];
}

export interface LegState {
  readonly side: PositionLeg;
  /** Negative for a short. */
  readonly quantity: Atoms;
  readonly entryNotional: Atoms;
  readonly entryFees: Atoms;
  readonly isolatedWallet: Atoms;
  readonly updatedAt: number;
}

/** Where a trigger in waiting stands; the prices are null until it trails. */
export interface WaitingState {
  readonly activatedAt: number | null;
  readonly extreme: Atoms | null;
  readonly firesAt: Atoms | null;
}

export interface WorkingOrderState {
  readonly orderId: number;
  readonly request: OrderRequest;
  readonly placedAt: number;
  readonly updatedAt: number;
  readonly workingSince: number | null;
  readonly status: VenueOrderStatus;
  readonly total: Atoms;
  readonly remaining: Atoms;
  readonly executedQuote: Atoms;
  readonly bound: Atoms;
  readonly waiting: WaitingState | null;
  /** The algo order that it is the child of. */
  readonly algoId: number | null;
}

export interface AlgoOrderState {
  readonly algoId: number;
  readonly request: OrderRequest;
  readonly placedAt: number;
  readonly updatedAt: number;
  readonly triggeredAt: number | null;
  readonly status: AlgoReport['status'];
  readonly cause: AlgoReport['cause'];
  readonly waiting: WaitingState | null;
}

export interface OrderListState {
  readonly orderListId: number;
  readonly listClientOrderId: string;
  readonly orderIds: readonly number[];
  readonly placedAt: number;
  readonly updatedAt: number;
}
