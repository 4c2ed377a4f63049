import { ZERO_MONEY } from '../domain/decimal.ts';
import type { Filter } from '../domain/filter.ts';
import type { Order } from '../domain/order/order.ts';
import type { Position } from '../domain/position/position.ts';
import type { CircuitBreakerState } from '../domain/risk.ts';
import type { Signal } from '../domain/signal.ts';
import type { Trader } from '../domain/trader.ts';
import type { Clock } from '../ports/clock.ts';
import type { StoreReaders } from '../ports/store/readers.ts';
import type { EngineSettings } from './context.ts';
import { FUNDING_UNTIL } from './ask-venue.ts';
import { isOver } from './execution/questions.ts';
import { newBreaker } from './risk/breaker.ts';
import { KILL_CLOSES } from './risk-desk.ts';

/** Of how many signals the last are read, so that none is acted on twice and cooldowns go on. */
const RECENT_SIGNALS = 500;
/** Of how many orders the last are read, for fills that the venue has named and nobody has booked, and for late ones. */
const RECENT_ORDERS = 500;

/** What the last run left. */
export interface SavedState {
  readonly lastSeq: number;
  readonly breaker: CircuitBreakerState;
  /** Whether the last kill was to close what is open. */
  readonly killCloses: boolean;
  /** Until when funding is booked, milliseconds UTC; null: by no run yet. */
  readonly fundingUntil: number | null;
  readonly filters: readonly Filter[];
  readonly traders: readonly Trader[];
  readonly signals: readonly Signal[];
  /** Orders that are not over, and all orders of open positions; oldest first. */
  readonly orders: readonly Order[];
  /** The last of all others: a fill can come after the end. Oldest first. */
  readonly endedOrders: readonly Order[];
  readonly positions: readonly Position[];
}

export async function loadState(parts: {
  readonly settings: EngineSettings;
  readonly clock: Clock;
  readonly store: StoreReaders;
}): Promise<SavedState> {
  const { settings, clock, store } = parts;
  const { userId } = settings;
  const [lastSeq, breaker, closes, fundingUntil, filters, traders, newest, recent, unfinished, positions] =
    await Promise.all([
      store.audit.lastSeq(),
      store.risk.breaker(userId),
      store.process.engineState(userId, KILL_CLOSES),
      store.process.engineState(userId, FUNDING_UNTIL),
      store.filters.list(userId),
      store.traders.list(userId),
      store.signals.list(userId, { limit: RECENT_SIGNALS }),
      store.orders.list(userId, { limit: RECENT_ORDERS }),
      store.orders.unfinished(userId),
      store.positions.open(userId),
    ]);
  const ofPositions = await Promise.all(positions.map(({ id }) => store.orders.ofPosition(userId, id)));
  const open = recent.filter((order) => !isOver(order));
  const orders = new Map([...ofPositions.flat(), ...open, ...unfinished].map((order) => [order.intent.id, order]));
  const endedOrders = recent.filter(({ intent }) => !orders.has(intent.id));
  return {
    lastSeq,
    breaker: breaker ?? newBreaker(userId, clock.now(), ZERO_MONEY),
    killCloses: closes?.value === 'true',
    fundingUntil: fundingUntil === null ? null : Number(fundingUntil.value),
    filters,
    traders,
    signals: newest.toReversed(),
    orders: [...orders.values()].toSorted((a, b) => (a.intent.id < b.intent.id ? -1 : 1)),
    endedOrders: endedOrders.toReversed(),
    positions,
  };
}
