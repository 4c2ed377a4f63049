import type { Account, Balance } from '../domain/account.ts';
import { Decimal, ZERO_QUANTITY } from '../domain/decimal.ts';
import type { Money, Price, Quantity } from '../domain/decimal.ts';
import type { AccountEvent } from '../domain/event.ts';
import type { Fill } from '../domain/fill.ts';
import { asId } from '../domain/ids.ts';
import type { OrderId, VenueSymbol } from '../domain/ids.ts';
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
} from '../ports/broker.ts';
import { SCRIPTED_CAPABILITIES } from './scripted-broker-terms.ts';
import type { Fate, ScriptedBrokerOptions, VenueOrder } from './scripted-broker-terms.ts';
import { isReached, refusalOf, wouldTrigger } from './scripted-rules.ts';
import { ScriptedLedger } from './scripted-ledger.ts';

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
  readonly funding: FundingReport[] = [];
  /** Client order ids that came although an order of that id had come before. */
  readonly repeated: string[] = [];
  /** While these are on: no news are told, they are found by asking; questions get no answer; balances are not told. */
  isMuted = false;
  isUnreachable = false;
  isSilentAboutCash = false;
  /** Each piece of news is told twice, the newest first. */
  isGarbled = false;
  beforeSubmit: (submission: Submission) => void = () => undefined;
  readonly #options: ScriptedBrokerOptions;
  readonly #fates = new Map<OrderLeg | 'cancel', Fate[]>();
  readonly #listeners = new Set<(event: AccountEvent) => void>();
  readonly #prices = new Map<string, Price>();
  readonly #ledger: ScriptedLedger;
  #ids = 0;
  /** The next market order is not filled by itself. */
  #isHolding = false;

  constructor(options: ScriptedBrokerOptions) {
    this.#options = options;
    this.account = options.account;
    this.#ledger = new ScriptedLedger(options.account.market, options.cash);
    this.capabilities = { ...SCRIPTED_CAPABILITIES, ...options.capabilities };
  }

  /** What becomes of the next submissions of this leg (or cancels). */
  script(leg: OrderLeg | 'cancel', ...fates: readonly Fate[]): void {
    this.#fates.set(leg, [...(this.#fates.get(leg) ?? []), ...fates]);
  }

  forgetScripts(): void {
    this.#fates.clear();
  }

  /** What the account has in quote units; on futures the wallet. */
  get cash(): Decimal {
    return this.#ledger.cash;
  }

  /** Units held: on futures below zero when short. */
  held(symbol: string): Decimal {
    return this.#ledger.held(symbol);
  }

  working(leg?: OrderLeg): readonly VenueOrder[] {
    return [...this.orders.values()].filter((each) => each.isWorking && (leg === undefined || each.intent.leg === leg));
  }

  /** The price of a symbol moved: stops that it reaches are filled at it. */
  move(symbol: string, price: Price): void {
    this.#prices.set(symbol, price);
    for (const order of this.working()) {
      if (order.intent.symbol === symbol && isReached(order.intent, price)) this.#triggered(order);
    }
  }

  /** Fills so much of a working or, as a late fill, of an ended order. */
  fill(order: VenueOrder, quantity?: Quantity): void {
    const left = order.intent.quantity.minus(order.filled) as Quantity;
    this.#fill(order, quantity ?? left);
    this.#tellBalances();
  }

  end(order: VenueOrder, reason: string): void {
    order.isWorking = false;
    const { venueOrderId, filled: reportedQuantity } = order;
    this.#note(order, { type: 'cancelled', at: this.#now, venueOrderId, reportedQuantity, reason });
  }

  /** Somebody else takes units away (below zero: adds), as a user's own hand or a transfer does. Nothing is told. */
  takeAway(symbol: string, quantity: Decimal): void {
    this.#ledger.trade(symbol, quantity.negated(), this.#priceOf(symbol));
  }

  /** Pays funding, or takes it below zero. */
  payFunding(symbol: string, amount: Money): void {
    const instrument = { market: 'futures', symbol: asId<VenueSymbol>(symbol) } as const;
    const incomeId = `i${this.funding.length}`;
    const payment: FundingReport = { type: 'funding_paid', instrument, incomeId, amount, paidAt: this.#now };
    this.funding.push(payment);
    this.#ledger.cash = this.#ledger.cash.plus(amount);
    this.tell(payment);
    this.#tellBalances();
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

  submitList(): Promise<RequestOutcome> {
    return Promise.resolve({ kind: 'refused', code: 'UNSUPPORTED', reason: 'no lists here' });
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
      const { intent } = submission;
      if (isReached(intent, this.#priceOf(intent.symbol))) return wouldTrigger(intent.market);
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
      positions: this.#ledger.positions(),
      ownOrders: this.working().map(({ clientOrderId, history, intent }) => {
        const { market, symbol, side, quantity, terms } = intent;
        return { market, symbol, side, quantity, terms, clientOrderId: asId(clientOrderId), updates: [...history] };
      }),
      foreignOrders: [],
    };
  }

  async fillsSince({ symbol }: InstrumentRef, sinceMs: number): Promise<readonly ReportedFill[]> {
    if (this.isUnreachable) throw new Error('unreachable');
    return this.fills.filter(({ fill }) => fill.symbol === symbol && fill.time >= sinceMs);
  }

  async fundingSince(sinceMs: number): Promise<readonly FundingReport[]> {
    if (this.isUnreachable) throw new Error('unreachable');
    return this.funding.filter(({ paidAt }) => paidAt >= sinceMs);
  }

  setLeverage(): Promise<void> {
    return Promise.resolve();
  }

  onEvent(listener: (event: AccountEvent) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  ownerOf(clientOrderId: string): OrderId | null {
    return this.orders.get(clientOrderId)?.orderId ?? null;
  }

  close(): Promise<void> {
    return Promise.resolve(this.#listeners.clear());
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
    const { symbol } = intent;
    const instrument = this.#options.instruments.find((each) => each.symbol === symbol);
    const held = this.held(symbol);
    const selling = this.working().filter((each) => each.intent.symbol === symbol && each.intent.side === 'sell');
    const free = selling.reduce((left, each) => left.minus(each.intent.quantity.minus(each.filled)), held);
    return refusalOf(intent, { instrument, price: this.#priceOf(symbol), held, free });
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
    this.#ledger.trade(symbol, side === 'buy' ? quantity : quantity.negated(), price);
    if (isInBase) this.#ledger.takeUnits(symbol, amount);
    else this.#ledger.cash = this.#ledger.cash.minus(amount);
    this.#note(order, { type: 'fill', at: this.#now, fill });
  }

  #note(order: VenueOrder, update: OrderUpdate): void {
    order.history.push(update);
    const told = this.isGarbled ? order.history.toReversed() : [update];
    for (const each of told) this.tell({ type: 'order_update', orderId: order.orderId, update: each });
  }

  #tellBalances(): void {
    if (this.isSilentAboutCash) return;
    for (const balance of this.#balances()) this.tell({ type: 'balance_changed', balance });
  }

  #balances(): readonly Balance[] {
    return this.#ledger.balances(this.#options.instruments, { accountId: this.account.id, updatedAt: this.#now });
  }
}
