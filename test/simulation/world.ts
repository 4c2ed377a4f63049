import { setImmediate } from 'node:timers/promises';

import type { EngineCommand } from '../../src/domain/command.ts';
import { Decimal } from '../../src/domain/decimal.ts';
import { AitraderError, describeFailure } from '../../src/domain/errors.ts';
import { asId } from '../../src/domain/ids.ts';
import type { VenueSymbol } from '../../src/domain/ids.ts';
import type { Instrument } from '../../src/domain/instrument.ts';
import { parseLevel } from '../../src/domain/levels.ts';
import type { EngineSettings } from '../../src/engine/context.ts';
import type { Engine } from '../../src/engine/engine.ts';
import { createSortableIds } from '../../src/lib/sortable-id.ts';
import type { Broker, Submission } from '../../src/ports/broker.ts';
import type { FilterMatch } from '../../src/ports/filter-sandbox.ts';
import type { Logger } from '../../src/ports/logger.ts';
import type { Alert } from '../../src/ports/notifier.ts';
import { InsideExchange } from '../../src/sim/inside/inside-exchange.ts';
import { InsideFeed } from '../../src/sim/inside/inside-feed.ts';
import { InsideStream } from '../../src/sim/inside/inside-stream.ts';
import { SimulatedClock } from '../../src/sim/inside/simulated-clock.ts';
import { silentLogger } from '../../src/testkit/silent-logger.ts';
import { MemoryStore } from '../engine/memory-store.ts';
import { ScriptedSandbox } from '../engine/scripted-sandbox.ts';
import { metaOf, traderOf } from '../engine/scripted-world.ts';
import type { Draw } from './draw.ts';
import { clockOf, Life, storeOf } from './life.ts';
import type { SeenRequest } from './network.ts';
import { Network } from './network.ts';
import { OutageFeed } from './outage-feed.ts';
import type { Plan } from './plan.ts';
import { ACCOUNT_ID, KEYS, openProgram, USER } from './program.ts';
import type { Program, ProgramParts } from './program.ts';
import { RoughMarket } from './rough-market.ts';
import type { VenueSeats } from './venue-class.ts';
import type { BrokerWrap } from './watched-broker.ts';
import { watched } from './watched-broker.ts';

/** Of two data folders that share their books. */
export const INSTANCES = ['simu', 'simv'] as const;
export const ACCOUNT = 'main';
const FILTER = 'filter000000000000000001';
const START_RETRY_MS = 10_000;

/** One run of the program, from its start to its end or death. */
interface Run {
  readonly life: Life;
  readonly feed: OutageFeed;
  readonly seat: 0 | 1;
  program: Program | null;
  isStarted: boolean;
}

/** A bug on purpose, to see that it is found. */
export interface Spoil {
  /** Stands between engine and broker. */
  readonly wrap?: BrokerWrap;
  readonly settings?: (settings: EngineSettings) => EngineSettings;
  /** Commands that are answered and not carried out. */
  readonly deaf?: ReadonlySet<EngineCommand['type']>;
  /** Nobody hears these alerts. */
  readonly mute?: (alert: Alert) => boolean;
  /** Whether somebody else trades on the account is not looked for. */
  readonly isCareless?: boolean;
  /** Who takes the account over does not wait for the one that has it. */
  readonly isHasty?: boolean;
}

export interface WorldParts {
  readonly plan: Plan;
  readonly draw: Draw;
  readonly venueClass: VenueSeats;
  readonly spoil: Spoil;
  readonly onSubmit: (submission: Submission) => void;
  /** The program has started on its user's word that nobody else has the account. */
  readonly onTakenOver: () => void;
}

/** Program and exchange in one process on one clock that stands until it is moved. */
export class World {
  readonly plan: Plan;
  readonly clock: SimulatedClock;
  readonly market: RoughMarket;
  readonly exchange: InsideExchange;
  readonly network: Network;
  readonly store = new MemoryStore();
  readonly alerts: Alert[] = [];
  readonly errors: string[] = [];
  readonly requests: SeenRequest[] = [];
  /** Symbols that have left the exchange. */
  readonly delisted = new Set<string>();
  /** The account may hold a long and a short position in one symbol, or could once. */
  isHedged = false;
  wasHedged = false;
  /** When the program was started, milliseconds UTC. */
  readonly startedAt: number[] = [];
  /** Since when the run that trades now does so, milliseconds UTC. */
  upSince = Infinity;
  /** The program was refused the account: its user has to say that nobody else has it. */
  mustTakeOver = false;
  readonly #parts: WorldParts;
  readonly #stream: InsideStream;
  readonly #sandbox = new ScriptedSandbox();
  readonly #ids: { next(): string };
  readonly #chance: Draw;
  readonly #logger: Logger;
  #run: Run | null = null;
  #seat: 0 | 1 = 0;
  #connected: OutageFeed | null = null;
  #restartAt = Infinity;

  constructor(parts: WorldParts) {
    const { plan, draw } = parts;
    this.#parts = parts;
    this.plan = plan;
    this.clock = new SimulatedClock(plan.startMs);
    this.market = new RoughMarket(plan.startMs, plan.symbols, draw.branch());
    this.#logger = { ...silentLogger, child: () => this.#logger, error: (message) => this.errors.push(message) };
    this.exchange = new InsideExchange({
      ...{ source: this.market, clock: this.clock, seed: draw.whole(1, 1e9), logger: this.#logger },
      account: { ...KEYS, accountId: ACCOUNT },
      start: () => plan.start,
    });
    this.#stream = new InsideStream(this.market, plan.market);
    this.market.listener = this.#stream;
    this.network = new Network({
      ...{ exchange: this.exchange, clock: this.clock, draw: draw.branch(), terms: { ...plan.network } },
      onRequest: (request) => this.requests.push(request),
    });
    const random = draw.branch();
    this.#chance = draw.branch();
    this.#ids = createSortableIds({ now: () => this.clock.now(), random: () => random.next() });
    this.#employ();
  }

  /** The engine of the program that runs now; null while none does, or while it starts. */
  get engine(): Engine | null {
    return this.#run?.isStarted === true && this.#run.life.isAlive ? (this.#run.program?.engine ?? null) : null;
  }

  get life(): Life | null {
    return this.#run?.life ?? null;
  }

  get feed(): OutageFeed | null {
    return this.#run?.feed ?? null;
  }

  /** Starts the program over what the store and the exchange hold. */
  start(): void {
    this.startedAt.push(this.clock.now());
    this.#restartAt = Infinity;
    const run = this.#newRun();
    this.#run = run;
    openProgram(this.#programParts(run))
      .then(async (program) => {
        run.program = program;
        await program.engine.start();
        run.isStarted = true;
        this.upSince = this.clock.now();
        if (this.mustTakeOver) this.#parts.onTakenOver();
        this.mustTakeOver = false;
      })
      .catch((failure: unknown) => {
        const code = failure instanceof AitraderError ? failure.code : 'no code';
        if (code === 'ACCOUNT_IN_USE') this.mustTakeOver = true;
        this.errors.push(`the program could not start (${code}): ${describeFailure(failure)}`);
        run.life.isAlive = false;
        this.#restartAt = this.clock.now() + START_RETRY_MS;
      });
  }

  /** The program has died, or was ended: it is started again after a while. */
  restartIn(delayMs: number): void {
    if (this.#run !== null) this.#run.life.isAlive = false;
    this.network.cutAll();
    this.#stream.sink = null;
    this.#restartAt = this.clock.now() + Math.ceil(delayMs);
  }

  /** What is wrong with the way to the disk and back is over: a dead program comes back at once. */
  calm(): void {
    if (this.isWaitingToRestart) this.#restartAt = this.clock.now();
  }

  get isWaitingToRestart(): boolean {
    return this.#restartAt !== Infinity;
  }

  /** Lets time pass until a moment, milliseconds UTC. */
  async moveTo(untilMs: number): Promise<void> {
    const { clock, market, exchange } = this;
    for (;;) {
      if (clock.now() >= this.#restartAt) this.start();
      const tickMs = this.#stream.nextTickMs;
      const eventMs = Math.min(tickMs, market.nextEventMs());
      const timerMs = clock.startMs + clock.nextDueMs;
      const nextMs = Math.min(eventMs, timerMs, Math.max(this.#restartAt, clock.now()));
      if (nextMs > untilMs) break;
      if (timerMs < eventMs || (timerMs === eventMs && eventMs < tickMs)) {
        exchange.moveTo(Math.floor(timerMs));
        clock.runNext();
      } else if (eventMs <= nextMs) {
        clock.moveTo(eventMs);
        if (tickMs === eventMs) this.#stream.tick();
        else exchange.moveTo(eventMs);
      } else {
        clock.moveTo(nextMs);
      }
      await setImmediate();
      if (this.#run?.life.isAlive === false && !this.isWaitingToRestart)
        this.restartIn(this.#chance.between(0, 60_000));
    }
    clock.moveTo(untilMs);
    exchange.moveTo(untilMs);
    await setImmediate();
  }

  /** Ends the program in order and starts it again after a while. */
  async stop(downMs: number): Promise<void> {
    const run = this.#run;
    if (run === null || run.program === null) return;
    const { engine, broker, lease } = run.program;
    let isOver = false;
    void engine.stop(true).then(() => (isOver = true));
    for (let second = 0; second < 30 && !isOver && run.life.isAlive; second += 1)
      await this.moveTo(this.clock.now() + 1_000);
    void broker.close();
    void lease.release();
    this.restartIn(downMs);
  }

  /** Another process with the same books takes the account over from the one that runs. */
  takeOver(): string {
    if (this.engine === null) return 'nobody has it';
    this.#seat = this.#seat === 0 ? 1 : 0;
    this.mustTakeOver = true;
    if (this.#parts.spoil.isHasty === true) this.store.state.delete(`account_lease:${ACCOUNT_ID}`);
    this.start();
    return `by ${INSTANCES[this.#seat]}`;
  }

  /** Another process with the same books is started beside the one that runs: it has to be refused. */
  tryBeside(): string {
    if (this.engine === null || this.mustTakeOver) return 'nobody has it';
    const run = { ...this.#newRun(), seat: this.#seat === 0 ? 1 : 0 } as const;
    openProgram(this.#programParts(run)).then(
      () => this.errors.push('a second program has started on the account'),
      () => (run.life.isAlive = false),
    );
    return 'refused';
  }

  /** A program that has lost the account ends in order. */
  async #giveWay({ program, life }: Run): Promise<void> {
    await program?.engine.stop(true);
    await program?.broker.close();
    life.isAlive = false;
  }

  /** @returns whether the command was carried out; null when the program died over it, or has not answered */
  async execute(command: EngineCommand): Promise<boolean | null> {
    const { engine } = this;
    if (engine === null) return null;
    if (this.#parts.spoil.deaf?.has(command.type) === true) return true;
    let outcome: boolean | null = null;
    void engine.handle.execute(command, USER).then(
      ({ ok }) => (outcome = ok),
      () => (outcome = false),
    );
    await this.moveTo(this.clock.now() + 200);
    return this.engine === engine ? outcome : null;
  }

  /** The filter finds this at the next check of a trader. @param place the trader's in the plan */
  match(match: FilterMatch, place: number): void {
    const trader = traderId(place);
    const others = (this.#sandbox.matches.get(trader) ?? []).filter(({ symbol }) => symbol !== match.symbol);
    this.#sandbox.matches.set(trader, [...others, match]);
  }

  /** A delisted symbol is in no list any more, and nothing is heard of it. */
  unlist(symbol: string): void {
    this.network.unlisted.add(symbol);
    this.market.silence(symbol);
  }

  /** The symbols of the traded market with the rules that hold now. */
  rules(): readonly Instrument[] {
    const { data } = this.exchange.venue;
    const { market } = this.plan;
    const listed = data.of(market).filter(({ symbol }) => !this.network.unlisted.has(symbol));
    return listed.flatMap((symbol) => symbol.instrument(market) ?? []);
  }

  lastPrice(symbol: string): number {
    return this.exchange.venue.data.find(this.plan.market, symbol)?.lastPrice ?? NaN;
  }

  /** Everything of the audit log, as text: what two runs of one seed have in common. */
  auditLog(): string {
    return this.store.audit.map((record) => JSON.stringify(record)).join('\n');
  }

  #newRun(): Run {
    const feed: OutageFeed = new OutageFeed(
      new InsideFeed(this.#stream, this.clock, async () => undefined),
      async () => this.rules(),
      {
        take: () => {
          this.#stream.sink = null;
          this.#connected = feed;
        },
        isTakenBy: () => this.#connected === feed,
      },
    );
    return { life: new Life(), feed, seat: this.#seat, program: null, isStarted: false };
  }

  #programParts(run: Run): ProgramParts {
    const { life, feed, seat } = run;
    const clock = clockOf(this.clock, life, this.plan.aheadMs);
    const { plan, venueClass, spoil, onSubmit } = this.#parts;
    const { wrap = (broker: Broker) => broker, settings = (drawn: EngineSettings) => drawn, mute } = spoil;
    const looksForOthers = plan.strains.has('other_instance') || plan.strains.has('take_over');
    const slow = { clock: this.clock, commitMs: () => this.#chance.between(0, plan.commitMs) };
    return {
      ...{ plan, takeOver: this.mustTakeOver },
      // Each symbol costs a question, and each start comes at a time of trouble.
      others: spoil.isCareless === true ? 'ignored' : looksForOthers ? 'looked for' : 'watched for',
      engine: {
        settings: settings(this.#settings()),
        ...{ clock, feed, ids: this.#ids, logger: this.#logger, sandbox: this.#sandbox, instance: INSTANCES[seat] },
        store: storeOf(this.store.asStore(), life, slow),
        notifier: {
          capabilities: { interactive: false },
          notify: (alert) => {
            if (mute?.(alert) !== true) this.alerts.push(alert);
          },
          close: async () => undefined,
        },
      },
      exchange: {
        venueClass: venueClass(seat),
        chance: { next: () => this.#chance.next() },
        instruments: async () => this.rules(),
        transport: this.network.transport(life),
        openSocket: this.network.socket(life),
      },
      wrap: (broker) => watched(wrap(broker), onSubmit),
      onLost: () => void this.#giveWay(run),
    };
  }

  #settings(): EngineSettings {
    const { market, limits, importedPositions, leverage } = this.plan;
    return {
      ...{ userId: USER, accountId: ACCOUNT_ID, money: 'live', market, quoteAsset: 'USDT', leverage },
      ...{ marginMode: 'isolated', feeBps: new Decimal(10), limits, defaultStop: parseLevel('2%') },
      ...{ memeSymbols: new Set<VenueSymbol>(), mayTrade: true, monitorPositions: true, maxPriceAgeMs: 20_000 },
      ...{ maxSpreadBps: 100, staleMs: 60_000, importedPositions, parallelChecks: 1 },
    };
  }

  #employ(): void {
    const meta = metaOf();
    this.#sandbox.metas.set('scripted', meta);
    this.store.filters.set(FILTER, {
      ...{ id: asId(FILTER), userId: USER, name: 'scripted', meta, source: 'scripted', sourceHash: '' },
      ...{ origin: 'database', createdAt: 0, updatedAt: 0 },
    });
    for (const [place, terms] of this.plan.traders.entries()) {
      const id = traderId(place);
      this.store.traders.set(id, traderOf({ ...terms, id: asId(id), name: `trader ${place + 1}`, createdAt: place }));
    }
  }
}

export function traderId(place: number): string {
  return `trader${String(place + 1).padStart(18, '0')}`;
}
