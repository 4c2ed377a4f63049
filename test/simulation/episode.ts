import { createHash } from 'node:crypto';

import { Decimal } from '../../src/domain/decimal.ts';
import { asId } from '../../src/domain/ids.ts';
import { parseLevel } from '../../src/domain/levels.ts';
import { isLeftAlone } from '../../src/domain/position/protection.ts';
import { MINUTE_MS, SECOND_MS } from '../../src/domain/time.ts';
import type { FilterMatch } from '../../src/ports/filter-sandbox.ts';
import { Checks } from './checks.ts';
import { Disturbances } from './disturbances.ts';
import { Draw } from './draw.ts';
import { Hands } from './hands.ts';
import { HAPPENINGS } from './happenings.ts';
import type { Happening } from './happenings.ts';
import type { Plan } from './plan.ts';
import { drawPlan } from './plan.ts';
import type { Violation } from './rules.ts';
import { happeningsOf } from './strains.ts';
import type { Strain } from './strains.ts';
import type { Spoil } from './world.ts';
import { LOOK_MS } from './venue-facts.ts';
import type { VenueSeats } from './venue-class.ts';
import { World } from './world.ts';

export interface EpisodeOptions {
  readonly seed: number;
  readonly venueClass: VenueSeats;
  /** How long it lasts before it comes to rest; default: drawn. */
  readonly minutes?: number;
  /** What it sees besides what is drawn. */
  readonly strains?: readonly Strain[];
  /** A bug on purpose. */
  readonly spoil?: Spoil;
  /** Hears what happens, for a person who looks for the cause of a failure. */
  readonly tell?: (line: string) => void;
}

export interface EpisodeReport {
  readonly seed: number;
  readonly violations: readonly Violation[];
  readonly simulatedMs: number;
  readonly requests: number;
  readonly fills: number;
  readonly trades: number;
  readonly runs: number;
  /** Of the audit log and of the requests. */
  readonly digest: string;
}

/** How often what is to hold at rest is looked at before it counts as broken. */
const REST_LOOKS = 3;
const SETTLE_MINUTES = 5;

/** One simulated life of an account, drawn from a seed. */
export class Episode {
  readonly #options: EpisodeOptions;
  readonly #draw: Draw;
  readonly #world: World;
  readonly #checks: Checks;
  readonly #hands: Hands;
  #feedBackAt = Infinity;
  readonly #disturbances: Disturbances;

  constructor(options: EpisodeOptions) {
    this.#options = options;
    const draw = new Draw(options.seed);
    const plan = drawPlan(draw, { minutes: options.minutes ?? null, strains: options.strains ?? [] });
    this.#draw = draw;
    this.#world = new World({
      plan,
      draw: draw.branch(),
      venueClass: options.venueClass,
      spoil: options.spoil ?? {},
      onSubmit: (submission) => this.#checks.submitted(submission),
      onTakenOver: () => this.#checks.reassured(false),
    });
    this.#checks = new Checks(this.#world);
    this.#disturbances = new Disturbances(this.#world, draw);
    this.#hands = new Hands(this.#world, this.#checks, draw.branch());
  }

  get world(): World {
    return this.#world;
  }

  /** Plays it to its end, or to the first violation. */
  async play(): Promise<EpisodeReport> {
    const { plan } = this.#world;
    const startMs = plan.startMs;
    try {
      await this.#live(plan);
      if (this.#isClean) await this.#comeToRest();
      if (this.#isClean) await this.#runThroughStops();
    } catch (failure) {
      this.#checks.note('no_fault', failure instanceof Error ? (failure.stack ?? failure.message) : String(failure));
    }
    return this.#report(startMs);
  }

  get #isClean(): boolean {
    return this.#checks.violations.length === 0;
  }

  async #live(plan: Plan): Promise<void> {
    const world = this.#world;
    if (plan.strains.has('hedge_mode') && this.#draw.isTrue(0.4)) {
      const told = this.#disturbances.hedge();
      this.#options.tell?.(`${this.#stamp()} hedge mode at the start ${told}`);
    }
    world.start();
    await this.#pass(3_000);
    world.exchange.addFaults({ seed: this.#draw.whole(1, 1e9), rates: plan.rates });
    const happenings = [...HAPPENINGS, ...happeningsOf(plan.strains, plan.market)];
    while (world.clock.now() < plan.endMs && this.#isClean) {
      await this.#happen(this.#draw.weighted(happenings));
      await this.#pass(this.#draw.between(100, 2 * plan.pace));
    }
  }

  /** Lets time pass, and looks at the rules on the way. */
  async #pass(ms: number): Promise<void> {
    const { clock } = this.#world;
    const untilMs = clock.now() + Math.round(ms);
    while (clock.now() < untilMs && this.#isClean) {
      await this.#world.moveTo(Math.min(untilMs, clock.now() + LOOK_MS));
      this.#undoDue();
      this.#checks.check();
    }
  }

  #undoDue(): void {
    const now = this.#world.clock.now();
    if (now >= this.#feedBackAt) {
      this.#feedBackAt = Infinity;
      this.#world.feed?.restore();
    }
    this.#disturbances.passTime();
  }

  async #happen(what: Happening): Promise<void> {
    const told = (await this.#carryOut(what)) ?? '';
    this.#options.tell?.(`${this.#stamp()} ${what} ${told}`);
  }

  #stamp(): string {
    return new Date(this.#world.clock.now()).toISOString().slice(11, 23);
  }

  /** @returns what is to be said of it */
  async #carryOut(what: Happening): Promise<string | undefined> {
    const world = this.#world;
    const { plan, clock, network } = world;
    const draw = this.#draw;
    const now = clock.now();
    switch (what) {
      case 'wait':
        return undefined;
      case 'signal':
        return this.#signal();
      case 'jump': {
        const symbol = draw.pick(plan.traded);
        const factor = 1 + draw.between(-0.03, 0.03);
        world.market.jump(symbol, factor);
        return `${symbol} x ${factor.toFixed(4)}`;
      }
      case 'pause': {
        const isDone = await world.execute({ type: 'pause_opening', reason: 'a simulation wants it' });
        if (isDone === true) this.#checks.mayOpen = false;
        return String(isDone);
      }
      case 'resume':
        // From here on it may be that opening is allowed again, whether the program lives to say so or not.
        if (world.engine !== null) this.#checks.mayOpen = true;
        // Who finds opening stopped has read why.
        if ((world.engine?.handle.status().breaker.status ?? 'closed') !== 'closed') this.#checks.reassured(true);
        return String(await world.execute({ type: 'resume_opening' }));
      case 'kill': {
        const keepPositions = draw.isTrue(0.4);
        const isDone = await world.execute({ type: 'kill', keepPositions, reason: 'a simulation wants it' });
        if (isDone === true) this.#checks.mayOpen = false;
        return `${keepPositions ? 'keeping positions' : 'closing all'} ${String(isDone)}`;
      }
      case 'close':
        return this.#close();
      case 'tighten':
        return this.#tighten();
      case 'crash_soon': {
        const places = draw.whole(1, 300);
        world.life?.endAfter(places);
        return `after ${places}`;
      }
      case 'crash_now':
        world.restartIn(draw.between(0, 90_000));
        return undefined;
      case 'stop':
        await world.stop(draw.between(0, 60_000));
        return undefined;
      case 'feed_outage':
        world.feed?.lose(plan.traded.map((symbol) => asId(symbol)));
        this.#feedBackAt = Math.min(this.#feedBackAt, now + draw.between(1_000, 60_000));
        return undefined;
      case 'network_outage':
        network.terms.downUntil = now + Math.round(draw.between(1_000, 60_000));
        return `until ${network.terms.downUntil - now} ms later`;
      case 'hand_limit':
        return this.#hands.placeLimit();
      case 'hand_trade':
        return this.#hands.trade();
      case 'hand_reduce':
        return this.#hands.reduce();
      case 'hand_sells_ours':
        return this.#hands.sellOurs();
      case 'hand_adds':
        return this.#hands.add();
      case 'hand_takes':
        return this.#hands.take();
      case 'hand_opens':
        return this.#hands.open();
      case 'hand_cancel':
        return this.#hands.cancelOwn();
      case 'hand_cancels_ours':
        return this.#hands.cancelOurs();
      case 'other_instance_trades':
        return this.#hands.tradeAsOther();
      case 'take_over':
        return draw.isTrue(0.7) ? world.takeOver() : world.tryBeside();
      default:
        return this.#disturbances.cause(what);
    }
  }

  #signal(): string {
    const draw = this.#draw;
    const { traded, traders } = this.#world.plan;
    const symbol = draw.pick(traded);
    const place = draw.whole(0, traders.length - 1);
    const side = draw.isTrue(0.7) ? 'long' : 'short';
    const stop = draw.isTrue(0.5) ? parseLevel(draw.pick(['0.4%', '1%', '3%'])) : null;
    const match: FilterMatch = {
      ...{ symbol: asId(symbol), side, conditions: ['a simulation wants it'], confidence: 50, score: 1 },
      ...{ stopLoss: stop, takeProfit: [], metadata: '{}', plots: [] },
    };
    this.#world.match(match, place);
    return `${side} ${symbol} by trader ${place + 1}`;
  }

  async #close(): Promise<string> {
    const positions = this.#world.engine?.handle.positions() ?? [];
    if (positions.length === 0) return 'nothing is open';
    const { id, symbol } = this.#draw.pick(positions);
    const fraction = new Decimal(this.#draw.pick(['0.3', '0.5', '1', '1']));
    const isDone = await this.#world.execute({ type: 'close_position', positionId: id, fraction });
    return `${fraction.toFixed()} of ${symbol} ${String(isDone)}`;
  }

  async #tighten(): Promise<string> {
    const positions = this.#world.engine?.handle.positions() ?? [];
    if (positions.length === 0) return 'nothing is open';
    const { id, symbol } = this.#draw.pick(positions);
    const stopLoss = parseLevel(this.#draw.pick(['0.2%', '0.7%', '2%']));
    const isDone = await this.#world.execute({ type: 'change_protection', positionId: id, change: { stopLoss } });
    return `${symbol} ${String(isDone)}`;
  }

  /** Nothing goes wrong any more: what is to be known becomes known. */
  async #comeToRest(): Promise<void> {
    const world = this.#world;
    this.#calm();
    this.#options.tell?.(`${this.#stamp()} coming to rest`);
    for (let minute = 0; minute < SETTLE_MINUTES && this.#isClean; minute += 1) await this.#pass(MINUTE_MS);
    if (this.#isClean && world.engine !== null) await this.#checkAtRest();
    else if (this.#isClean) this.#checks.note('no_fault', 'the program does not come up again');
  }

  /** The market goes on: a stop may be set off at the very moment at which it is looked for. What is wrong stays so. */
  async #checkAtRest(): Promise<void> {
    for (let look = 1; look < REST_LOOKS; look += 1) {
      if (this.#checks.isAtRest()) return;
      await this.#pass(MINUTE_MS + 15 * SECOND_MS);
    }
    if (this.#isClean) this.#checks.checkAtRest();
  }

  #calm(): void {
    const world = this.#world;
    const { terms } = world.network;
    Object.assign(terms, { lostBefore: 0, lostAfter: 0, stuck: 0, late: 0, downUntil: 0 });
    this.#disturbances.end();
    this.#feedBackAt = Infinity;
    world.feed?.restore();
    world.life?.endAfter(Infinity);
    world.calm();
  }

  /** Prices move far against every position. */
  async #runThroughStops(): Promise<void> {
    const { engine, market } = this.#world;
    const { delisted } = this.#world;
    const positions = (engine?.handle.positions() ?? []).filter((position) => {
      return !isLeftAlone(position) && !delisted.has(position.symbol);
    });
    if (positions.length === 0) return;
    this.#options.tell?.(`${this.#stamp()} prices run through ${positions.length} stops`);
    for (const { symbol, side, protection } of positions) {
      const toStop = (protection.stopPrice?.toNumber() ?? NaN) / this.#world.lastPrice(symbol);
      market.jump(symbol, side === 'long' ? Math.min(0.8, toStop * 0.95) : Math.max(1.25, toStop * 1.05));
    }
    await this.#pass(2.5 * MINUTE_MS);
    this.#checks.checkGone(positions);
    if (this.#isClean) await this.#checkAtRest();
  }

  #report(startMs: number): EpisodeReport {
    const { clock, requests, store, startedAt } = this.#world;
    const digest = createHash('sha256').update(this.#world.auditLog());
    for (const { at, method, path, text, status } of requests)
      digest.update(`${at} ${method} ${path} ${text} ${status}\n`);
    return {
      seed: this.#options.seed,
      violations: this.#checks.violations,
      simulatedMs: clock.now() - startMs,
      ...{ requests: requests.length, fills: store.fills.size, trades: store.trades.size, runs: startedAt.length },
      digest: digest.digest('hex'),
    };
  }
}
