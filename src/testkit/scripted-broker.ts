import type { Account, Balance } from '../domain/account.ts';
import { Decimal, ZERO, ZERO_QUANTITY } from '../domain/decimal.ts';
import type { Money, Price, Quantity } from '../domain/decimal.ts';
import type { AccountEvent } from '../domain/event.ts';
import type { Fill } from '../domain/fill.ts';
import { asId } from '../domain/ids.ts';
import type { OrderId, VenueOrderId } from '../domain/ids.ts';
import type { Instrument, InstrumentRef } from '../domain/instrument.ts';
import type { OrderLeg } from '../domain/order/client-order-id.ts';
import type { Order, OrderIntent } from '../domain/order/order.ts';
import type { OrderUpdate } from '../domain/order/update.ts';
import type {
  AccountSnapshot,
  Broker,
  BrokerCapabilities,
  FundingReport,
  OrderAnswer,
  ReportedFill,
  RequestOutcome,
  Submission,
  VenuePosition,
} from '../ports/broker.ts';
import type { Clock } from '../ports/clock.ts';

/** What becomes of a submission. Without a script the venue does as its rules say. */
export type Fate =
  | { readonly kind: 'usual' }
  /** Works, and is not filled by itself. */
  | { readonly kind: 'accepted' }
  | { readonly kind: 'refused'; readonly code: string; readonly reason?: string }
  | { readonly kind: 'not_executed'; readonly retryAfterMs: number }
  /** The answer is lost; whether the order has arrived is another question. */
  | { readonly kind: 'unknown'; readonly arrives: boolean }
  /** No answer ever comes. */
  | { readonly kind: 'silence'; readonly arrives: boolean }
  | { readonly kind: 'throws' };

/** An order as the venue knows it. */
export interface VenueOrder {
  readonly clientOrderId: string;
  readonly orderId: OrderId;
  readonly intent: OrderIntent;
  readonly venueOrderId: VenueOrderId;
  readonly history: OrderUpdate[];
  filled: Quantity;
  isWorking: boolean;
}

export interface ScriptedBrokerOptions {
  readonly account: Account;
  readonly clock: Clock;
  readonly instruments: readonly Instrument[];
  readonly instance: string;
  readonly cash: Money;
  readonly feeBps?: number;
  /** On spot: buys pay their fee in the base asset. */
  readonly feeInBase?: boolean;
  readonly capabilities?: Partial<BrokerCapabilities>;
}

const TYPES = new Set(['market', 'limit', 'stop_market'] as const);

/**
 * A venue for tests of the engine: market orders fill at the price that the test has set, stops rest and are set off by
 * it, reduce-only and locked units are held as at a real venue; and whatever can go wrong can be scripted.
 */
export class ScriptedBroker implements Broker {
  readonly account: Account;
  readonly capabilities: BrokerCapabilities;
  readonly orders = new Map<string, VenueOrder>();
  readonly fills: ReportedFill[] = [];
  /** Every submission that came, in order, whatever became of it. */
  readonly submissions: Submission[] = [];
  readonly cancels: string[] = [];
  /** Client order ids that came although an order of that id had come before. */
  readonly repeated: string[] = [];
  /** News are not told while this is on; they are found by asking. */
  isMuted = false;
  /** Questions and reconciliations get no answer while this is on. */
  isUnreachable = false;
  /** Each piece of news is told twice, the newest first. */
  isGarbled = false;
  /** Called before anything else of a submission. */
  beforeSubmit: (submission: Submission) => void = () => undefined;
  readonly #options: ScriptedBrokerOptions;
  readonly #fates = new Map<OrderLeg | 'cancel', Fate[]>();
  readonly #listeners = new Set<(event: AccountEvent) => void>();
  readonly #prices = new Map<string, Price>();
  readonly #net = new Map<string, { quantity: Decimal; cost: Decimal }>();
  #cash: Decimal;
  #ids = 0;
  /** The next market order is not filled by itself. */
  #isHolding = false;

  constructor(options: ScriptedBrokerOptions) {
    this.#options = options;
    this.account = options.account;
    this.#cash = options.cash;
    this.capabilities = {
      orderTypes: { spot: TYPES, futures: TYPES },
      residentStops: true,
      oco: false,
      atomicReplace: true,
      maxTrailingDeltaBps: null,
      accountStream: true,
      selfTradePrevention: false,
      ...options.capabilities,
    };
  }

  /** The fates of the next submissions of this leg (or cancels), in order. */
  script(leg: OrderLeg | 'cancel', ...fates: readonly Fate[]): void {
    this.#fates.set(leg, [...(this.#fates.get(leg) ?? []), ...fates]);
  }

  /** What is left of the scripts is not played. */
  forgetScripts(): void {
    this.#fates.clear();
  }

  /** What the account has in quote units; on futures the wallet. */
  get cash(): Decimal {
    return this.#cash;
  }

  /** Units held: on futures below zero when short. */
  held(symbol: string): Decimal {
    return this.#net.get(symbol)?.quantity ?? ZERO;
  }

  working(leg?: OrderLeg): readonly VenueOrder[] {
    return [...this.orders.values()].filter((each) => each.isWorking && (leg === undefined || each.intent.leg === leg));
  }

  /** The price of a symbol moved: stops that it reaches are filled at it. */
  move(symbol: string, price: Price): void {
    this.#prices.set(symbol, price);
    for (const order of this.working()) {
      if (order.intent.symbol === symbol && this.#isReached(order.intent, price)) this.#triggered(order);
    }
  }

  /** Fills so much of a working or, as a late fill, of an ended order. */
  fill(order: VenueOrder, quantity?: Quantity): void {
    const left = order.intent.quantity.minus(order.filled) as Quantity;
    this.#fill(order, quantity ?? left);
    this.#tellBalances();
  }

  /** Ends a working order without asking anybody. */
  end(order: VenueOrder, reason: string): void {
    order.isWorking = false;
    const { venueOrderId, filled: reportedQuantity } = order;
    this.#note(order, { type: 'cancelled', at: this.#now, venueOrderId, reportedQuantity, reason });
  }

  /** Somebody else takes units away, as a user's own hand or a transfer does. Nothing is told. */
  takeAway(symbol: string, quantity: Decimal): void {
    this.#add(symbol, quantity.negated(), this.#priceOf(symbol));
  }

  tell(event: AccountEvent): void {
    if (this.isMuted) return;
    for (const listener of this.#listeners) listener(event);
    if (this.isGarbled) for (const listener of this.#listeners) listener(event);
  }

  async instruments(): Promise<readonly Instrument[]> {
    return this.#options.instruments;
  }

  async submit(submission: Submission): Promise<RequestOutcome> {
    this.beforeSubmit(submission);
    this.submissions.push(submission);
    return this.#meet(submission, () => this.#place(submission));
  }

  async submitList(): Promise<RequestOutcome> {
    return { kind: 'refused', code: 'UNSUPPORTED', reason: 'no lists here' };
  }

  async cancel({ clientOrderId }: Order): Promise<RequestOutcome> {
    this.cancels.push(clientOrderId);
    const order = this.orders.get(clientOrderId);
    const fate = this.#fates.get('cancel')?.shift() ?? { kind: 'usual' };
    const isLost = fate.kind === 'unknown' || fate.kind === 'silence';
    if (fate.kind === 'refused') return { kind: 'refused', code: fate.code, reason: fate.reason ?? fate.code };
    if (isLost && !fate.arrives) return this.#unknown();
    if (order?.isWorking !== true) return { kind: 'refused', code: '-2011', reason: 'Unknown order sent.' };
    this.end(order, 'cancelled by the user');
    this.#tellBalances();
    return isLost ? this.#unknown() : { kind: 'answered', updates: [...order.history] };
  }

  async replace(old: Order, submission: Submission): Promise<RequestOutcome> {
    this.submissions.push(submission);
    return this.#meet(submission, () => {
      const order = this.orders.get(old.clientOrderId);
      if (order?.isWorking !== true) return { kind: 'refused', code: '-2011', reason: 'Unknown order sent.' };
      if (this.#isReached(submission.intent, this.#priceOf(submission.intent.symbol))) return this.#wouldTrigger();
      this.end(order, 'replaced');
      return this.#place(submission);
    });
  }

  async query({ clientOrderId, state }: Order): Promise<OrderAnswer> {
    if (this.isUnreachable) return { kind: 'no_answer', cause: 'unreachable' };
    const order = this.orders.get(clientOrderId);
    if (order !== undefined) return { kind: 'found', updates: [...order.history] };
    const finalAt = 'notFoundFinalAt' in state ? state.notFoundFinalAt : 0;
    return { kind: 'not_found', final: this.#now >= finalAt };
  }

  async snapshot(): Promise<AccountSnapshot> {
    if (this.isUnreachable) throw new Error('unreachable');
    return {
      at: this.#now,
      balances: this.#balances(),
      positions: this.#positions(),
      ownOrders: this.working().map(({ clientOrderId, history }) => ({
        clientOrderId: asId(clientOrderId),
        updates: [...history],
      })),
      foreignOrders: [],
    };
  }

  async fillsSince({ symbol }: InstrumentRef, sinceMs: number): Promise<readonly ReportedFill[]> {
    if (this.isUnreachable) throw new Error('unreachable');
    return this.fills.filter(({ fill }) => fill.symbol === symbol && fill.time >= sinceMs);
  }

  async fundingSince(): Promise<readonly FundingReport[]> {
    return [];
  }

  async setLeverage(): Promise<void> {
    // Every leverage is right here.
  }

  onEvent(listener: (event: AccountEvent) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  ownerOf(clientOrderId: string): OrderId | null {
    return this.orders.get(clientOrderId)?.orderId ?? null;
  }

  async close(): Promise<void> {
    this.#listeners.clear();
  }

  get #now(): number {
    return this.#options.clock.now();
  }

  #priceOf(symbol: string): Price {
    const price = this.#prices.get(symbol);
    if (price === undefined) throw new Error(`the test has set no price of ${symbol}`);
    return price;
  }

  #unknown(): RequestOutcome {
    return { kind: 'unknown', cause: 'the answer was lost', notFoundFinalAt: this.#now + 7_000 };
  }

  #wouldTrigger(): RequestOutcome {
    const isSpot = this.account.market === 'spot';
    return isSpot
      ? { kind: 'refused', code: '-2010', reason: 'Stop price would trigger immediately.' }
      : { kind: 'refused', code: '-2021', reason: 'Order would immediately trigger.' };
  }

  #meet({ intent }: Submission, execute: () => RequestOutcome): RequestOutcome | Promise<RequestOutcome> {
    const fate = this.#fates.get(intent.leg)?.shift() ?? { kind: 'usual' };
    switch (fate.kind) {
      case 'usual':
      case 'accepted':
        this.#isHolding = fate.kind === 'accepted';
        return execute();
      case 'refused':
        return { kind: 'refused', code: fate.code, reason: fate.reason ?? fate.code };
      case 'not_executed':
        return { kind: 'not_executed', cause: 'scripted', retryAfterMs: fate.retryAfterMs };
      case 'unknown':
      case 'silence': {
        const wasMuted = this.isMuted;
        this.isMuted = true;
        if (fate.arrives) execute();
        this.isMuted = wasMuted;
        return fate.kind === 'unknown' ? this.#unknown() : new Promise(() => undefined);
      }
      case 'throws':
        throw new Error('the broker breaks its contract');
    }
  }

  #place({ intent, clientOrderId }: Submission): RequestOutcome {
    const isHolding = this.#isHolding;
    this.#isHolding = false;
    const known = this.orders.get(clientOrderId);
    if (known !== undefined) this.repeated.push(clientOrderId);
    if (known?.isWorking === true) return { kind: 'answered', updates: [...known.history] };
    const refusal = this.#refusal(intent);
    if (refusal !== null) return refusal;
    this.#ids += 1;
    const order: VenueOrder = {
      ...{ clientOrderId, orderId: intent.id, intent, history: [], filled: ZERO_QUANTITY, isWorking: true },
      venueOrderId: asId(String(this.#ids)),
    };
    this.orders.set(clientOrderId, order);
    const { venueOrderId } = order;
    this.#note(order, { type: 'accepted', at: this.#now, venueOrderId, reportedQuantity: null });
    if (intent.terms.type === 'market' && !isHolding) this.#triggered(order);
    this.#tellBalances();
    return { kind: 'answered', updates: [...order.history] };
  }

  #refusal(intent: OrderIntent): RequestOutcome | null {
    const { symbol, quantity, side, reduceOnly } = intent;
    const held = this.held(symbol);
    const instrument = this.#options.instruments.find((each) => each.symbol === symbol);
    if (instrument === undefined) return { kind: 'refused', code: '-1121', reason: 'Invalid symbol.' };
    const { step } = instrument.rules;
    if (!quantity.modulo(step).isZero()) return { kind: 'refused', code: '-1013', reason: 'Filter failure: LOT_SIZE' };
    if (this.#isReached(intent, this.#priceOf(symbol))) return this.#wouldTrigger();
    const isReducing = side === 'sell' ? held.greaterThan(0) : held.lessThan(0);
    if (reduceOnly && !isReducing) return { kind: 'refused', code: '-2022', reason: 'ReduceOnly Order is rejected.' };
    if (this.account.market === 'futures' || side === 'buy') return null;
    const locked = this.working().filter((each) => each.intent.symbol === symbol && each.intent.side === 'sell');
    const free = locked.reduce((left, each) => left.minus(each.intent.quantity.minus(each.filled)), held);
    if (free.greaterThanOrEqualTo(quantity)) return null;
    return { kind: 'refused', code: '-2010', reason: 'Account has insufficient balance for requested action.' };
  }

  #isReached({ terms, side }: OrderIntent, price: Price): boolean {
    if (terms.type !== 'stop_market') return false;
    return side === 'sell'
      ? price.lessThanOrEqualTo(terms.triggerPrice)
      : price.greaterThanOrEqualTo(terms.triggerPrice);
  }

  /** Executes at the market; reduce-only takes no more than there is, and the rest of it expires. */
  #triggered(order: VenueOrder): void {
    const { quantity, reduceOnly, symbol } = order.intent;
    const left = quantity.minus(order.filled);
    const open = reduceOnly ? Decimal.min(left, this.held(symbol).abs()) : left;
    if (open.greaterThan(0)) this.#fill(order, open as Quantity);
    if (order.isWorking) {
      order.isWorking = false;
      const { venueOrderId, filled: reportedQuantity } = order;
      this.#note(order, {
        type: 'expired',
        at: this.#now,
        venueOrderId,
        reportedQuantity,
        reason: 'nothing to reduce',
      });
    }
    this.#tellBalances();
  }

  #fill(order: VenueOrder, quantity: Quantity): void {
    const { symbol, side, market } = order.intent;
    const price = this.#priceOf(symbol);
    this.#ids += 1;
    order.filled = order.filled.plus(quantity) as Quantity;
    if (order.filled.equals(order.intent.quantity)) order.isWorking = false;
    const rate = new Decimal(this.#options.feeBps ?? 0).dividedBy(10_000);
    const isInBase = this.#options.feeInBase === true && side === 'buy';
    const amount = isInBase ? quantity.times(rate) : quantity.times(price).times(rate);
    const base = this.#options.instruments.find((each) => each.symbol === symbol)?.base ?? symbol;
    const fill: Fill = {
      ...{ market, symbol, side, price, quantity, orderId: order.orderId, venueOrderId: order.venueOrderId },
      venueTradeId: String(this.#ids),
      fee: {
        asset: isInBase ? base : 'USDT',
        amount,
        rate: isInBase ? price : new Decimal(1),
        value: (isInBase ? amount.times(price) : amount) as Money,
      },
      liquidity: 'taker',
      time: this.#now,
    };
    this.fills.push({ fill, clientOrderId: order.clientOrderId });
    this.#add(symbol, side === 'buy' ? quantity : quantity.negated(), price);
    if (isInBase) this.#net.set(symbol, { ...this.#netOf(symbol), quantity: this.held(symbol).minus(amount) });
    else this.#cash = this.#cash.minus(amount);
    this.#note(order, { type: 'fill', at: this.#now, fill });
  }

  #netOf(symbol: string): { quantity: Decimal; cost: Decimal } {
    return this.#net.get(symbol) ?? { quantity: ZERO, cost: ZERO };
  }

  /** Books units by the average-cost method; spot pays for them, futures settle what a reduction has gained. */
  #add(symbol: string, change: Decimal, price: Price): void {
    const { quantity, cost } = this.#netOf(symbol);
    const isMore = quantity.isZero() || quantity.isNegative() === change.isNegative();
    const costChange = isMore ? change.times(price) : cost.times(change).dividedBy(quantity);
    this.#net.set(symbol, { quantity: quantity.plus(change), cost: cost.plus(costChange) });
    const isSpot = this.account.market === 'spot';
    if (isSpot) this.#cash = this.#cash.minus(change.times(price));
    else if (!isMore) this.#cash = this.#cash.minus(change.times(price)).plus(costChange);
  }

  #note(order: VenueOrder, update: OrderUpdate): void {
    order.history.push(update);
    const told = this.isGarbled ? order.history.toReversed() : [update];
    for (const each of told) this.tell({ type: 'order_update', orderId: order.orderId, update: each });
  }

  #tellBalances(): void {
    for (const balance of this.#balances()) this.tell({ type: 'balance_changed', balance });
  }

  #balances(): readonly Balance[] {
    const free = this.#cash;
    return [{ accountId: this.account.id, asset: 'USDT', free, locked: ZERO, updatedAt: this.#now }];
  }

  #positions(): readonly VenuePosition[] {
    if (this.account.market === 'spot') return [];
    return [...this.#net].flatMap(([symbol, { quantity, cost }]): VenuePosition[] => {
      if (quantity.isZero()) return [];
      return [
        {
          market: 'futures',
          symbol: asId(symbol),
          side: quantity.isNegative() ? 'short' : 'long',
          quantity: quantity.abs() as Quantity,
          entryPrice: cost.dividedBy(quantity) as Price,
          liquidationPrice: null,
          leverage: 1,
          marginMode: 'isolated',
          unrealizedPnl: ZERO,
        },
      ];
    });
  }
}
