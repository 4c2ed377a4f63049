import { Decimal } from '../../src/domain/decimal.ts';
import { isFinal } from '../../src/domain/order/order.ts';
import { isLeftAlone } from '../../src/domain/position/protection.ts';
import type { Position } from '../../src/domain/position/position.ts';
import type { Submission } from '../../src/ports/broker.ts';
import { checkBooks, IMPORTED } from './check-books.ts';
import type { Rule, Violation } from './rules.ts';
import { isOwnId, VenueFacts } from './venue-facts.ts';
import type { FactOrder } from './venue-facts.ts';
import { traderId } from './world.ts';
import type { World } from './world.ts';

/** So long the exchange may know better than the program before it is a fault: one reconciliation, and what it sets off. */
const UNTOLD_MS = 150_000;
/** So long another instance may trade unseen: until a dead stream is noticed, and two looks at what was missed on it. */
const UNSEEN_OTHER_MS = 240_000;
/** So long a stop may rest nowhere before a person must have been told. */
const UNALERTED_MS = 60_000;
/** So long after its start a spot position is not sold while it is not known what a run before has sold. */
const UNTOLD_FILLS_MS = 75_000;
/** So long a stop that the program guards itself may be passed before the close is on its way. */
const GUARD_MS = 10_000;
const MAX_VIOLATIONS = 20;

/** Looks after the rules while an episode goes on, and at its end. */
export class Checks {
  readonly violations: Violation[] = [];
  readonly #world: World;
  readonly #facts: VenueFacts;
  /** False from when pausing or killing was confirmed until resuming was asked for. */
  mayOpen = true;
  /** Since when another instance trades here without the user's word on it, milliseconds UTC. */
  #intruderSince = Infinity;
  #hadIntruder = false;
  #reassuredRun = 0;
  /** Orders of others that their owner has cancelled. */
  readonly cancelledByHand = new Set<string>();
  /** Spot symbols of which the user has sold units of ours. */
  readonly soldByHand = new Set<string>();
  /** What has been wrong since when, and ceases to be a matter of time. */
  readonly #since = new Map<string, number>();
  readonly #foreign = new Map<string, FactOrder>();
  /** The exposure that was allowed when an entry was sent for the first time. */
  readonly #allowed = new Map<string, Decimal>();
  #seenRequests = 0;

  constructor(world: World) {
    this.#world = world;
    this.#facts = new VenueFacts(world);
  }

  get facts(): VenueFacts {
    return this.#facts;
  }

  /** Another instance has sent an order. */
  intruded(): void {
    this.#hadIntruder = true;
    if (this.#reassuredRun === this.#world.startedAt.length) return;
    this.#intruderSince = Math.min(this.#intruderSince, this.#world.clock.now());
  }

  /** The user says that all is well, by taking the account over; or by resuming, which holds as long as the program runs. */
  reassured(isForTheRun: boolean): void {
    if (isForTheRun && this.#intruderSince < Infinity) this.#reassuredRun = this.#world.startedAt.length;
    this.#intruderSince = Infinity;
  }

  /** A submission as it leaves the engine. */
  submitted({ intent, clientOrderId }: Submission): void {
    if (intent.leg !== 'entry') return;
    const { engine, plan } = this.#world;
    if (!this.mayOpen) this.#note('opening_stopped', `${clientOrderId} was sent although opening is stopped`);
    if (engine === null) return;
    const aloneMs = this.#world.clock.now() - Math.max(this.#intruderSince, this.#world.upSince);
    if (aloneMs > UNSEEN_OTHER_MS) this.#note('one_engine', `${clientOrderId} was sent beside another instance`);
    const { breaker, equity } = engine.handle.status();
    if (breaker.status !== 'closed') this.#note('opening_stopped', `${clientOrderId} was sent by a tripped breaker`);
    // What others have opened meanwhile does not count against an entry that was let pass before.
    const others = engine.handle
      .positions()
      .filter(({ symbol, openReason }) => symbol !== intent.symbol && openReason !== IMPORTED);
    if (others.length >= plan.limits.maxOpenPositions) this.#note('limits', `${clientOrderId}: too many positions`);
    const ofTrader = others.filter((each) => each.traderId !== null && each.traderId === intent.traderId);
    const most = plan.traders.find((_, place) => traderId(place) === intent.traderId)?.maxPositions ?? Infinity;
    if (ofTrader.length >= most) this.#note('limits', `${clientOrderId}: too many positions of its trader`);
    const { maxExposurePct } = plan.limits;
    if (maxExposurePct === null) return;
    const worth = (symbol: string, quantity: Decimal): Decimal => quantity.times(this.#world.lastPrice(symbol));
    const exposure = engine.handle
      .positions()
      .filter(({ openReason }) => openReason !== IMPORTED)
      .reduce((sum, each) => sum.plus(worth(each.symbol, each.quantity)), worth(intent.symbol, intent.quantity));
    // Prices move between the decision and here; and what was decided is sent up to three times, whatever is lost meanwhile.
    const allowed = this.#allowed.get(intent.id) ?? equity.times(maxExposurePct).dividedBy(100).times('1.1');
    this.#allowed.set(intent.id, allowed);
    if (exposure.greaterThan(allowed)) this.#note('limits', `${clientOrderId}: exposure ${exposure.toFixed(2)}`);
  }

  /** What holds at every moment. */
  check(): void {
    const { engine, errors } = this.#world;
    for (const error of errors.splice(0)) if (!this.#isExpected(error)) this.#note('no_fault', error);
    this.#checkRequests();
    this.#checkForeignOrders();
    this.#checkHedgeTold();
    if (engine === null) {
      this.#since.clear();
      return;
    }
    this.#facts.noteUp();
    const positions = engine.handle.positions();
    if (new Set(positions.map(({ symbol }) => symbol)).size < positions.length) {
      this.#note('limits', 'two positions in one symbol');
    }
    for (const order of engine.handle.orders()) {
      if (order.execution.filledQuantity.greaterThan(order.intent.quantity)) {
        this.#note('books_equal_venue', `${order.clientOrderId} is filled beyond its size`);
      }
    }
    for (const position of positions) {
      if (isLeftAlone(position)) this.#checkLeftAlone(position);
      else this.#checkGuard(position);
    }
  }

  /** Whether everything that is to hold at rest does so at this moment; nothing is noted. */
  isAtRest(): boolean {
    const known = this.violations.length;
    this.checkAtRest();
    return this.violations.splice(known).length === 0;
  }

  /** What holds once everything has come to rest. */
  checkAtRest(): void {
    const { engine } = this.#world;
    if (engine === null) {
      this.#note('no_fault', 'the program does not come up');
      return;
    }
    checkBooks(this.#world, this, (rule, what) => this.#note(rule, what));
    for (const position of engine.handle.positions().filter((each) => !isLeftAlone(each))) {
      const { guard } = position.protection;
      if (guard !== 'venue' && !this.#isTooSmall(position) && !this.#isStranded(position)) {
        this.#note('protected', `${position.symbol} is guarded by ${guard} when all is calm`);
      }
      const lack = this.#lackOf(position);
      if (lack !== null) this.#note('protected', lack);
    }
    // What became of an entry is not told any more where its symbol has left the exchange.
    const signals = engine.handle.signals().filter(({ symbol }) => !this.#world.delisted.has(symbol));
    for (const signal of signals) {
      const { status } = signal.state;
      const isOver = ['executed', 'rejected', 'cancelled', 'expired'].includes(status);
      if (!isOver) this.#note('none_forgotten', `signal ${signal.id} is still ${status}`);
    }
  }

  /** Prices have run through the stops of these positions: whoever guards them, they must be gone. */
  checkGone(passed: readonly Position[]): void {
    const left = new Set(this.#world.engine?.handle.positions().map(({ id }) => id));
    for (const { symbol } of passed.filter(({ id }) => left.has(id)))
      this.#note('protected', `${symbol} is still open beyond its stop`);
  }

  note(rule: Rule, what: string): void {
    this.#note(rule, what);
  }

  #note(rule: Rule, what: string): void {
    if (this.violations.length >= MAX_VIOLATIONS) return;
    if (this.violations.some((known) => known.rule === rule && known.what === what)) return;
    this.violations.push({ rule, at: this.#world.clock.now(), what });
  }

  /** Notes what has been so for too long. */
  #noteAfter(ms: number, rule: Rule, wrong: { readonly key: string; readonly what: string | null }): void {
    const { key, what } = wrong;
    const now = this.#world.clock.now();
    if (what === null) {
      this.#since.delete(key);
      return;
    }
    const since = this.#since.get(key) ?? now;
    this.#since.set(key, since);
    if (now - since > ms) this.#note(rule, what);
  }

  /** Who has two positions in a symbol has to hear that the program cannot deal with them. */
  #checkHedgeTold(): void {
    const { engine, isHedged, alerts, network, clock } = this.#world;
    const isHeard = engine !== null && clock.now() >= network.terms.downUntil;
    const hasLegs = isHedged && isHeard && this.#facts.hasLegs();
    const isTold = alerts.some(({ text }) => /hedge mode/i.test(text));
    const what = hasLegs && !isTold ? 'nobody heard that the account is in hedge mode' : null;
    this.#noteAfter(UNTOLD_MS, 'told', { key: 'hedge', what });
  }

  /** Nothing is done for a position that is not ours. */
  #checkLeftAlone({ symbol, id }: Position): void {
    if (this.#world.plan.importedPositions === 'stop') this.#note('protected', `${symbol} was found and has no stop`);
    const order = this.#facts.working().find((each) => each.isOwn && each.symbol === symbol);
    const what = order === undefined ? null : `${order.clientOrderId} works for a position of the user's in ${symbol}`;
    this.#noteAfter(UNTOLD_MS, 'users_own', { key: `${id} left alone`, what });
  }

  #checkGuard(position: Position): void {
    const { protection, symbol, id } = position;
    const world = this.#world;
    if (protection.guard === 'none') this.#note('protected', `${symbol} has no guard: ${protection.cause}`);
    const isCalm = world.clock.now() >= world.network.terms.downUntil;
    const lack = protection.guard === 'venue' && isCalm ? this.#lackOf(position) : null;
    this.#noteAfter(UNTOLD_MS, 'protected', { key: `${id} lack`, what: lack });
    const isUntold =
      protection.guard !== 'venue' && !this.#hasStop(position) && !this.#isAlerted(symbol) && !this.#isSold(position);
    // What became of a stop that the books know cannot be known while nothing can be reached.
    const untold = isUntold && isCalm ? `${symbol}: no stop rests at the exchange, and nobody was told` : null;
    // One that somebody has cancelled is known to be gone once the exchange could be asked.
    const isBelieved = this.#isBelieved(id);
    this.#noteAfter(UNTOLD_MS, 'protected', { key: `${id} believed`, what: isBelieved ? untold : null });
    this.#noteAfter(UNALERTED_MS, 'protected', { key: `${id} alert`, what: isBelieved ? null : untold });
    this.#noteAfter(GUARD_MS, 'protected', { key: `${id} passed`, what: this.#passedStop(position) });
  }

  /** The exchange takes no stop over so little: then it has to be told. */
  #isTooSmall({ symbol, quantity, protection, market }: Position): boolean {
    const rules = this.#world.rules().find((each) => each.symbol === symbol)?.rules;
    const least = rules?.notional?.min ?? null;
    if (market === 'futures' || rules === undefined || least === null || protection.stopPrice === null) return false;
    const takes = quantity.dividedToIntegerBy(rules.step).times(rules.step);
    return takes.times(protection.stopPrice).lessThan(least) && this.#isAlerted(symbol);
  }

  /** Its symbol has left the exchange, which takes no order of it: then its user has to be told. */
  #isStranded({ symbol }: Position): boolean {
    return this.#world.delisted.has(symbol) && this.#isAlerted(symbol);
  }

  /** The exchange has sold it and tells so later. */
  #isSold({ market, base, quantity }: Position): boolean {
    return market === 'spot' && this.#facts.ofUs(base).lessThan(quantity.dividedBy(2));
  }

  /** A stop of ours rests at the exchange, wherever the program wants it to stand by now. */
  #hasStop({ symbol, side }: Position): boolean {
    return this.#facts.working().some((order) => {
      const closes = (order.side === 'sell') === (side === 'long');
      return order.isOwn && order.symbol === symbol && order.triggerPrice !== null && closes;
    });
  }

  /** By its books the program has a stop at the exchange. */
  #isBelieved(positionId: string): boolean {
    const orders = this.#world.engine?.handle.orders() ?? [];
    return orders.some(({ intent, state }) => {
      return intent.positionId === positionId && intent.leg === 'stop' && state.status === 'open';
    });
  }

  #isAlerted(symbol: string): boolean {
    return this.#world.alerts.some(({ text }) => text.includes(symbol) && !text.includes('the close waits'));
  }

  /** A stop that the program guards and that the price has passed, without a close on its way. */
  #passedStop({ protection, symbol, side, id, market }: Position): string | null {
    const { feed, engine, network, clock, delisted, upSince } = this.#world;
    if (protection.guard !== 'local' || delisted.has(symbol) || feed?.isDown !== false || engine === null) return null;
    if (clock.now() < network.terms.downUntil) return null;
    if (market === 'spot' && clock.now() - upSince < UNTOLD_FILLS_MS) return null;
    const last = this.#world.lastPrice(symbol);
    const stop = protection.stopPrice.toNumber();
    if (side === 'long' ? last > stop : last < stop) return null;
    const isClosing = engine.handle.orders().some(({ intent }) => intent.positionId === id && intent.leg === 'exit');
    return isClosing ? null : `${symbol}: the price is beyond the stop at ${stop}, and nothing closes`;
  }

  /** What the exchange lacks of the stop that the books say rests there. */
  #lackOf({ symbol, side, quantity, protection }: Position): string | null {
    if (protection.guard !== 'venue') return null;
    const { engine, plan } = this.#world;
    const order = engine?.handle.orders().find(({ intent }) => intent.id === protection.stopOrderId);
    const resting = this.#facts.working().find(({ clientOrderId }) => clientOrderId === order?.clientOrderId);
    if (resting === undefined)
      return `${symbol}: the stop ${order?.clientOrderId ?? '?'} does not rest at the exchange`;
    if ((resting.side === 'sell') !== (side === 'long')) return `${symbol}: the stop is on the wrong side`;
    const step = this.#world.rules().find((each) => each.symbol === symbol)?.rules.step ?? new Decimal(0);
    const bare = quantity.minus(resting.left ?? quantity);
    // Of a position that is about to be reduced, the stop is made smaller first.
    const exits = engine?.handle.orders().some((each) => {
      return each.intent.symbol === symbol && each.intent.leg === 'exit' && !isFinal(each.state.status);
    });
    if (bare.greaterThanOrEqualTo(step) && exits !== true) {
      return `${symbol}: the stop covers ${resting.left?.toFixed() ?? 'all'} of ${quantity.toFixed()} (${plan.market})`;
    }
    return null;
  }

  /** Looks at what the program asks of the exchange. */
  #checkRequests(): void {
    const { requests } = this.#world;
    for (; this.#seenRequests < requests.length; this.#seenRequests += 1) {
      const request = requests[this.#seenRequests];
      if (request === undefined || request.method !== 'DELETE') continue;
      const params = new URLSearchParams(request.text);
      const ids = ['origClientOrderId', 'clientAlgoId', 'cancelOrigClientOrderId'].flatMap((name) => {
        return params.get(name) ?? [];
      });
      const isOwnOnly = ids.length > 0 ? ids.every(isOwnId) : params.has('orderId');
      const isKey = request.path.endsWith('listenKey');
      if (!isOwnOnly && !isKey)
        this.#note('users_own', `${request.path} asks to cancel ${ids.join(' ') || 'everything'}`);
    }
  }

  /** Orders of others go only by being filled, by their owner's hand, or as there is nothing left to reduce. */
  #checkForeignOrders(): void {
    const working = new Map(
      this.#facts
        .working()
        .filter(({ isOwn }) => !isOwn)
        .map((order) => [order.clientOrderId, order]),
    );
    for (const [id, order] of this.#foreign) {
      if (working.has(id)) continue;
      this.#foreign.delete(id);
      const history = this.#world.exchange.venue.desks[this.#world.plan.market].history('main');
      const report = history.order(order.symbol, { orderId: null, clientOrderId: id });
      const isOurDoing = report?.status === 'cancelled' && !this.cancelledByHand.has(id);
      if (isOurDoing) this.#note('users_own', `the user's order ${id} was cancelled`);
    }
    for (const [id, order] of working) this.#foreign.set(id, order);
  }

  /** What the program reports as errors when the exchange or the store do not answer, or the account is not as it must be. */
  #isExpected(error: string): boolean {
    if (error.includes('(ACCOUNT_IN_USE)')) return this.#hadIntruder || this.#world.mustTakeOver;
    if (error.includes('(HEDGE_MODE)')) return this.#world.wasHedged;
    return /could not be held against the exchange|EXCHANGE_UNREACHABLE|CLOCK_REFUSED/.test(error);
  }
}
