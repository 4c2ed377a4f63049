import fc from 'fast-check';
import { expect, it } from 'vitest';
import { Decimal, decimal } from '../../../domain/decimal.ts';
import type { Price, Quantity } from '../../../domain/decimal.ts';
import type { AccountEvent } from '../../../domain/event.ts';
import { fillKey } from '../../../domain/fill.ts';
import type { Fill } from '../../../domain/fill.ts';
import { asId } from '../../../domain/ids.ts';
import type { OrderId, OrderListId } from '../../../domain/ids.ts';
import type { Instrument } from '../../../domain/instrument.ts';
import { clientOrderId } from '../../../domain/order/client-order-id.ts';
import { isFinal, newOrder } from '../../../domain/order/order.ts';
import type { Order, OrderIntent, OrderTerms } from '../../../domain/order/order.ts';
import { applyOrderUpdate } from '../../../domain/order/update.ts';
import { markRiskApproved } from '../../../domain/risk-approval.ts';
import type { Submission } from '../../../ports/broker.ts';
import { idAt } from '../../../testkit/builders/example.ts';
import { instrument } from '../../../testkit/builders/instruments.ts';
import { orderIntent } from '../../../testkit/builders/orders.ts';
import { futuresInstrument } from '../../../testkit/broker/market-harness.ts';
import { arbitraryTrading } from '../../../testkit/broker/random-trading.ts';
import type { Trading } from '../../../testkit/broker/random-trading.ts';
import { createFakeClock } from '../../../testkit/fake-clock.ts';
import { createPaperBroker } from './paper.ts';

const priceAt = (level: number): Price => new Decimal(1000 + level).div(10) as Price;
const numberAt = (level: number): number => (1000 + level) / 10;
const size = (units: number): Quantity => new Decimal(units).div(5) as Quantity;

type Paper = ReturnType<typeof createPaperBroker>;

/** A market, an account in it, and the books that the program would keep of it. */
class World {
  readonly clock = createFakeClock();
  readonly traded: Instrument;
  readonly events: AccountEvent[] = [];
  readonly orders = new Map<OrderId, Order>();
  readonly fills = new Map<string, Fill>();
  readonly shown = { level: 0, bid: 10, ask: 10, last: 0 };
  paper: Paper;
  funding = new Decimal(0);
  saved: string | null = null;
  #lastNumber = 0;

  constructor(traded: Instrument) {
    this.traded = traded;
    this.paper = this.open();
    this.show();
  }

  /** Opens the account from what was saved last. */
  open(): Paper {
    let isCurrent = true;
    const { market } = this.traded;
    const paper = createPaperBroker({
      account: { id: asId('account'), userId: asId('user'), venue: 'binance', market, money: 'paper', label: 'paper' },
      clock: this.clock,
      instance: 'test',
      instruments: [this.traded],
      leverage: 3,
      saved: this.saved,
      save: async (state) => {
        if (isCurrent) this.saved = state;
      },
    });
    paper.broker.onEvent((event) => isCurrent && this.#hear(event));
    this.abandon = () => {
      isCurrent = false;
    };
    return paper;
  }

  /** Cuts the program of now off, as a crash does. */
  abandon: () => void = () => undefined;

  /** The market as it is now is told (again). */
  show(): void {
    const { symbol, market } = this.traded;
    const { level, bid, ask } = this.shown;
    const time = this.clock.now();
    const sizes = { bidQuantity: bid, askQuantity: ask };
    this.paper.market.quote({ symbol, bid: numberAt(level - 1), ask: numberAt(level + 1), ...sizes, time });
    if (market === 'futures') this.mark(NaN);
    this.trade(0.5, true);
  }

  mark(fundingRate: number): void {
    const price = numberAt(this.shown.last);
    this.paper.market.mark({ symbol: this.traded.symbol, price, fundingRate, time: this.clock.now() });
  }

  trade(quantity: number, buyerIsTaker: boolean): void {
    const time = this.clock.now();
    const price = numberAt(this.shown.last);
    const tick = { symbol: this.traded.symbol, price, quantity, trades: 1, buyerIsTaker, venueTradeId: 1, time };
    this.paper.market.trade(tick);
    if (this.traded.market === 'futures') this.mark(NaN);
  }

  submission(fields: Partial<OrderIntent>): Submission {
    this.#lastNumber += 1;
    const { market, symbol } = this.traded;
    const intent = orderIntent({ id: idAt<OrderId>(this.#lastNumber), market, symbol, ...fields });
    const id = clientOrderId({ instance: 'test', subject: intent.id, leg: intent.leg, number: 1 });
    this.orders.set(intent.id, newOrder(intent, id));
    return { intent: markRiskApproved(intent), clientOrderId: id, attempt: 1 };
  }

  picked(pick: number): Order | undefined {
    const working = [...this.orders.values()].filter(
      ({ state }) => !isFinal(state.status) && state.status !== 'pending',
    );
    return working[pick % Math.max(working.length, 1)];
  }

  #hear(event: AccountEvent): void {
    this.events.push(event);
    if (event.type === 'funding_paid') this.funding = this.funding.plus(event.amount);
    if (event.type !== 'order_update') return;
    const order = this.orders.get(event.orderId) as Order;
    const outcome = applyOrderUpdate(order, event.update);
    if (!outcome.ok) throw outcome.error;
    this.orders.set(event.orderId, outcome.value.order);
    if (event.update.type !== 'fill') return;
    const key = fillKey(event.update.fill);
    if (this.fills.has(key)) throw new Error(`the fill ${key} was told twice`);
    this.fills.set(key, event.update.fill);
  }
}

function termsOf({ kind, level, isBuy }: Extract<Trading, { type: 'submit' }>): OrderTerms {
  const price = priceAt(level);
  const limit = { type: 'limit', price, timeInForce: 'GTC', postOnly: false } as const;
  const trigger = { triggerPrice: price, triggerSource: 'last' } as const;
  const trailing = { type: 'trailing_stop', trailingDeltaBps: 30, triggerSource: 'last' } as const;
  switch (kind) {
    case 'market':
      return { type: 'market' };
    case 'limit':
      return limit;
    case 'post_only':
      return { ...limit, postOnly: true };
    case 'ioc':
      return { ...limit, timeInForce: 'IOC' };
    case 'fok':
      return { ...limit, timeInForce: 'FOK' };
    case 'stop':
      return { type: 'stop_market', ...trigger };
    case 'stop_limit':
      return { type: 'stop_limit', ...trigger, price: priceAt(level + (isBuy ? 2 : -2)), timeInForce: 'GTC' };
    case 'target':
      return { type: 'take_profit', ...trigger, price: null };
    case 'target_limit':
      return { type: 'take_profit', ...trigger, price };
    case 'trailing':
      return { ...trailing, activationPrice: null };
    case 'trailing_from':
      return { ...trailing, activationPrice: price };
  }
}

/** Starts what the step says; requests are answered as time goes on. */
function act(world: World, step: Exclude<Trading, { type: 'restart' | 'wait' | 'funding' }>): Promise<unknown> | null {
  const { broker } = world.paper;
  switch (step.type) {
    case 'submit': {
      const { isBuy, isReducing, units } = step;
      const fields = { side: isBuy ? 'buy' : 'sell', quantity: size(units), reduceOnly: isReducing } as const;
      return broker.submit(world.submission({ ...fields, terms: termsOf(step) }));
    }
    case 'list': {
      const list = { id: asId<OrderListId>(`list-${world.orders.size}`), kind: 'oco' } as const;
      const fields = { side: 'sell', quantity: size(step.units), list } as const;
      const stop = { triggerPrice: priceAt(step.level - step.width), triggerSource: 'last' } as const;
      const target = { price: priceAt(step.level + step.width), timeInForce: 'GTC', postOnly: true } as const;
      return broker.submitList([
        world.submission({ ...fields, terms: { type: 'stop_market', ...stop } }),
        world.submission({ ...fields, terms: { type: 'limit', ...target } }),
      ]);
    }
    case 'cancel': {
      const order = world.picked(step.pick);
      return order === undefined ? null : broker.cancel(order);
    }
    case 'replace': {
      const order = world.picked(step.pick);
      if (order === undefined) return null;
      const { side, terms } = order.intent;
      const changed = 'price' in terms && terms.price !== null ? { ...terms, price: priceAt(step.level) } : terms;
      return broker.replace(order, world.submission({ side, quantity: size(step.units), terms: changed }));
    }
    case 'quote':
      Object.assign(world.shown, { level: step.level, bid: step.bid / 5, ask: step.ask / 5 });
      world.paper.market.quote({
        symbol: world.traded.symbol,
        bid: numberAt(step.level - 1),
        bidQuantity: step.bid / 5,
        ask: numberAt(step.level + 1),
        askQuantity: step.ask / 5,
        time: world.clock.now(),
      });
      return null;
    case 'trade':
      world.shown.last = step.level;
      world.trade(step.units / 5, step.isBuy);
      return null;
  }
}

/** @param restart what happens where the steps say so, when nothing is on its way */
async function run(world: World, steps: readonly Trading[], restart: (world: World) => Promise<void>): Promise<void> {
  const answers: Promise<unknown>[] = [];
  for (const step of steps) {
    if (step.type === 'wait') await world.clock.advance(step.ms);
    else if (step.type === 'funding') {
      world.mark(step.rate / 10_000);
      await world.clock.advance(8 * 3_600_000);
      world.trade(0.1, true);
    } else if (step.type === 'restart') {
      await world.clock.advance(1_000);
      await restart(world);
      world.show();
    } else {
      const answer = act(world, step);
      if (answer !== null) answers.push(answer);
      await world.clock.advance(0);
    }
  }
  await world.clock.advance(1_000);
  await Promise.all(answers);
}

async function ask<Answer>(world: World, request: Promise<Answer>): Promise<Answer> {
  await world.clock.advance(1_000);
  return request;
}

/** Everything that can be asked of the account. */
async function everything(world: World): Promise<unknown> {
  const { broker } = world.paper;
  const orders = [...world.orders.values()];
  return {
    snapshot: await ask(world, broker.snapshot()),
    answers: await ask(world, Promise.all(orders.map((order) => broker.query(order)))),
    fills: await ask(world, broker.fillsSince(world.traded, 0)),
    funding: await ask(world, broker.fundingSince(0)),
  };
}

/** What the account is worth, from its balances, is what the fills have made of the money it began with. */
async function expectMoneyConserved(world: World): Promise<void> {
  const { base, quote, market } = world.traded;
  const { balances, positions } = await ask(world, world.paper.broker.snapshot());
  const heldOf = (asset: string): Decimal => {
    const balance = balances.find((candidate) => candidate.asset === asset);
    return balance === undefined ? new Decimal(0) : balance.free.plus(balance.locked);
  };
  for (const { free, locked } of balances) expect(free.isNegative() || locked.isNegative()).toBe(false);
  let units = new Decimal(0);
  let money = decimal('10000').plus(world.funding);
  let feesInBase = new Decimal(0);
  for (const { side, price, quantity, fee } of world.fills.values()) {
    const bought = side === 'buy' ? quantity : quantity.negated();
    units = units.plus(bought);
    money = money.minus(price.times(bought));
    if (fee.asset === base) feesInBase = feesInBase.plus(fee.amount);
    else money = money.minus(fee.amount);
  }
  if (market === 'spot') {
    expect(heldOf(base)).toEqual(units.minus(feesInBase));
    expect(heldOf(quote)).toEqual(money);
    return;
  }
  const held = positions.reduce(
    (sum, { side, quantity }) => (side === 'long' ? sum.plus(quantity) : sum.minus(quantity)),
    new Decimal(0),
  );
  const unrealized = positions.reduce((sum, { unrealizedPnl }) => sum.plus(unrealizedPnl), new Decimal(0));
  expect(held).toEqual(units);
  expect(heldOf(quote).plus(unrealized)).toEqual(money.plus(units.times(priceAt(world.shown.last))));
}

const steps = fc.array(arbitraryTrading, { maxLength: 80, size: 'max' });

for (const traded of [instrument(), futuresInstrument()]) {
  it(`conserves money to the last digit on ${traded.market}`, async () => {
    await fc.assert(
      fc.asyncProperty(steps, async (sequence) => {
        const world = new World(traded);
        await run(world, sequence, async () => undefined);
        await expectMoneyConserved(world);
      }),
      { numRuns: 80 },
    );
  });

  it(`ends as without a restart when it is restarted in the middle, on ${traded.market}`, async () => {
    const restart = async (world: World): Promise<void> => {
      await world.paper.broker.close();
      world.paper = world.open();
    };
    await fc.assert(
      fc.asyncProperty(steps, async (sequence) => {
        const [steady, restarted] = [new World(traded), new World(traded)];
        await run(steady, sequence, async () => undefined);
        await run(restarted, sequence, restart);
        expect(restarted.events).toEqual(steady.events);
        expect(await everything(restarted)).toEqual(await everything(steady));
      }),
      { numRuns: 80 },
    );
  });

  it(`loses nothing that was told when it crashes, on ${traded.market}`, async () => {
    const crash = async (world: World): Promise<void> => {
      world.abandon();
      world.paper = world.open();
      const reported = await ask(world, world.paper.broker.fillsSince(world.traded, 0));
      expect(reported.map(({ fill }) => fillKey(fill)).toSorted()).toEqual([...world.fills.keys()].toSorted());
      world.show();
      await expectMoneyConserved(world);
    };
    await fc.assert(
      fc.asyncProperty(steps, async (sequence) => {
        const world = new World(traded);
        await run(world, sequence, crash);
        await expectMoneyConserved(world);
      }),
      { numRuns: 80 },
    );
  });
}
