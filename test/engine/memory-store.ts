import type { AuditRecord } from '../../src/domain/event.ts';
import { fillKey } from '../../src/domain/fill.ts';
import type { Fill } from '../../src/domain/fill.ts';
import type { Filter } from '../../src/domain/filter.ts';
import { isFinal } from '../../src/domain/order/order.ts';
import type { Order } from '../../src/domain/order/order.ts';
import type { Position } from '../../src/domain/position/position.ts';
import type { CircuitBreakerState } from '../../src/domain/risk.ts';
import type { Signal } from '../../src/domain/signal.ts';
import type { Trade } from '../../src/domain/trade.ts';
import type { Trader } from '../../src/domain/trader.ts';
import type { EngineStateEntry, StoreChange } from '../../src/ports/store/changes.ts';
import type { Durability, Store, StoreHealth } from '../../src/ports/store/store.ts';
import { AitraderError } from '../../src/domain/errors.ts';

/**
 * A store that keeps what the engine reads back, in memory, with the reference rules of a real one. Commits are applied when
 * they are handed over and answered a microtask later.
 */
export class MemoryStore {
  readonly orders = new Map<string, Order>();
  readonly fills = new Map<string, Fill>();
  readonly positions = new Map<string, Position>();
  readonly signals = new Map<string, Signal>();
  readonly traders = new Map<string, Trader>();
  readonly filters = new Map<string, Filter>();
  readonly trades = new Map<string, Trade>();
  readonly funding = new Map<string, string>();
  readonly audit: AuditRecord[] = [];
  readonly state = new Map<string, EngineStateEntry>();
  breaker: CircuitBreakerState | null = null;
  health: StoreHealth = { status: 'in_service' };
  /** The next commits are refused while this is on. */
  isRefusing = false;
  /** Called with each commit before it is applied. */
  beforeCommit: (changes: readonly StoreChange[], durability: Durability) => void = () => undefined;

  /** The store as the engine is given it. */
  asStore(): Store {
    const none = async (): Promise<never[]> => [];
    const nothing = async (): Promise<null> => null;
    const store: Partial<Record<keyof Store, unknown>> = {
      commit: async (changes: readonly StoreChange[], durability: Durability) => this.#commit(changes, durability),
      health: () => this.health,
      onHealthChange: () => () => undefined,
      close: async () => undefined,
      filters: { list: async () => [...this.filters.values()] },
      traders: { list: async () => [...this.traders.values()] },
      signals: { list: async () => [...this.signals.values()].toReversed().slice(0, 500) },
      orders: {
        list: async () => [...this.orders.values()].toReversed().slice(0, 500),
        unfinished: async () => [...this.orders.values()].filter(({ state }) => !isFinal(state.status)),
        ofPosition: async (_: string, id: string) =>
          [...this.orders.values()].filter(({ intent }) => intent.positionId === id),
      },
      positions: { open: async () => [...this.positions.values()].filter(({ state }) => state.status === 'open') },
      risk: { breaker: async () => this.breaker, events: none },
      audit: { lastSeq: async () => this.audit.at(-1)?.seq ?? 0 },
      process: { engineState: async (_: string, key: string) => this.state.get(key) ?? null, heartbeats: none },
      balances: { ofAccount: none },
      funding: {
        booked: async (_: string, __: string, ids: readonly string[]) =>
          new Set(ids.filter((id) => this.funding.has(id))),
      },
      portfolios: { list: none, get: nothing },
    };
    return store as unknown as Store;
  }

  #commit(changes: readonly StoreChange[], durability: Durability): void {
    this.beforeCommit(changes, durability);
    if (this.isRefusing) throw new AitraderError('STORAGE_FAILED', { problem: 'a test wants it', path: 'memory' });
    for (const change of changes) this.#apply(change);
  }

  #apply(change: StoreChange): void {
    switch (change.kind) {
      case 'order':
        this.orders.set(change.order.intent.id, change.order);
        return;
      case 'fill': {
        const { orderId } = change.fill;
        if (orderId !== null && !this.orders.has(orderId)) throw conflict(`a fill of order ${orderId}`);
        this.fills.set(fillKey(change.fill), change.fill);
        return;
      }
      case 'position':
        this.positions.set(change.position.id, change.position);
        return;
      case 'trade':
        if (!this.positions.has(change.trade.positionId)) throw conflict('a trade without its position');
        this.trades.set(change.trade.id, change.trade);
        return;
      case 'journal':
        if (!this.trades.has(change.entry.tradeId)) throw conflict('a journal entry without its trade');
        return;
      case 'signal':
        this.signals.set(change.signal.id, change.signal);
        return;
      case 'filter':
        this.filters.set(change.filter.id, change.filter);
        return;
      case 'trader':
        if (!this.filters.has(change.trader.filterId)) throw conflict('a trader without its filter');
        this.traders.set(change.trader.id, change.trader);
        return;
      case 'trader_removed':
        this.traders.delete(change.traderId);
        return;
      case 'breaker':
        this.breaker = change.breaker;
        return;
      case 'audit': {
        const last = this.audit.at(-1)?.seq ?? 0;
        if (change.record.seq !== last + 1) throw conflict(`audit record ${change.record.seq} after ${last}`);
        this.audit.push(change.record);
        return;
      }
      case 'funding':
        this.funding.set(change.incomeId, change.amount);
        return;
      case 'engine_state':
        this.state.set(change.entry.key, change.entry);
        return;
      default:
    }
  }
}

function conflict(what: string): Error {
  return new Error(`the store refuses ${what}`);
}
