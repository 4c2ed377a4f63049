import type { Balance } from '../../domain/account.ts';
import type { AuditRecord } from '../../domain/event.ts';
import type { Fill } from '../../domain/fill.ts';
import type { Filter } from '../../domain/filter.ts';
import type {
  AccountId,
  ClientOrderId,
  FilterId,
  OrderId,
  PortfolioId,
  PositionId,
  SignalId,
  TraderId,
  UserId,
} from '../../domain/ids.ts';
import type { JournalEntry } from '../../domain/journal.ts';
import type { Order } from '../../domain/order/order.ts';
import type { Portfolio } from '../../domain/portfolio.ts';
import type { Position } from '../../domain/position/position.ts';
import type { CircuitBreakerState, RiskEvent } from '../../domain/risk.ts';
import type { Signal, SignalStatus } from '../../domain/signal.ts';
import type { Trade } from '../../domain/trade.ts';
import type { Trader } from '../../domain/trader.ts';
import type { EngineStateEntry, Heartbeat } from './changes.ts';

/**
 * A page of a list, newest first. `before` is the id of the last entry of the page before (ids sort by time); `limit` is
 * 1 .. 1,000.
 */
export interface Page {
  readonly limit: number;
  readonly before?: string;
}

/**
 * Every reader is asked on behalf of a user and answers about that user's entities alone: what belongs to another is not
 * found. A reader sees everything whose `commit` was resolved before it was asked, and never half a commit.
 */
export interface FilterReader {
  list(userId: UserId): Promise<readonly Filter[]>;
  get(userId: UserId, id: FilterId): Promise<Filter | null>;
  byName(userId: UserId, name: string): Promise<Filter | null>;
}

export interface TraderReader {
  list(userId: UserId): Promise<readonly Trader[]>;
  get(userId: UserId, id: TraderId): Promise<Trader | null>;
}

export interface SignalReader {
  get(userId: UserId, id: SignalId): Promise<Signal | null>;
  list(userId: UserId, page: Page): Promise<readonly Signal[]>;
  /** Oldest first: what a restart has to go on with. */
  withStatus(userId: UserId, statuses: readonly SignalStatus[]): Promise<readonly Signal[]>;
}

export interface OrderReader {
  get(userId: UserId, id: OrderId): Promise<Order | null>;
  /** The newest order that was last sent under this id. */
  byClientOrderId(userId: UserId, id: ClientOrderId): Promise<Order | null>;
  list(userId: UserId, page: Page): Promise<readonly Order[]>;
  /** Every order that is not in a final state, oldest first. */
  unfinished(userId: UserId): Promise<readonly Order[]>;
  ofPosition(userId: UserId, id: PositionId): Promise<readonly Order[]>;
}

export interface FillReader {
  ofOrder(userId: UserId, id: OrderId): Promise<readonly Fill[]>;
  /** Fills of the venue's time `sinceMs` or later, oldest first. */
  since(userId: UserId, sinceMs: number): Promise<readonly Fill[]>;
}

export interface FundingReader {
  /** Which of the income ids are booked already. They are the venue's, unique within one account. */
  booked(userId: UserId, accountId: AccountId, incomeIds: readonly string[]): Promise<ReadonlySet<string>>;
}

export interface PositionReader {
  get(userId: UserId, id: PositionId): Promise<Position | null>;
  /** Oldest first, with their lots. */
  open(userId: UserId): Promise<readonly Position[]>;
  list(userId: UserId, page: Page): Promise<readonly Position[]>;
}

export interface TradeReader {
  list(userId: UserId, page: Page): Promise<readonly Trade[]>;
  /** Trades closed at `sinceMs` or later, oldest first. */
  closedSince(userId: UserId, sinceMs: number): Promise<readonly Trade[]>;
}

export interface PortfolioReader {
  list(userId: UserId): Promise<readonly Portfolio[]>;
  get(userId: UserId, id: PortfolioId): Promise<Portfolio | null>;
}

export interface BalanceReader {
  ofAccount(userId: UserId, accountId: AccountId): Promise<readonly Balance[]>;
}

export interface RiskReader {
  breaker(userId: UserId): Promise<CircuitBreakerState | null>;
  events(userId: UserId, page: Page): Promise<readonly RiskEvent[]>;
}

export interface JournalReader {
  list(userId: UserId, page: Page): Promise<readonly JournalEntry[]>;
}

export interface AuditReader {
  /** Records after `seq`, in order, at most `limit`. */
  after(userId: UserId, seq: number, limit: number): Promise<readonly AuditRecord[]>;
  /** The highest sequence number of the database, 0 when it is empty. */
  lastSeq(): Promise<number>;
}

export interface ProcessReader {
  heartbeats(userId: UserId): Promise<readonly Heartbeat[]>;
  engineState(userId: UserId, key: string): Promise<EngineStateEntry | null>;
}

/** All readers of a store. */
export interface StoreReaders {
  readonly filters: FilterReader;
  readonly traders: TraderReader;
  readonly signals: SignalReader;
  readonly orders: OrderReader;
  readonly fills: FillReader;
  readonly funding: FundingReader;
  readonly positions: PositionReader;
  readonly trades: TradeReader;
  readonly portfolios: PortfolioReader;
  readonly balances: BalanceReader;
  readonly risk: RiskReader;
  readonly journal: JournalReader;
  readonly audit: AuditReader;
  readonly process: ProcessReader;
}
