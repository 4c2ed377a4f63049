import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { Decimal, money, quantity } from '../../src/domain/decimal.ts';
import { fillKey } from '../../src/domain/fill.ts';
import type { RiskLimits } from '../../src/domain/risk.ts';
import { parseLevel } from '../../src/domain/levels.ts';
import { asId } from '../../src/domain/ids.ts';
import { isFinal } from '../../src/domain/order/order.ts';
import { realizedPnl } from '../../src/domain/position/ledger.ts';
import type { Position } from '../../src/domain/position/position.ts';
import { isLeftAlone } from '../../src/domain/position/protection.ts';
import type { Submission } from '../../src/ports/broker.ts';
import { action, actionOfOthers, SYMBOLS } from './random-actions.ts';
import type { Action } from './random-actions.ts';
import { ScriptedWorld } from './scripted-world.ts';
import type { WorldOptions } from './scripted-world.ts';

const MAX_POSITIONS = 2;
const START_CASH = '10000';

/** A world under random events, and what has to hold of it after each. */
class Trial {
  readonly world: ScriptedWorld;
  readonly #tightest = new Map<string, Decimal>();
  #entriesAllowed = true;
  /** Entries that were sent while nothing may be opened. */
  readonly #forbidden: string[] = [];

  readonly #limits: Partial<RiskLimits>;

  private constructor(world: ScriptedWorld, limits: Partial<RiskLimits>) {
    this.world = world;
    this.#limits = limits;
    this.#arm();
  }

  static async begin(options: WorldOptions): Promise<Trial> {
    const limits = options.limits ?? { maxOpenPositions: MAX_POSITIONS };
    const world = await ScriptedWorld.open({
      ...{ symbols: SYMBOLS, limits, cash: START_CASH, feeBps: 4 },
      trader: { reverse: true },
      exits: { trailing: parseLevel('8%'), breakEven: parseLevel('1r') },
      ...options,
    });
    return new Trial(world, limits);
  }

  async perform(step: Action): Promise<void> {
    await this.#carryOut(step);
    if (!this.world.isAlive) await this.#restart();
    this.check();
  }

  async #restart(): Promise<void> {
    this.#arm();
    await this.world.crash();
  }

  #arm(): void {
    const { store, broker } = this.world;
    store.beforeCommit = () => undefined;
    broker.beforeSubmit = (submission) => this.#watchEntry(submission);
  }

  #watchEntry({ intent, clientOrderId }: Submission): void {
    if (intent.leg !== 'entry') return;
    const { world } = this;
    const isOpen = world.engine.handle.status().breaker.status === 'closed';
    if (!this.#entriesAllowed || !isOpen) this.#forbidden.push(`${clientOrderId}: opening is stopped`);
    const worth = (symbol: string, quantity: Decimal): Decimal => quantity.times(world.priceOf(symbol));
    const after = world.positions
      .filter(isOurs)
      .reduce(
        (sum, position) => sum.plus(worth(position.symbol, position.quantity)),
        worth(intent.symbol, intent.quantity),
      );
    const { maxExposurePct = null } = this.#limits;
    // Equity moves little here: positions are a hundredth of it.
    const most = new Decimal(START_CASH)
      .times(1.05)
      .times(maxExposurePct ?? 100)
      .dividedBy(100);
    if (after.greaterThan(most)) this.#forbidden.push(`${clientOrderId}: exposure ${after.toFixed()}`);
  }

  async #carryOut(step: Action): Promise<void> {
    const { world } = this;
    const { broker, clock } = world;
    switch (step.do) {
      case 'signal':
        return world.signal(step.symbol, step.side, { stop: '4%', targets: step.target ? ['3%', '6%'] : [] });
      case 'move': {
        const to = new Decimal(world.priceOf(step.symbol)).times(100 + step.percent).dividedBy(100);
        world.tick(step.symbol, Decimal.max(to, 20).toFixed(2));
        return clock.advance(0);
      }
      case 'wait':
        return clock.advance(step.ms);
      case 'pause':
        await world.execute({ type: 'pause_opening', reason: 'a test' });
        // A command that the program did not live to store is none.
        if (world.isAlive) this.#entriesAllowed = false;
        return;
      case 'resume':
        this.#entriesAllowed = true;
        return world.execute({ type: 'resume_opening' });
      case 'kill':
        await world.execute({ type: 'kill', keepPositions: step.keep, reason: 'a test' });
        if (world.isAlive) this.#entriesAllowed = false;
        return;
      case 'restart':
        return this.#restart();
      case 'close':
      case 'tighten':
        return this.#edit(step);
      case 'script':
        broker.script(step.leg, step.fate);
        return;
      case 'fill_entry': {
        const [order] = broker.working('entry');
        if (order === undefined) return;
        const left = order.intent.quantity.minus(order.filled);
        const part = left.times(step.part).toDecimalPlaces(3);
        broker.fill(order, quantity(part.isZero() ? left : part));
        return clock.advance(0);
      }
      case 'end_stop': {
        const [stop] = broker.working('stop');
        if (stop !== undefined) broker.end(stop, 'taken away');
        return clock.advance(0);
      }
      case 'mute':
        broker.isMuted = step.on;
        return;
      case 'garble':
        broker.isGarbled = step.on;
        return;
      case 'unreachable':
        broker.isUnreachable = step.on;
        return;
      case 'others':
        return this.#tradeOfOthers(step);
      case 'funding':
        if (!broker.held(step.symbol).isZero() && world.market === 'futures')
          broker.payFunding(step.symbol, money(String(step.amount)));
        return clock.advance(0);
      case 'die_at':
        this.#dieAt(step);
    }
  }

  async #edit(step: Extract<Action, { do: 'close' | 'tighten' }>): Promise<void> {
    const position = this.world.position(step.symbol);
    if (position === undefined) return;
    const positionId = position.id;
    const away = (position.side === 'long' ? -1 : 1) * ('percent' in step ? step.percent : 0);
    const stop = new Decimal(this.world.priceOf(step.symbol))
      .times(100 + away)
      .dividedBy(100)
      .toFixed(2);
    // What makes no sense by now is refused; that it was is no concern here.
    const done =
      step.do === 'close'
        ? this.world.execute({ type: 'close_position', positionId, fraction: new Decimal(step.part) })
        : this.world.execute({ type: 'change_protection', positionId, change: { stopLoss: parseLevel(stop) } });
    await done.catch(() => undefined);
  }

  /** On spot others take no more than there is. */
  async #tradeOfOthers({ symbol, units }: Extract<Action, { do: 'others' }>): Promise<void> {
    const { broker, clock, market } = this.world;
    const held = broker.held(symbol);
    const change = new Decimal(units);
    if (market === 'futures' || held.plus(change).greaterThanOrEqualTo(0)) broker.takeAway(symbol, change.negated());
    return clock.advance(0);
  }

  #dieAt({ what, count }: Extract<Action, { do: 'die_at' }>): void {
    const { world } = this;
    let left = count;
    const tick = (): void => {
      left -= 1;
      if (left === 0) world.die();
    };
    if (what === 'commit') world.store.beforeCommit = tick;
    else {
      world.broker.beforeSubmit = (submission) => {
        this.#watchEntry(submission);
        tick();
      };
    }
  }

  /** What holds at every moment. */
  check(): void {
    const { world } = this;
    const { positions } = world;
    // An exchange that does not answer is an error; anything else would be a fault of the engine.
    expect(world.errors.filter((message) => !message.endsWith('unreachable'))).toEqual([]);
    expect(this.#forbidden, 'entries while nothing may be opened').toEqual([]);
    for (const position of positions.filter(isOurs)) this.#checkPosition(position);
    for (const position of world.store.positions.values()) {
      const { state, protection } = position;
      if (state.status === 'open' && isOurs(position)) {
        expect(protection.guard, 'stored without a guard').not.toBe('none');
      }
    }
    expect(new Set(positions.map((position) => position.symbol)).size).toBe(positions.length);
    const ours = positions.filter(({ traderId }) => traderId !== null);
    expect(ours.length).toBeLessThanOrEqual(this.#limits.maxOpenPositions ?? Infinity);
    for (const order of world.engine.handle.orders()) {
      expect(order.execution.filledQuantity.lessThanOrEqualTo(order.intent.quantity)).toBe(true);
    }
    expect(world.broker.repeated, 'client order ids given twice').toEqual([]);
  }

  #checkPosition(position: Position): void {
    const { protection, side, id } = position;
    expect(protection.guard, 'a position without a guard').not.toBe('none');
    const stop = protection.stopPrice;
    const before = this.#tightest.get(id);
    if (stop === null) throw new Error('a position without a stop');
    if (before !== undefined) {
      const isTighter = side === 'long' ? stop.greaterThanOrEqualTo(before) : stop.lessThanOrEqualTo(before);
      expect(isTighter, `the stop went from ${before.toFixed()} to ${stop.toFixed()}`).toBe(true);
    }
    this.#tightest.set(id, stop);
  }

  /** Lets everything come to rest, with a venue that answers. */
  async settle(): Promise<void> {
    const { broker, clock } = this.world;
    this.#arm();
    broker.isMuted = false;
    broker.isGarbled = false;
    broker.isUnreachable = false;
    broker.forgetScripts();
    for (let minute = 0; minute < 5; minute += 1) {
      await clock.advance(60_000);
      this.check();
    }
    // What still works without being filled is a scripted market order: it fills now.
    for (const order of broker.working()) if (order.intent.terms.type === 'market') broker.fill(order);
    for (let minute = 0; minute < 8; minute += 1) {
      this.world.tickAll();
      await clock.advance(60_000);
      this.check();
    }
  }

  /** What holds once everything has come to rest. */
  checkAtRest(): void {
    this.#checkHoldings();
    this.#checkBooks();
    this.#checkMoney();
  }

  /** What holds at rest when others have traded on the account, too: the venue's word is the truth. */
  checkBesideOthers(): void {
    const { world } = this;
    this.#checkBooks();
    for (const each of SYMBOLS) {
      const position = world.position(each);
      const held = world.broker.held(each);
      const inBooks = position?.quantity.times(position.side === 'short' ? -1 : 1) ?? new Decimal(0);
      const beyond = held.minus(inBooks);
      if (world.market === 'spot' || (position !== undefined && isOurs(position))) {
        const isSameSide = inBooks.isZero() || held.isNegative() === inBooks.isNegative();
        expect(isSameSide && held.abs().greaterThanOrEqualTo(inBooks.abs()), `${each}: the books hold more`).toBe(true);
      } else expect(beyond.toFixed(), `${each}: units in no book`).toBe('0');
    }
  }

  /** A look at an account that is as the books say changes nothing. */
  async checkConvergence(): Promise<void> {
    const { broker, clock, store } = this.world;
    const records = store.audit.length;
    for (let look = 0; look < 2; look += 1) {
      broker.tell({ type: 'account_stream_connected', accountId: asId('account') });
      await clock.advance(100);
    }
    expect(store.audit.slice(records)).toEqual([]);
  }

  #checkHoldings(): void {
    const { world } = this;
    for (const each of SYMBOLS) {
      const position = world.position(each);
      const sign = position?.side === 'short' ? -1 : 1;
      const inBooks = position?.quantity.times(sign) ?? new Decimal(0);
      const units = inBooks.plus(this.#dustOf(each, 'quantity'));
      expect(world.broker.held(each).toFixed(), `units of ${each}`).toBe(units.toFixed());
      if (!world.broker.capabilities.residentStops) continue;
      const stops = world.broker.working('stop').filter(({ intent }) => intent.symbol === each);
      const whole = position?.quantity.toDecimalPlaces(3, Decimal.ROUND_DOWN);
      expect(stops.map(({ intent }) => intent.quantity.toFixed())).toEqual(whole ? [whole.toFixed()] : []);
      if (position !== undefined) expect(position.protection.guard).toBe('venue');
    }
    expect(world.broker.working().filter(({ intent }) => intent.leg !== 'stop')).toEqual([]);
  }

  /** What was booked as dust of a symbol so far: it is held, and was paid for. */
  #dustOf(wanted: string | null, figure: 'quantity' | 'cost'): Decimal {
    return [...this.world.store.trades.values()].reduce<Decimal>((sum, trade) => {
      return wanted === null || trade.symbol === wanted ? sum.plus(trade.dust?.[figure] ?? 0) : sum;
    }, new Decimal(0));
  }

  #checkBooks(): void {
    const { store, broker, engine } = this.world;
    const booked = [...store.fills.keys()].toSorted();
    expect(booked).toEqual(broker.fills.map(({ fill }) => fillKey(fill)).toSorted());
    const open = [...store.positions.values()].filter(({ state }) => state.status === 'open');
    expect(open.map(({ id }) => id).toSorted()).toEqual(this.world.positions.map(({ id }) => id).toSorted());
    const stopIds = new Set<string>(broker.working('stop').map(({ clientOrderId }) => clientOrderId));
    for (const order of store.orders.values()) {
      if (!stopIds.has(order.clientOrderId)) expect(isFinal(order.state.status), order.state.status).toBe(true);
    }
    for (const signal of engine.handle.signals()) {
      expect(['executed', 'rejected', 'cancelled', 'expired']).toContain(signal.state.status);
    }
  }

  #checkMoney(): void {
    const { store, broker, positions, market } = this.world;
    const sum = (values: readonly Decimal[]): Decimal =>
      values.reduce((total, value) => total.plus(value), new Decimal(0));
    const paid = sum(broker.funding.map(({ amount }) => amount));
    expect(sum([...store.funding.values()].map((amount) => new Decimal(amount))).toFixed(), 'funding').toBe(
      paid.toFixed(),
    );
    const results = [
      ...[...store.trades.values()].map(({ pnl, funding }) => pnl.minus(funding)),
      ...positions.map((position) => realizedPnl(position).minus(position.totals.funding)),
    ];
    const gained = sum(results).plus(paid);
    const bound = market === 'spot' ? sum(positions.map(({ openCost }) => openCost)) : new Decimal(0);
    const expected = new Decimal(START_CASH).plus(gained).minus(bound).minus(this.#dustOf(null, 'cost'));
    expect(broker.cash.minus(expected).abs().toNumber(), 'money that came from or went nowhere').toBeLessThan(1e-20);
  }

  /** Prices run through every stop: whoever guards it, the position must be gone. */
  async runThroughStops(): Promise<void> {
    const { world } = this;
    for (const { symbol: each, side } of world.positions) world.tick(each, side === 'long' ? '5' : '900');
    await world.clock.advance(10_000);
    expect(world.positions).toEqual([]);
    for (const each of SYMBOLS)
      expect(world.broker.held(each).toFixed()).toBe(this.#dustOf(each, 'quantity').toFixed());
    this.#checkMoney();
  }
}

/** Somebody else's are left alone. */
function isOurs(position: Position): boolean {
  return !isLeftAlone(position);
}

const VENUES: Readonly<Record<string, WorldOptions>> = {
  futures: { market: 'futures' },
  spot: { market: 'spot' },
  'spot, with fees in base': { market: 'spot', feeInBase: true },
  'spot, without replacing in one step': { market: 'spot', capabilities: { atomicReplace: false } },
  'futures, with little exposure allowed': {
    market: 'futures',
    limits: { maxOpenPositions: 3, maxExposurePct: new Decimal('2.05') },
  },
  'spot, with little loss allowed': {
    market: 'spot',
    limits: { maxOpenPositions: 2, maxDailyLossPct: new Decimal('0.05'), maxConsecutiveLosses: 2 },
  },
  'futures, without stops at the venue': { market: 'futures', capabilities: { residentStops: false } },
};

/** For longer hunts by hand: RUNS and LENGTH make them longer, SEED repeats one. */
const { RUNS = '25', LENGTH = '30', SEED } = process.env;

describe.each(Object.entries(VENUES))('under random events on %s', (_, options) => {
  it('money is conserved, every position guarded, nothing doubled, nothing lost', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(action, { minLength: 3, maxLength: Number(LENGTH) }), async (actions) => {
        const trial = await Trial.begin(options);
        for (const step of actions) await trial.perform(step);
        await trial.settle();
        trial.checkAtRest();
        await trial.checkConvergence();
        await trial.runThroughStops();
      }),
      { numRuns: Number(RUNS), ...(SEED === undefined ? {} : { seed: Number(SEED) }) },
    );
  }, 300_000);
});

const SHARED: Readonly<Record<string, WorldOptions>> = {
  futures: { market: 'futures' },
  'futures, with stops for what is found': { market: 'futures', importedPositions: 'stop' },
  'spot, without stops at the venue': { market: 'spot', capabilities: { residentStops: false } },
};

describe.each(Object.entries(SHARED))('under random events beside others on %s', (_, options) => {
  it('the books come to say what the venue says, and every position of ours is guarded', async () => {
    const either = fc.oneof({ weight: 5, arbitrary: action }, { weight: 1, arbitrary: actionOfOthers });
    await fc.assert(
      fc.asyncProperty(fc.array(either, { minLength: 3, maxLength: Number(LENGTH) }), async (actions) => {
        const trial = await Trial.begin(options);
        for (const step of actions) await trial.perform(step);
        await trial.settle();
        trial.checkBesideOthers();
        await trial.checkConvergence();
      }),
      { numRuns: Number(RUNS), ...(SEED === undefined ? {} : { seed: Number(SEED) }) },
    );
  }, 300_000);
});
