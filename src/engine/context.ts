import type { MoneyKind } from '../domain/account.ts';
import type { Decimal } from '../domain/decimal.ts';
import type { AccountId, TraderId, UserId, VenueSymbol } from '../domain/ids.ts';
import type { Instrument, Market } from '../domain/instrument.ts';
import type { Level } from '../domain/levels.ts';
import type { MarginMode, Position } from '../domain/position/position.ts';
import type { RiskLimits } from '../domain/risk.ts';
import type { Broker } from '../ports/broker.ts';
import type { IdSource } from '../ports/chance.ts';
import type { Clock } from '../ports/clock.ts';
import type { Logger } from '../ports/logger.ts';
import type { Books } from './books/books.ts';
import type { ForeignUnits } from './foreign-units.ts';
import type { MarketBook } from './market/market-book.ts';

/** What the engine is told. Limits, the default stop, meme symbols and `mayTrade` may change; they are read for each decision. */
export interface EngineSettings {
  readonly userId: UserId;
  readonly accountId: AccountId;
  readonly money: MoneyKind;
  readonly market: Market;
  readonly quoteAsset: string;
  /** 1 on spot. */
  readonly leverage: number;
  readonly marginMode: MarginMode;
  readonly feeBps: Decimal;
  readonly limits: RiskLimits;
  readonly defaultStop: Level;
  readonly memeSymbols: ReadonlySet<VenueSymbol>;
  /** What is done for futures positions that somebody else has opened: only told and shown, or also given a stop. */
  readonly importedPositions: 'watch' | 'stop';
  /** ENABLE_AUTO_TRADING: when off, signals are only recorded. */
  readonly mayTrade: boolean;
  /** ENABLE_POSITION_MONITORING: when off, only what rests at the exchange guards positions. */
  readonly monitorPositions: boolean;
  readonly maxPriceAgeMs: number;
  readonly maxSpreadBps: number;
  /** After how long without data a symbol is stale. */
  readonly staleMs: number;
  /** MAX_ACTIVE_TRADERS; left out: as many as there are. Read for each trader that is to run. */
  readonly maxActiveTraders?: number;
  /** How many checks run at once; 1 makes a run repeatable. */
  readonly parallelChecks: number;
}

/** What the desks of the engine have in common. */
export interface EngineContext {
  readonly settings: EngineSettings;
  readonly clock: Clock;
  readonly ids: IdSource;
  readonly logger: Logger;
  readonly broker: Broker;
  readonly books: Books;
  readonly market: MarketBook;
  readonly foreign: ForeignUnits;
  /** Null for symbols that the venue does not have. */
  readonly instrument: (symbol: VenueSymbol) => Instrument | null;
  /** Average true range (14) of the trader's clock timeframe as market data, NaN while unknown. */
  readonly atr: (symbol: VenueSymbol, traderId: TraderId | null) => number;
}

/** The last price since a position was opened, NaN while there is none. Quotes may flow where nothing is traded. */
export function lastPriceSince(
  { market }: Pick<EngineContext, 'market'>,
  { symbol, openedAt }: Pick<Position, 'symbol' | 'openedAt'>,
): number {
  const known = market.get(symbol);
  return known !== undefined && known.lastTime >= openedAt ? known.last : NaN;
}

/** The last price of a symbol as market data, NaN while unknown. */
export function lastPrice({ market }: Pick<EngineContext, 'market'>, symbol: VenueSymbol): number {
  return market.get(symbol)?.last ?? NaN;
}
