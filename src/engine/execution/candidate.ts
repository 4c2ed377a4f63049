import type { Decimal, Money, Price } from '../../domain/decimal.ts';
import type { Exits } from '../../domain/exits.ts';
import type { AccountId, OrderId, PortfolioId, PositionId, SignalId, TraderId, UserId } from '../../domain/ids.ts';
import type { VenueSymbol } from '../../domain/ids.ts';
import type { Instrument, InstrumentRef } from '../../domain/instrument.ts';
import type { Level } from '../../domain/levels.ts';
import type { PositionSide } from '../../domain/position/position.ts';
import type { RiskLimits } from '../../domain/risk.ts';
import type { SizeRule } from '../../domain/trader.ts';

/** How large an entry is: a trader's rule, or Kelly's share of equity, which needs a record to judge by. */
export type SizingRule =
  | SizeRule
  | {
      readonly kind: 'kelly';
      /** Share of won trades, 0 .. 1. */
      readonly winRate: Decimal;
      /** Mean win over mean loss. */
      readonly payoff: Decimal;
      /** How much of the full Kelly share is used: 0.5 is half Kelly. */
      readonly fraction: Decimal;
      /** Never more than this percentage of equity. */
      readonly maxPercent: Decimal;
    };

/** A trader's exits as they are proposed. `default` trailing: switched on without a distance. */
export interface ProposedExits extends Omit<Exits, 'trailing'> {
  readonly trailing: Level | 'default' | null;
}

/** What a signal, an agent or a person wants done, and on whose behalf. */
export interface EntryProposal extends InstrumentRef {
  readonly userId: UserId;
  readonly accountId: AccountId;
  readonly traderId: TraderId | null;
  readonly portfolioId: PortfolioId | null;
  readonly signalId: SignalId | null;
  readonly agentId: string | null;
  readonly side: PositionSide;
  /** Null: at the market. */
  readonly limitPrice: Price | null;
  readonly size: SizingRule;
  readonly exits: ProposedExits;
  /** Whether an opposite proposal turns the trader's position instead of only closing it. */
  readonly reverse: boolean;
  /** The trader's own limit. */
  readonly maxPositions: number | null;
  readonly reason: string;
}

/** An open position of the account, or an entry that is being placed. */
export interface Holding extends InstrumentRef {
  /** Null while the entry is being placed. */
  readonly positionId: PositionId | null;
  readonly traderId: TraderId | null;
  readonly portfolioId: PortfolioId | null;
  readonly side: PositionSide;
  /** What it is worth now, or will be when filled, in quote units. */
  readonly notional: Money;
}

/** Capital to trade with. Equity is cash plus the market value of the positions; free cash is bound in nothing. */
export interface Funds {
  readonly equity: Money;
  readonly freeCash: Money;
}

/** Last price, best bid and ask as market data, and when the last price was seen (milliseconds UTC). */
export interface EntryQuote {
  readonly last: number;
  readonly bid: number;
  readonly ask: number;
  readonly time: number;
}

/** The world at the moment in which an entry is judged. */
export interface EntryFacts {
  readonly now: number;
  /** The id that the order gets if it is let pass. */
  readonly orderId: OrderId;
  readonly instrument: Instrument;
  readonly quote: EntryQuote;
  /** Average true range (14) of the clock timeframe as market data, NaN while unknown. */
  readonly atr: number;
  /** Everything that the account holds or is about to. */
  readonly holdings: readonly Holding[];
  readonly account: Funds;
  /** The portfolio that the trader draws on, null when it draws on the account. */
  readonly portfolio: Funds | null;
  /** 1 on spot. */
  readonly leverage: number;
  readonly feeBps: Decimal;
  readonly workingOrders: number;
  readonly workingAlgoOrders: number;
}

/** The settings that entries are judged by. */
export interface EntryPolicy {
  readonly limits: Pick<RiskLimits, 'maxOpenPositions' | 'maxExposurePct' | 'maxPositionPct'>;
  readonly maxPriceAgeMs: number;
  readonly maxSpreadBps: number;
  readonly defaultStop: Level;
  readonly memeSymbols: ReadonlySet<VenueSymbol>;
}

/** What the links of the execution chain look at. Nothing of it changes on the way. */
export interface EntryCandidate {
  readonly proposal: EntryProposal;
  readonly facts: EntryFacts;
  readonly policy: EntryPolicy;
}

/** Whether a holding is in the candidate's symbol and market. */
export function isInSymbol(holding: InstrumentRef, { proposal }: EntryCandidate): boolean {
  return holding.symbol === proposal.symbol && holding.market === proposal.market;
}

/** Whether a holding belongs to the trader that proposes. What people and agents hold belongs to no trader. */
export function isOwn(holding: Holding, { proposal }: EntryCandidate): boolean {
  return holding.traderId !== null && holding.traderId === proposal.traderId;
}
