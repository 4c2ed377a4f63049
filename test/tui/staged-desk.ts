import { NO_FUNNEL } from '../../src/engine/views.ts';
import type { Account, MoneyKind } from '../../src/domain/account.ts';
import { canonicalJson } from '../../src/engine/books/canonical-json.ts';
import { decimal, money, price, quantity } from '../../src/domain/decimal.ts';
import type { EngineCommand } from '../../src/domain/command.ts';
import type { AuditRecord } from '../../src/domain/event.ts';
import { asId } from '../../src/domain/ids.ts';
import type { TraderId, VenueSymbol } from '../../src/domain/ids.ts';
import type { Order, OrderState } from '../../src/domain/order/order.ts';
import type { Position, Protection } from '../../src/domain/position/position.ts';
import type { Signal, SignalState } from '../../src/domain/signal.ts';
import type { Trader, TraderState } from '../../src/domain/trader.ts';
import type { BreakerPosition } from '../../src/domain/risk.ts';
import type {
  CandleRequest,
  EngineHandle,
  EngineStatus,
  MarketRow,
  TraderFunnel,
} from '../../src/ports/engine-handle.ts';
import type { Plot } from '../../src/domain/signal.ts';
import { idAt } from '../../src/testkit/builders/example.ts';
import { fill } from '../../src/testkit/builders/fills.ts';
import { pendingOrder } from '../../src/testkit/builders/orders.ts';
import { openedPosition } from '../../src/testkit/builders/positions.ts';
import { ScriptedEngine } from '../../src/testkit/scripted-engine.ts';
import type { ScriptedHoldings } from '../../src/testkit/scripted-engine.ts';
import { FILTER, someCandles } from './staged-filter.ts';

/** The desk's time in these tests. */
export const NOW = Date.UTC(2026, 0, 31, 12);

interface Staging extends ScriptedHoldings {
  readonly money?: MoneyKind;
  readonly funnels?: Readonly<Record<string, Partial<TraderFunnel>>>;
  readonly status?: Partial<EngineStatus>;
}

/** The scripted engine with the figures that a screen shows, and with audit records told by the test. */
export class StagedEngine implements EngineHandle {
  readonly scripted: ScriptedEngine;
  readonly #staging: Staging;
  readonly #listeners = new Set<(record: AuditRecord) => void>();
  readonly #opened: Position[] = [];
  #moves = 0;
  #seq = 0;

  constructor(staging: Staging = {}) {
    this.#staging = staging;
    this.scripted = new ScriptedEngine(NOW, staging);
  }

  get listeners(): number {
    return this.#listeners.size;
  }

  execute(command: EngineCommand) {
    return this.scripted.execute(command);
  }

  status(): EngineStatus {
    const kind = this.#staging.money ?? 'sim';
    const status = this.scripted.status();
    const account: Account = { ...status.account, market: 'futures', money: kind, label: 'main' };
    return { ...status, money: kind, account, equity: money('10012.345'), ...this.#staging.status };
  }

  /** Prices move by as much as `tick` says. */
  markets(): readonly MarketRow[] {
    const factor = 1 + 0.001 * Math.sin(this.#moves);
    return this.scripted.markets().map((row) => ({ ...row, last: row.last * factor }));
  }

  tick(): void {
    this.#moves += 1;
  }

  traders() {
    return this.scripted.traders().map(({ trader }) => ({
      trader,
      funnel: { ...NO_FUNNEL, ...this.#staging.funnels?.[trader.id] },
      nextCheckAt: trader.state.status === 'running' ? NOW + 41_000 : null,
    }));
  }

  filters() {
    return this.scripted.filters();
  }

  candles(request: CandleRequest) {
    return this.scripted.candles(request);
  }

  signals(): readonly Signal[] {
    return this.scripted.signals();
  }

  orders(): readonly Order[] {
    return this.scripted.orders();
  }

  positions(): readonly Position[] {
    return [...this.scripted.positions(), ...this.#opened];
  }

  balances() {
    return this.scripted.balances();
  }

  onAudit(listener: (record: AuditRecord) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Somebody else opens it. */
  open(position: Position): void {
    this.#opened.push(position);
  }

  tell(subject: string, change: string, data: object): void {
    this.#seq += 1;
    const record = { seq: this.#seq, at: NOW, userId: this.scripted.userId, subject, subjectId: 'x', change };
    for (const listener of this.#listeners) listener({ ...record, data: canonicalJson(data) });
  }
}

export function aMarket(symbol: string, last: number, fields: Partial<MarketRow> = {}): MarketRow {
  return {
    symbol: asId(symbol),
    time: NOW,
    last,
    bid: last * 0.9999,
    ask: last * 1.0001,
    mark: NaN,
    open: last * 0.98,
    high: last * 1.03,
    low: last * 0.97,
    volume: 1_000,
    quoteVolume: last * 1_000,
    changePct: 2.04,
    ageMs: 300,
    stale: false,
    ...fields,
  };
}

export function aTrader(
  name: string,
  state: TraderState = { status: 'running' },
  fields: Partial<Trader> = {},
): Trader {
  return {
    id: asId<TraderId>(`trader-${name}`),
    userId: asId('user'),
    portfolioId: null,
    name,
    filterId: asId('filter'),
    symbols: { kind: 'top', count: 20 },
    schedule: null,
    params: { period: 14 },
    mode: 'auto',
    size: { kind: 'quote', amount: money('100') },
    exits: null,
    maxPositions: null,
    cooldownMs: null,
    reverse: false,
    state,
    createdAt: NOW,
    updatedAt: NOW,
    ...fields,
  };
}

export function aSignal(id: string, symbol: string, state: SignalState, fields: Partial<Signal> = {}): Signal {
  const plots: readonly Plot[] = [{ name: 'RSI', value: 31.2, level: 30 }];
  return {
    id: asId(id),
    userId: asId('user'),
    traderId: asId('trader-RSI turn'),
    market: 'futures',
    symbol: asId(symbol),
    side: 'long',
    conditions: ['RSI crossed up through 30', 'BTC above its 1h EMA 50'],
    confidence: 70,
    score: 68.8,
    stopLoss: { kind: 'atr', multiple: decimal('2') },
    takeProfit: [{ at: { kind: 'r', multiple: decimal('1.5') }, part: null }],
    plots,
    metadata: '{}',
    price: 140.9,
    checkedAt: NOW - 42_000,
    expiresAt: NOW + 60_000,
    state,
    createdAt: NOW - 42_000,
    updatedAt: NOW - 42_000,
    ...fields,
  };
}

interface PositionSketch {
  readonly side?: 'long' | 'short';
  readonly entry: string;
  readonly stop: string;
  readonly targets?: readonly string[];
  readonly guard?: Protection['guard'];
  readonly minutes?: number;
}

export function aPosition(id: string, symbol: string, sketch: PositionSketch): Position {
  const { side = 'long', entry, stop, targets = [], guard = 'venue', minutes = 5 } = sketch;
  const stopPrice = price(stop);
  const openedAt = NOW - minutes * 60_000;
  const protections: Readonly<Record<Protection['guard'], Protection>> = {
    venue: { guard: 'venue', stopPrice, stopOrderId: asId(`stop-${id}`) },
    local: { guard: 'local', stopPrice, cause: 'the venue took no stop' },
    none: { guard: 'none', since: NOW, cause: 'the stop was refused', stopPrice },
  };
  const opened = openedPosition(
    fill({
      symbol: asId<VenueSymbol>(symbol),
      market: 'futures',
      side: side === 'long' ? 'buy' : 'sell',
      price: entry,
      quantity: '2',
      time: openedAt,
    }),
    {
      id: asId(id),
      traderId: asId('trader-RSI turn'),
      openReason: 'RSI crossed up through 30',
      plan: {
        targets: targets.map((at) => ({ price: price(at), part: decimal('0.5'), orderId: null, reachedAt: null })),
        trailing: null,
        breakEvenAt: null,
        closeAt: null,
        stopIsDefault: false,
      },
    },
  );
  return { ...opened, protection: protections[guard] };
}

function anOrder(number: number, symbol: string, state: OrderState): Order {
  const order = pendingOrder({
    id: idAt(number),
    symbol: asId(symbol),
    market: 'futures',
    side: 'sell',
    leg: 'stop',
    quantity: quantity('2'),
    reduceOnly: true,
    terms: { type: 'stop_market', triggerPrice: price('138.5'), triggerSource: 'mark' },
    createdAt: NOW - 60_000,
  });
  return { ...order, state };
}

export function tripped(cause: Extract<BreakerPosition, { status: 'tripped' }>['cause']): BreakerPosition {
  return { status: 'tripped', cause, reason: 'three losses in a row', since: NOW, resetAt: NOW + 3_600_000 };
}

/** A desk in the middle of its day. */
export function busyDesk(fields: Staging = {}): StagedEngine {
  return new StagedEngine({
    markets: [
      aMarket('BTCUSDT', 64_250.5),
      aMarket('ETHUSDT', 2_290.25, { changePct: -1.3 }),
      aMarket('SOLUSDT', 142.35),
      aMarket('DOGEUSDT', 0.081234, { changePct: 0 }),
      aMarket('OLDUSDT', 3.1, { stale: true, ageMs: 125_000, changePct: NaN, quoteVolume: NaN }),
    ],
    traders: [
      aTrader('RSI turn'),
      aTrader('Breakout', { status: 'paused', reason: 'paused by the user' }),
      aTrader('Broken \u001b[31m\u202eevil', { status: 'disabled', reason: 'failed 5 times in a row' }),
    ],
    funnels: {
      'trader-RSI turn': {
        checked: 1_240,
        matched: 12,
        approved: 8,
        ordered: 8,
        filled: 7,
        nearestMiss: { symbol: asId('ADAUSDT'), plots: [{ name: 'RSI', value: 31.42, level: 30 }] },
      },
    },
    signals: [
      aSignal('s1', 'SOLUSDT', { status: 'executed', reason: 'filled', orderId: asId('o1'), at: NOW }),
      aSignal('s2', 'ETHUSDT', {
        status: 'awaiting_approval',
        reason: 'the trader asks first',
        since: NOW,
        expiresAt: NOW + 60_000,
      }),
      aSignal(
        's3',
        'BTCUSDT',
        { status: 'rejected', code: 'SYMBOL_TAKEN', reason: 'BTCUSDT is taken by RSI turn', at: NOW },
        { side: 'short', createdAt: NOW - 300_000 },
      ),
    ],
    positions: [
      aPosition('p1', 'SOLUSDT', { entry: '140.90', stop: '138.50', targets: ['144.50', '148.10'] }),
      aPosition('p2', 'ETHUSDT', { side: 'short', entry: '2280', stop: '2310', guard: 'local', minutes: 70 }),
    ],
    orders: [
      anOrder(2, 'SOLUSDT', { status: 'open', since: NOW, venueOrderId: asId('77') }),
      anOrder(1, 'ETHUSDT', { status: 'cancelled', at: NOW, venueOrderId: null, reason: 'the position is closed' }),
    ],
    filters: [FILTER],
    candles: [...someCandles('SOLUSDT', 141, NOW), ...someCandles('ETHUSDT', 2_290, NOW)],
    ...fields,
  });
}
