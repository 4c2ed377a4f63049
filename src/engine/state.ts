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
import { newBreaker } from './risk/breaker.ts';

/** Of how many signals the last are read, so that none is acted on twice and cooldowns go on. */
const RECENT_SIGNALS = 500;

/** What the last run left. */
export interface SavedState {
  readonly lastSeq: number;
  readonly breaker: CircuitBreakerState;
  readonly filters: readonly Filter[];
  readonly traders: readonly Trader[];
  readonly signals: readonly Signal[];
  /** Unfinished orders, and all orders of open positions. */
  readonly orders: readonly Order[];
  readonly positions: readonly Position[];
}

export async function loadState(parts: {
  readonly settings: EngineSettings;
  readonly clock: Clock;
  readonly store: StoreReaders;
}): Promise<SavedState> {
  const { settings, clock, store } = parts;
  const { userId } = settings;
  const [lastSeq, breaker, filters, traders, newest, unfinished, positions] = await Promise.all([
    store.audit.lastSeq(),
    store.risk.breaker(userId),
    store.filters.list(userId),
    store.traders.list(userId),
    store.signals.list(userId, { limit: RECENT_SIGNALS }),
    store.orders.unfinished(userId),
    store.positions.open(userId),
  ]);
  const ofPositions = await Promise.all(positions.map(({ id }) => store.orders.ofPosition(userId, id)));
  const orders = new Map([...ofPositions.flat(), ...unfinished].map((order) => [order.intent.id, order]));
  return {
    lastSeq,
    breaker: breaker ?? newBreaker(userId, clock.now(), ZERO_MONEY),
    filters,
    traders,
    signals: newest.toReversed(),
    orders: [...orders.values()],
    positions,
  };
}
