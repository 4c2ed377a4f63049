import { NO_FUNNEL } from '../engine/views.ts';
import type { Balance } from '../domain/account.ts';
import type { EngineCommand } from '../domain/command.ts';
import type { Candle } from '../domain/candle.ts';
import { Decimal, decimal, money } from '../domain/decimal.ts';
import type { Quantity } from '../domain/decimal.ts';
import type { AitraderError } from '../domain/errors.ts';
import type { Filter } from '../domain/filter.ts';
import { asId } from '../domain/ids.ts';
import type { UserId } from '../domain/ids.ts';
import type { Order } from '../domain/order/order.ts';
import type { Position } from '../domain/position/position.ts';
import type { BreakerPosition } from '../domain/risk.ts';
import { moveSignal } from '../domain/signal.ts';
import type { Signal, SignalState } from '../domain/signal.ts';
import type { Trader } from '../domain/trader.ts';
import { err, ok } from '../lib/result.ts';
import type { Result } from '../lib/result.ts';
import type { CandleRequest, EngineHandle, EngineStatus, MarketRow } from '../ports/engine-handle.ts';

/** What the scripted engine holds at first. */
export interface ScriptedHoldings {
  readonly traders?: readonly Trader[];
  readonly signals?: readonly Signal[];
  readonly orders?: readonly Order[];
  readonly positions?: readonly Position[];
  readonly balances?: readonly Balance[];
  readonly markets?: readonly MarketRow[];
  readonly filters?: readonly Filter[];
  readonly candles?: readonly Candle[];
}

/** The market of a symbol at this price, with nothing else known. */
export function marketRow(symbol: string, last: number): MarketRow {
  const unknown = { open: NaN, high: NaN, low: NaN, volume: NaN, quoteVolume: NaN, changePct: NaN };
  return { symbol: asId(symbol), time: 0, last, bid: last, ask: last, mark: NaN, ...unknown, ageMs: 10, stale: false };
}

/**
 * An engine for tests of frontends: it holds what it is given and carries out every command at once, without a market, a
 * broker or rules. Its clock stands.
 */
export class ScriptedEngine implements EngineHandle {
  readonly userId: UserId = asId<UserId>('user');
  /** Every command in its order. */
  readonly commands: EngineCommand[] = [];
  /** The next command is refused with it. */
  refusal: AitraderError | null = null;
  readonly #now: number;
  readonly #traders: Map<string, Trader>;
  readonly #signals: Map<string, Signal>;
  readonly #orders: Map<string, Order>;
  readonly #positions: Map<string, Position>;
  readonly #balances: readonly Balance[];
  readonly #markets: readonly MarketRow[];
  readonly #filters: readonly Filter[];
  readonly #candles: readonly Candle[];
  #breaker: BreakerPosition = { status: 'closed' };

  constructor(now: number, holdings: ScriptedHoldings = {}) {
    this.#now = now;
    this.#traders = new Map((holdings.traders ?? []).map((each) => [each.id, each]));
    this.#signals = new Map((holdings.signals ?? []).map((each) => [each.id, each]));
    this.#orders = new Map((holdings.orders ?? []).map((each) => [each.intent.id, each]));
    this.#positions = new Map((holdings.positions ?? []).map((each) => [each.id, each]));
    this.#balances = holdings.balances ?? [];
    this.#markets = holdings.markets ?? [];
    this.#filters = holdings.filters ?? [];
    this.#candles = holdings.candles ?? [];
  }

  execute(command: EngineCommand): Promise<Result<null, AitraderError>> {
    this.commands.push(command);
    const { refusal } = this;
    this.refusal = null;
    if (refusal !== null) return Promise.resolve(err(refusal));
    this.#carryOut(command);
    return Promise.resolve(ok(null));
  }

  status(): EngineStatus {
    return {
      money: 'paper',
      account: {
        id: asId('account'),
        userId: this.userId,
        venue: 'binance',
        market: 'spot',
        money: 'paper',
        label: 'main',
      },
      startedAt: this.#now - 60_000,
      feed: 'connected',
      feedLatencyMs: 42,
      breaker: this.#breaker,
      equity: money('10000'),
      dailyPnl: money('-12.5'),
      dailyPnlPct: decimal('-0.125'),
    };
  }

  markets(): readonly MarketRow[] {
    return this.#markets;
  }

  traders() {
    return [...this.#traders.values()].map((trader) => ({ trader, funnel: NO_FUNNEL, nextCheckAt: null }));
  }

  filters(): readonly Filter[] {
    return this.#filters;
  }

  candles({ symbol, timeframe, limit }: CandleRequest): Promise<readonly Candle[]> {
    const asked = this.#candles.filter((each) => each.symbol === symbol && each.timeframe === timeframe);
    return Promise.resolve(asked.slice(-limit));
  }

  signals(): readonly Signal[] {
    return [...this.#signals.values()];
  }

  orders(): readonly Order[] {
    return [...this.#orders.values()];
  }

  positions(): readonly Position[] {
    return [...this.#positions.values()];
  }

  balances(): readonly Balance[] {
    return this.#balances;
  }

  /** Tells nothing: it keeps no audit record. */
  onAudit(): () => void {
    return () => undefined;
  }

  /** Something happens: the signal is new, or other than before. */
  putSignal(signal: Signal): void {
    this.#signals.set(signal.id, signal);
  }

  #carryOut(command: EngineCommand): void {
    switch (command.type) {
      case 'pause_opening':
        this.#trip('paused_by_user', command.reason);
        return;
      case 'resume_opening':
        this.#breaker = { status: 'closed' };
        return;
      case 'kill':
        this.#trip('kill_switch', command.reason);
        if (!command.keepPositions) this.#positions.clear();
        return;
      case 'close_position':
        this.#close(command.positionId, command.fraction);
        return;
      case 'cancel_order':
        this.#cancel(command.orderId);
        return;
      case 'approve_signal':
        this.#move(command.signalId, { status: 'approved', reason: 'approved', approvedBy: 'user' });
        return;
      case 'reject_signal':
        this.#move(command.signalId, { status: 'rejected', reason: command.reason, code: 'BY_USER', at: this.#now });
        return;
      case 'add_trader':
        this.#traders.set(command.trader.id, command.trader);
        return;
      case 'change_trader': {
        const { exits, ...change } = command.change;
        this.#change(command.traderId, { ...change, ...(exits !== undefined && { exits }) });
        return;
      }
      case 'pause_trader':
        this.#change(command.traderId, { state: { status: 'paused', reason: command.reason } });
        return;
      case 'resume_trader':
        this.#change(command.traderId, { state: { status: 'running' } });
        return;
      case 'remove_trader':
        this.#traders.delete(command.traderId);
        return;
      case 'change_protection':
        return;
    }
  }

  #trip(cause: 'paused_by_user' | 'kill_switch', reason: string): void {
    this.#breaker = { status: 'tripped', cause, reason, since: this.#now, resetAt: null };
  }

  #close(id: string, fraction: Decimal): void {
    const position = this.#positions.get(id);
    if (position === undefined) return;
    const quantity = position.quantity.times(new Decimal(1).minus(fraction)) as Quantity;
    if (quantity.isZero()) this.#positions.delete(id);
    else this.#positions.set(id, { ...position, quantity });
  }

  #cancel(id: string): void {
    const order = this.#orders.get(id);
    if (order === undefined) return;
    const reason = 'cancelled by the user';
    this.#orders.set(id, { ...order, state: { status: 'cancelled', at: this.#now, venueOrderId: null, reason } });
  }

  #move(id: string, state: SignalState): void {
    const signal = this.#signals.get(id);
    if (signal !== undefined) this.#signals.set(id, moveSignal(signal, state, this.#now));
  }

  #change(id: string, change: Partial<Trader>): void {
    const trader = this.#traders.get(id);
    if (trader !== undefined) this.#traders.set(id, { ...trader, ...change });
  }
}
