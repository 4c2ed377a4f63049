import { Decimal } from '../../domain/decimal.ts';
import type { Price, Quantity } from '../../domain/decimal.ts';
import type { AccountEvent } from '../../domain/event.ts';
import type { Fill } from '../../domain/fill.ts';
import { fillKey } from '../../domain/fill.ts';
import type { OrderId, OrderListId, PositionId } from '../../domain/ids.ts';
import { clientOrderId } from '../../domain/order/client-order-id.ts';
import { newOrder } from '../../domain/order/order.ts';
import type { Order, OrderIntent, TriggerSource } from '../../domain/order/order.ts';
import { applyOrderUpdate } from '../../domain/order/update.ts';
import type { OrderUpdate } from '../../domain/order/update.ts';
import { markRiskApproved } from '../../domain/risk-approval.ts';
import type { RequestOutcome, Submission } from '../../ports/broker.ts';
import { idAt } from '../builders/example.ts';
import { orderIntent } from '../builders/orders.ts';
import type { BrokerHarness } from './harness.ts';

/** How much time passes at most until a request is answered. */
const PATIENCE_MS = 30_000;
const STEP_MS = 50;

/** What a test says of an order; the rest is a market order of one unit. */
export type OrderSketch = Partial<Pick<OrderIntent, 'side' | 'quantity' | 'terms' | 'reduceOnly' | 'leg' | 'list'>>;

/**
 * Sends orders as the program does and keeps their books from answers and events alike, by the order state machine:
 * whatever it calls illegal, or a fill told twice, fails the test.
 */
export class Trader {
  readonly harness: BrokerHarness;
  /** Everything that was told, in order. */
  readonly events: AccountEvent[] = [];
  readonly #orders = new Map<OrderId, Order>();
  readonly #fills = new Map<string, Fill>();
  #lastNumber = 0;

  constructor(harness: BrokerHarness) {
    this.harness = harness;
    harness.broker.onEvent((event) => this.#hear(event));
  }

  /** Takes over the books of the trader before a restart. */
  continueFrom(before: Trader): void {
    for (const [id, order] of before.#orders) this.#orders.set(id, order);
    this.#lastNumber = before.#lastNumber;
  }

  /** Fills told by events, in the order in which they were told. */
  get fills(): readonly Fill[] {
    return [...this.#fills.values()];
  }

  /** The order as the books have it now. */
  now(order: Order): Order {
    return this.#orders.get(order.intent.id) as Order;
  }

  price(ticks: number): Price {
    const { basePrice, instrument } = this.harness;
    return basePrice.plus(instrument.rules.tick.times(ticks)) as Price;
  }

  /** The price that sets off conditional orders: the last one, where the venue has such triggers. */
  get triggerSource(): TriggerSource {
    return this.harness.broker.capabilities.triggerSources.has('last') ? 'last' : 'mark';
  }

  units(count: number): Quantity {
    return this.harness.unit.times(count) as Quantity;
  }

  /** Bid and ask this many ticks from the base price, with sizes in units. */
  async quote(bidTicks: number, askTicks: number, sizes: { bid?: number; ask?: number } = {}): Promise<void> {
    await this.harness.quote({
      bid: this.price(bidTicks).toNumber(),
      bidQuantity: this.units(sizes.bid ?? 100).toNumber(),
      ask: this.price(askTicks).toNumber(),
      askQuantity: this.units(sizes.ask ?? 100).toNumber(),
    });
    await this.rest();
  }

  /** The outside trades at so many ticks from the base price. */
  async trade(ticks: number, units: number, by: 'buyer' | 'seller'): Promise<void> {
    const quantity = this.units(units).toNumber();
    await this.harness.trade({ price: this.price(ticks).toNumber(), quantity, buyerIsTaker: by === 'buyer' });
    await this.rest();
  }

  /** Lets what was caused be told. */
  async rest(): Promise<void> {
    await this.harness.passTime(STEP_MS);
  }

  /** Waits for an answer while time passes. */
  async answer<Answer>(request: Promise<Answer>): Promise<Answer> {
    const settled = request.then(
      (value) => ({ value }),
      (error: unknown) => ({ error }),
    );
    for (let waited = 0; waited < PATIENCE_MS; waited += STEP_MS) {
      await this.harness.passTime(STEP_MS);
      const state = await Promise.race([settled, Promise.resolve(null)]);
      if (state === null) continue;
      if ('error' in state) throw state.error;
      return state.value;
    }
    throw new Error(`no answer within ${PATIENCE_MS} ms`);
  }

  /** A new order and what it is sent as. */
  prepare(sketch: OrderSketch = {}): { order: Order; submission: Submission } {
    this.#lastNumber += 1;
    const { broker, instance, instrument } = this.harness;
    const leg = sketch.leg ?? 'entry';
    const positionId = leg === 'entry' ? null : idAt<PositionId>(9_000 + this.#lastNumber);
    const intent = orderIntent({
      id: idAt<OrderId>(this.#lastNumber),
      accountId: broker.account.id,
      market: instrument.market,
      symbol: instrument.symbol,
      quantity: this.units(1),
      positionId,
      ...sketch,
    });
    const id = clientOrderId({ instance, subject: positionId ?? intent.id, leg, number: 1 });
    const order = newOrder(intent, id);
    this.#orders.set(intent.id, order);
    this.#apply(intent.id, {
      type: 'sent',
      at: intent.createdAt,
      clientOrderId: id,
      attempt: 1,
      notFoundFinalAt: Infinity,
    });
    return { order, submission: { intent: markRiskApproved(intent), clientOrderId: id, attempt: 1 } };
  }

  /** Submits an order and waits for the answer. */
  async submit(sketch: OrderSketch = {}): Promise<{ order: Order; outcome: RequestOutcome; submission: Submission }> {
    const { order, submission } = this.prepare(sketch);
    const outcome = await this.answer(this.harness.broker.submit(submission));
    this.take(order, outcome);
    return { order, outcome, submission };
  }

  async cancel(order: Order): Promise<RequestOutcome> {
    this.#apply(order.intent.id, { type: 'cancel_requested', at: 0 });
    const outcome = await this.answer(this.harness.broker.cancel(this.now(order)));
    if (outcome.kind === 'refused') this.#apply(order.intent.id, { type: 'request_refused', at: 0 });
    else this.take(order, outcome);
    return outcome;
  }

  /** Replaces an order; the answer speaks of the new one. */
  async replace(order: Order, sketch: OrderSketch): Promise<{ order: Order; outcome: RequestOutcome }> {
    const { order: next, submission } = this.prepare(sketch);
    const request = this.harness.broker.replace(this.now(order), submission);
    this.#apply(order.intent.id, { type: 'replace_requested', at: 0, replacementId: next.intent.id });
    const outcome = await this.answer(request);
    this.take(next, outcome);
    if (outcome.kind === 'refused') this.#apply(order.intent.id, { type: 'request_refused', at: 0 });
    return { order: next, outcome };
  }

  /** A stop and a target over the same units, as one list. */
  prepareOco(sketches: readonly [OrderSketch, OrderSketch]): { orders: Order[]; submissions: Submission[] } {
    const list = { id: idAt<OrderListId>(5_000 + this.#lastNumber), kind: 'oco' as const };
    const prepared = sketches.map((sketch) => this.prepare({ side: 'sell', ...sketch, list }));
    return { orders: prepared.map(({ order }) => order), submissions: prepared.map(({ submission }) => submission) };
  }

  /** Books the answer to a submission. */
  take(order: Order, outcome: RequestOutcome): void {
    const { id } = order.intent;
    if (outcome.kind === 'answered') for (const update of outcome.updates) this.#apply(id, update);
    if (outcome.kind === 'refused') {
      this.#apply(id, { type: 'rejected', at: 0, code: outcome.code, reason: outcome.reason });
    }
  }

  /** Signed sum of what all orders have filled. */
  net(): Decimal {
    return this.fills.reduce(
      (sum, { side, quantity }) => (side === 'buy' ? sum.plus(quantity) : sum.minus(quantity)),
      new Decimal(0),
    );
  }

  #hear(event: AccountEvent): void {
    this.events.push(event);
    if (event.type !== 'order_update') return;
    const { update } = event;
    if (update.type === 'fill') {
      const key = fillKey(update.fill);
      if (this.#fills.has(key)) throw new Error(`the fill ${key} was told twice`);
      this.#fills.set(key, update.fill);
    }
    this.#apply(event.orderId, update);
  }

  #apply(id: OrderId, update: OrderUpdate): void {
    const order = this.#orders.get(id);
    if (order === undefined) throw new Error(`news of an order ${id} that was never sent`);
    const outcome = applyOrderUpdate(order, update);
    if (!outcome.ok) throw outcome.error;
    this.#orders.set(id, outcome.value.order);
  }
}
