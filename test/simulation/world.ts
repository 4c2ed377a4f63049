import { setImmediate } from 'node:timers/promises';

import { createCcxtBroker } from '../../src/adapters/broker/ccxt/ccxt.ts';
import type { Account } from '../../src/domain/account.ts';
import type { EngineCommand } from '../../src/domain/command.ts';
import { Decimal } from '../../src/domain/decimal.ts';
import { describeFailure } from '../../src/domain/errors.ts';
import { asId } from '../../src/domain/ids.ts';
import type { AccountId, UserId, VenueSymbol } from '../../src/domain/ids.ts';
import type { Instrument } from '../../src/domain/instrument.ts';
import { parseLevel } from '../../src/domain/levels.ts';
import type { EngineSettings } from '../../src/engine/context.ts';
import { Engine } from '../../src/engine/engine.ts';
import { Secret } from '../../src/lib/secret.ts';
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
import { HOST, Network } from './network.ts';
import { OutageFeed } from './outage-feed.ts';
import type { Plan } from './plan.ts';
import { RoughMarket } from './rough-market.ts';
import type { BrokerWrap } from './watched-broker.ts';
import { watched } from './watched-broker.ts';

export const INSTANCE = 'simu';
export const ACCOUNT = 'main';
export const KEYS = { apiKey: 'k'.repeat(64), apiSecret: 's'.repeat(64) };
const USER = asId<UserId>('user');
const ACCOUNT_ID = asId<AccountId>('account');
const TRADER = 'trader000000000000000001';
const FILTER = 'filter000000000000000001';
const START_RETRY_MS = 10_000;

/** One run of the program, from its start to its end or death. */
interface Run {
  readonly life: Life;
  readonly feed: OutageFeed;
  readonly broker: Broker;
  engine: Engine | null;
  isStarted: boolean;
}

/** A bug on purpose, to see that it is found. */
export interface Spoil {
  /** Stands between engine and broker. */
  readonly wrap?: BrokerWrap;
  readonly settings?: (settings: EngineSettings) => EngineSettings;
  /** Commands that are answered and not carried out. */
  readonly deaf?: ReadonlySet<EngineCommand['type']>;
  /** Nobody hears alerts. */
  readonly mute?: boolean;
}

export interface WorldParts {
  readonly plan: Plan;
  readonly draw: Draw;
  readonly venueClass: unknown;
  readonly spoil: Spoil;
  readonly onSubmit: (submission: Submission) => void;
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
  /** How often the program was started. */
  runs = 0;
  readonly #parts: WorldParts;
  readonly #stream: InsideStream;
  readonly #sandbox = new ScriptedSandbox();
  readonly #ids: { next(): string };
  readonly #chance: Draw;
  readonly #logger: Logger;
  #run: Run | null = null;
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
    return this.#run?.isStarted === true && this.#run.life.isAlive ? this.#run.engine : null;
  }

  get life(): Life | null {
    return this.#run?.life ?? null;
  }

  get feed(): OutageFeed | null {
    return this.#run?.feed ?? null;
  }

  /** Starts the program over what the store and the exchange hold. */
  start(): void {
    const { plan, spoil, onSubmit } = this.#parts;
    const { wrap = (broker: Broker) => broker, settings = (drawn: EngineSettings) => drawn } = spoil;
    this.runs += 1;
    this.#restartAt = Infinity;
    this.#stream.sink = null;
    const life = new Life();
    const clock = clockOf(this.clock, life, plan.aheadMs);
    const feed = new OutageFeed(new InsideFeed(this.#stream, this.clock, async () => undefined), async () =>
      this.rules(),
    );
    const broker = watched(wrap(this.#openBroker(life)), onSubmit);
    const run: Run = { life, feed, broker, engine: null, isStarted: false };
    this.#run = run;
    const slow = { clock: this.clock, commitMs: () => this.#chance.between(0, plan.commitMs) };
    const opened = Engine.open({
      settings: settings(this.#settings()),
      ...{ clock, feed, broker, ids: this.#ids, logger: this.#logger, sandbox: this.#sandbox, instance: INSTANCE },
      store: storeOf(this.store.asStore(), life, slow),
      notifier: {
        capabilities: { interactive: false },
        notify: (alert) => {
          if (spoil.mute !== true) this.alerts.push(alert);
        },
        close: async () => undefined,
      },
      symbols: plan.traded.map((symbol) => asId<VenueSymbol>(symbol)),
    });
    opened
      .then(async (engine) => {
        run.engine = engine;
        await engine.start();
        run.isStarted = true;
      })
      .catch((failure: unknown) => {
        this.errors.push(`the program could not start: ${describeFailure(failure)}`);
        life.isAlive = false;
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
    if (run === null || run.engine === null) return;
    let isOver = false;
    void run.engine.stop(true).then(() => (isOver = true));
    for (let second = 0; second < 30 && !isOver && run.life.isAlive; second += 1)
      await this.moveTo(this.clock.now() + 1_000);
    void run.broker.close();
    this.restartIn(downMs);
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

  /** The filter finds this at its next check. */
  match(match: FilterMatch): void {
    const others = (this.#sandbox.matches.get(TRADER) ?? []).filter(({ symbol }) => symbol !== match.symbol);
    this.#sandbox.matches.set(TRADER, [...others, match]);
  }

  /** The symbols of the traded market with the rules that hold now. */
  rules(): readonly Instrument[] {
    const { data } = this.exchange.venue;
    const { market } = this.plan;
    return data.of(market).flatMap((symbol) => symbol.instrument(market) ?? []);
  }

  lastPrice(symbol: string): number {
    return this.exchange.venue.data.find(this.plan.market, symbol)?.lastPrice ?? NaN;
  }

  /** Everything of the audit log, as text: what two runs of one seed have in common. */
  auditLog(): string {
    return this.store.audit.map((record) => JSON.stringify(record)).join('\n');
  }

  #openBroker(life: Life): Broker {
    const { plan, venueClass } = this.#parts;
    const account: Account = {
      ...{ id: ACCOUNT_ID, userId: USER, venue: 'binance', market: plan.market, money: 'live', label: 'simulated' },
    };
    return createCcxtBroker({
      ...{ account, venueClass, logger: this.#logger, instance: INSTANCE },
      clock: clockOf(this.clock, life, plan.aheadMs),
      chance: { next: () => this.#chance.next() },
      apiKey: new Secret(KEYS.apiKey),
      secret: new Secret(KEYS.apiSecret),
      hosts: {
        rest: HOST,
        userStream: plan.market === 'spot' ? 'ws://inside/ws-api/v3' : 'ws://inside/fstream',
      },
      instruments: async () => this.rules(),
      orders: [...this.store.orders.values()],
      transport: this.network.transport(life),
      openSocket: this.network.socket(life),
      onNotice: () => undefined,
    });
  }

  #settings(): EngineSettings {
    const { market, limits, importedPositions } = this.plan;
    return {
      ...{ userId: USER, accountId: ACCOUNT_ID, money: 'live', market, quoteAsset: 'USDT', leverage: 1 },
      ...{ marginMode: 'isolated', feeBps: new Decimal(10), limits, defaultStop: parseLevel('2%') },
      ...{ memeSymbols: new Set<VenueSymbol>(), mayTrade: true, monitorPositions: true, maxPriceAgeMs: 20_000 },
      ...{ maxSpreadBps: 100, staleMs: 60_000, importedPositions, parallelChecks: 1 },
    };
  }

  #employ(): void {
    const { exits, size, reverse } = this.plan;
    const meta = metaOf({ exits });
    this.#sandbox.metas.set('scripted', meta);
    this.store.filters.set(FILTER, {
      ...{ id: asId(FILTER), userId: USER, name: 'scripted', meta, source: 'scripted', sourceHash: '' },
      ...{ origin: 'database', createdAt: 0, updatedAt: 0 },
    });
    this.store.traders.set(TRADER, traderOf({ id: asId(TRADER), exits: null, size, reverse }));
  }
}
