import { Decimal, money, price } from '../../src/domain/decimal.ts';
import type { EngineCommand } from '../../src/domain/command.ts';
import type { Exits } from '../../src/domain/exits.ts';
import type { Filter, FilterMeta } from '../../src/domain/filter.ts';
import { asId } from '../../src/domain/ids.ts';
import type { VenueSymbol } from '../../src/domain/ids.ts';
import type { ExchangeRules, Instrument, Market } from '../../src/domain/instrument.ts';
import { parseLevel } from '../../src/domain/levels.ts';
import type { Position } from '../../src/domain/position/position.ts';
import type { RiskLimits } from '../../src/domain/risk.ts';
import type { Trader } from '../../src/domain/trader.ts';
import type { EngineSettings } from '../../src/engine/context.ts';
import { Engine } from '../../src/engine/engine.ts';
import type { EngineEnd } from '../../src/engine/engine.ts';
import { seededRandom } from '../../src/lib/random.ts';
import { createSortableIds } from '../../src/lib/sortable-id.ts';
import type { BrokerCapabilities } from '../../src/ports/broker.ts';
import type { FilterMatch } from '../../src/ports/filter-sandbox.ts';
import type { Alert } from '../../src/ports/notifier.ts';
import { exchangeRules, instrument } from '../../src/testkit/builders/instruments.ts';
import { createFakeClock } from '../../src/testkit/fake-clock.ts';
import type { FakeClock } from '../../src/testkit/fake-clock.ts';
import { ScriptedBroker } from '../../src/testkit/scripted-broker.ts';
import { silentLogger } from '../../src/testkit/silent-logger.ts';
import { MemoryStore } from './memory-store.ts';
import { mortalBroker, mortalClock, mortalStore } from './mortal.ts';
import type { Life } from './mortal.ts';
import { ScriptedFeed } from './scripted-feed.ts';
import { ScriptedSandbox } from './scripted-sandbox.ts';

const MINUTE_MS = 60_000;
const INSTANCE = 'test';
const NO_EXITS: Exits = { stopLoss: null, takeProfit: [], trailing: null, breakEven: null, maxHoldMs: null };
export const LIMITS: RiskLimits = {
  maxDailyLossPct: new Decimal(50),
  maxConsecutiveLosses: 100,
  cooldownMs: MINUTE_MS,
  maxOpenPositions: 20,
  maxExposurePct: null,
  maxPositionPct: null,
  maxLeverage: 10,
};

export interface WorldOptions {
  readonly market?: Market;
  readonly symbols?: readonly string[];
  readonly limits?: Partial<RiskLimits>;
  readonly trader?: Partial<Trader>;
  readonly exits?: Partial<Exits>;
  readonly rules?: Partial<ExchangeRules>;
  readonly capabilities?: Partial<BrokerCapabilities>;
  readonly feeBps?: number;
  readonly feeInBase?: boolean;
  readonly cash?: string;
  readonly importedPositions?: 'watch' | 'stop';
  readonly monitorPositions?: boolean;
  /** May be changed while the engine runs. */
  maxActiveTraders?: number;
}

export function metaOf(fields: Partial<FilterMeta> = {}): FilterMeta {
  return {
    name: 'scripted',
    description: '',
    timeframes: ['1m'],
    schedule: { kind: 'every', everyMs: MINUTE_MS },
    lookback: 20,
    references: [],
    sides: ['long', 'short'],
    top: null,
    params: {},
    exits: NO_EXITS,
    ...fields,
  };
}

/** A trader of the scripted filter, trading 100 USDT at a time. */
export function traderOf(fields: Partial<Trader> = {}): Trader {
  return {
    id: asId('trader000000000000000001'),
    userId: asId('user'),
    portfolioId: null,
    name: 'one',
    filterId: asId('filter000000000000000001'),
    symbols: { kind: 'top', count: 10 },
    schedule: null,
    params: {},
    mode: 'auto',
    size: { kind: 'quote', amount: money('100') },
    exits: NO_EXITS,
    maxPositions: null,
    cooldownMs: 0,
    reverse: false,
    state: { status: 'running' },
    createdAt: 0,
    updatedAt: 0,
    ...fields,
  };
}

export interface MatchSketch {
  readonly stop?: string;
  readonly targets?: readonly (string | { readonly at: string; readonly part: string })[];
  readonly trader?: string;
}

/** An engine in a market, at a venue and over a store that the test has in its hands. */
export class ScriptedWorld {
  readonly clock: FakeClock = createFakeClock(Date.UTC(2026, 0, 5, 12));
  readonly store = new MemoryStore();
  readonly broker: ScriptedBroker;
  readonly sandbox = new ScriptedSandbox();
  readonly alerts: Alert[] = [];
  /** What the engine has logged as errors. */
  readonly errors: string[] = [];
  readonly symbols: readonly VenueSymbol[];
  readonly market: Market;
  feed: ScriptedFeed;
  engine!: Engine;
  readonly #options: WorldOptions;
  readonly #instruments: readonly Instrument[];
  readonly #prices = new Map<string, string>();
  readonly #ids: { next(): string };
  /** False once the program of this run has died: nothing of it reaches the world any more. */
  #life: Life = { isAlive: true };

  private constructor(options: WorldOptions) {
    this.#options = options;
    this.market = options.market ?? 'futures';
    this.symbols = (options.symbols ?? ['AUSDT', 'BUSDT']).map((name) => asId<VenueSymbol>(name));
    const rules = exchangeRules({ step: new Decimal('0.001') as never, ...options.rules });
    this.#instruments = this.symbols.map((symbol) =>
      instrument({ market: this.market, symbol, base: symbol.replace('USDT', ''), rules }),
    );
    this.feed = new ScriptedFeed(this.#instruments);
    this.broker = new ScriptedBroker({
      account: {
        ...{ id: asId('account'), userId: asId('user'), venue: 'test', label: 'test' },
        ...{ market: this.market, money: 'live' },
      },
      clock: this.clock,
      instruments: this.#instruments,
      instance: INSTANCE,
      cash: money(options.cash ?? '10000'),
      ...(options.feeBps === undefined ? {} : { feeBps: options.feeBps }),
      ...(options.feeInBase === undefined ? {} : { feeInBase: options.feeInBase }),
      ...(options.capabilities === undefined ? {} : { capabilities: options.capabilities }),
    });
    const random = seededRandom(1);
    this.#ids = createSortableIds({ now: () => this.clock.now(), random: () => random.next() });
  }

  /** A world with one trader at work and every symbol at 100. */
  static async open(options: WorldOptions = {}): Promise<ScriptedWorld> {
    const world = new ScriptedWorld(options);
    const meta = metaOf({ exits: { ...NO_EXITS, ...options.exits } });
    const filter: Filter = {
      id: asId('filter000000000000000001'),
      ...{ userId: asId('user'), name: 'scripted', meta, source: 'scripted', sourceHash: '', origin: 'database' },
      ...{ createdAt: 0, updatedAt: 0 },
    };
    world.sandbox.metas.set('scripted', meta);
    world.store.filters.set(filter.id, filter);
    const trader = traderOf({ exits: null, ...options.trader });
    world.store.traders.set(trader.id, trader);
    for (const symbol of world.symbols) {
      world.#prices.set(symbol, '100');
      world.broker.move(symbol, price('100'));
    }
    await world.start();
    return world;
  }

  /** Starts the program over what the store and the venue hold. */
  async start(): Promise<void> {
    this.#life = { isAlive: true };
    const life = this.#life;
    this.feed = new ScriptedFeed(this.#instruments);
    const engine = Engine.open({
      settings: this.#settings(),
      clock: mortalClock(this.clock, life),
      ids: this.#ids,
      logger: { ...silentLogger, error: (message) => this.errors.push(message) },
      store: mortalStore(this.store.asStore(), life),
      feed: this.feed,
      broker: mortalBroker(this.broker, life),
      sandbox: this.sandbox,
      notifier: {
        capabilities: { interactive: false },
        notify: (alert) => void this.alerts.push(alert),
        close: async () => undefined,
      },
      instance: INSTANCE,
      symbols: this.symbols,
    });
    await this.clock.advance(0);
    this.engine = await engine;
    const started = this.engine.start();
    await this.clock.advance(50);
    await started;
    this.tickAll();
    await this.clock.advance(1_500);
  }

  /** The program ends without a word. */
  die(): void {
    this.#life.isAlive = false;
  }

  get isAlive(): boolean {
    return this.#life.isAlive;
  }

  async crash(): Promise<void> {
    this.die();
    await this.start();
  }

  async stop(): Promise<EngineEnd> {
    const end = this.engine.stop(true);
    await this.clock.advance(5_000);
    return end;
  }

  /** The market and the venue move to a price; both hear of it. */
  tick(symbol: string, to: string): void {
    this.#prices.set(symbol, to);
    this.broker.move(symbol, price(to));
    this.#tell(symbol);
  }

  tickAll(): void {
    for (const symbol of this.symbols) this.#tell(symbol);
  }

  priceOf(symbol: string): string {
    return this.#prices.get(symbol) ?? '100';
  }

  /** The filter matches at the next full minute; until shortly after it time passes. */
  async signal(symbol: string, side: 'long' | 'short', sketch: MatchSketch = {}): Promise<void> {
    this.match(symbol, side, sketch);
    await this.nextMinute();
  }

  /** The filter matches at its next check. */
  match(symbol: string, side: 'long' | 'short', sketch: MatchSketch = {}): void {
    const trader = sketch.trader ?? 'trader000000000000000001';
    const match: FilterMatch = {
      symbol: asId(symbol),
      side,
      conditions: ['a test wants it'],
      confidence: 50,
      score: 1,
      stopLoss: sketch.stop === undefined ? null : parseLevel(sketch.stop),
      takeProfit: (sketch.targets ?? []).map((each) =>
        typeof each === 'string'
          ? { at: parseLevel(each), part: null }
          : { at: parseLevel(each.at), part: new Decimal(each.part) },
      ),
      metadata: '{}',
      plots: [],
    };
    this.sandbox.matches.set(trader, [...(this.sandbox.matches.get(trader) ?? []), match]);
  }

  /** To shortly after the checks of the next full minute, with fresh prices. Checks wait two seconds for late candles. */
  async nextMinute(): Promise<void> {
    const now = this.clock.now();
    const boundary = Math.floor(now / MINUTE_MS + 1) * MINUTE_MS;
    await this.clock.advance(Math.max(0, boundary - 100 - now));
    this.tickAll();
    await this.clock.advance(boundary + 2_050 - this.clock.now());
  }

  async execute(command: EngineCommand): Promise<void> {
    const done = this.engine.handle.execute(command, asId('user'));
    await this.clock.advance(0);
    // A program that has died over it answers nothing.
    const outcome = this.isAlive ? await done : null;
    if (outcome?.ok === false) throw outcome.error;
  }

  get positions(): readonly Position[] {
    return this.engine.handle.positions();
  }

  position(symbol: string): Position | undefined {
    return this.positions.find((each) => each.symbol === symbol);
  }

  /** The alerts of critical severity. */
  get alarms(): readonly string[] {
    return this.alerts.filter(({ severity }) => severity === 'critical').map(({ text }) => text);
  }

  #tell(symbol: string): void {
    const { sink } = this.feed;
    const at = Number(this.priceOf(symbol));
    const id = asId<VenueSymbol>(symbol);
    const time = this.clock.now();
    if (!this.isAlive || sink === null) return;
    sink.quote({ symbol: id, bid: at, bidQuantity: 1, ask: at, askQuantity: 1, time });
    sink.trade({ symbol: id, price: at, quantity: 1, trades: 1, buyerIsTaker: true, venueTradeId: time, time });
  }

  #settings(): EngineSettings {
    return {
      userId: asId('user'),
      accountId: asId('account'),
      money: 'live',
      market: this.market,
      quoteAsset: 'USDT',
      leverage: 1,
      marginMode: 'isolated',
      feeBps: new Decimal(this.#options.feeBps ?? 0),
      limits: { ...LIMITS, ...this.#options.limits },
      defaultStop: parseLevel('5%'),
      importedPositions: this.#options.importedPositions ?? 'watch',
      memeSymbols: new Set(),
      mayTrade: true,
      monitorPositions: this.#options.monitorPositions ?? true,
      maxPriceAgeMs: 10_000,
      maxSpreadBps: 50,
      staleMs: 10 * MINUTE_MS,
      parallelChecks: 1,
      maxActiveTraders: this.#options.maxActiveTraders ?? 50,
    };
  }
}
