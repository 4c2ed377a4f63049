/** The start on real money while the exchange is in trouble: what is asked again, what is not, and how it ends. */
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';

import { loadConfig } from '../../src/config/load.ts';
import type { Config } from '../../src/config/config.ts';
import type { Market } from '../../src/domain/instrument.ts';
import { MINUTE_MS, SECOND_MS } from '../../src/domain/time.ts';
import { loadCcxtVenue } from '../../src/modes/assets.ts';
import { exitCodeOf } from '../../src/modes/cli/exit-code.ts';
import { failureText } from '../../src/modes/cli/report-failure.ts';
import { createLiveWorld } from '../../src/modes/desk/live/live-world.ts';
import type { World } from '../../src/modes/desk/world.ts';
import type { Stop } from '../../src/modes/wait-for-stop.ts';
import type { MarketSink } from '../../src/ports/market-feed.ts';
import type { Logger } from '../../src/ports/logger.ts';
import { plainStart } from '../../src/sim/accounts/start-state.ts';
import { SimServer } from '../../src/sim/server.ts';
import type { SimAddresses } from '../../src/sim/server.ts';
import { createFakeClock } from '../../src/testkit/fake-clock.ts';
import type { FakeClock } from '../../src/testkit/fake-clock.ts';
import { silentLogger } from '../../src/testkit/silent-logger.ts';
import { MARKET_START_MS, ManualMarket } from '../broker/manual-market.ts';
import { untilQuiet } from '../broker/quiet.ts';
import { emptyFolder } from '../cli/run-program.ts';
import { MemoryStore } from '../engine/memory-store.ts';
import { request } from '../sim/signed-request.ts';

const STEP_MS = 250;
/** No start is to take longer, by the clock of the test. */
const LONGEST_MS = 300 * SECOND_MS;
const SIGTERM: Stop = { why: 'SIGTERM', exitCode: 143 };

const DEAF: MarketSink = {
  trade: () => undefined,
  quote: () => undefined,
  candle: () => undefined,
  ticker: () => undefined,
  mark: () => undefined,
};

/** What a start asks, and what it changes something with. */
const ENDPOINTS: Readonly<Record<Market, { readonly asked: readonly string[]; readonly changing: readonly string[] }>> =
  {
    spot: {
      asked: [
        ...['GET /api/v3/exchangeInfo', 'GET /api/v3/ticker/24hr', 'GET /api/v3/account', 'POST /api/v3/order/test'],
        ...['GET /api/v3/openOrders', 'GET /api/v3/myTrades'],
      ],
      changing: [],
    },
    futures: {
      asked: [
        ...['GET /fapi/v1/exchangeInfo', 'GET /fapi/v1/fundingInfo', 'GET /fapi/v1/ticker/24hr'],
        ...[
          'GET /fapi/v1/accountConfig',
          'POST /fapi/v1/order/test',
          'GET /fapi/v3/account',
          'GET /fapi/v1/openOrders',
        ],
        ...['GET /fapi/v3/positionRisk', 'GET /fapi/v1/openAlgoOrders', 'GET /fapi/v1/userTrades'],
      ],
      changing: ['POST /fapi/v1/listenKey'],
    },
  };
const TIME = { spot: 'GET /api/v3/time', futures: 'GET /fapi/v1/time' } as const;

let clock: FakeClock;
let server: SimServer;
let addresses: SimAddresses;
let store: MemoryStore;
let asked: string[];
let told: string[];
let stopped: PromiseWithResolvers<Stop>;

function note(message: unknown): void {
  const { method, origin, path } = (message as { request: { method: string; origin: unknown; path: string } }).request;
  const { pathname } = new URL(path, String(origin));
  if (String(origin) === addresses.spotRest && /^\/f?api\//.test(pathname)) asked.push(`${method} ${pathname}`);
}

const logger: Logger = { ...silentLogger, warn: (text) => told.push(text), child: () => logger };

// Loading takes real time, in which that of the tests would fly.
beforeAll(async () => {
  await loadCcxtVenue('binance');
});
beforeEach(async () => {
  clock = createFakeClock(MARKET_START_MS + SECOND_MS);
  server = new SimServer({
    ...{ source: new ManualMarket(MARKET_START_MS), clock, logger: silentLogger, speed: 1, seed: 1, faults: null },
    accounts: [{ accountId: 'main', credentials: null, start: () => plainStart({ USDT: '1000' }, new Set(['USDT'])) }],
    onFailure: (failure) => {
      throw failure;
    },
  });
  addresses = await server.listen(0);
  await server.driver.advance(SECOND_MS);
  store = new MemoryStore();
  [asked, told] = [[], []];
  stopped = Promise.withResolvers();
  subscribe('undici:request:create', note);
});
afterEach(async () => {
  unsubscribe('undici:request:create', note);
  await server.close();
});

function configOf(market: Market, env: Readonly<Record<string, string>> = {}): Config {
  const { spotRest, spotWs, apiKey, apiSecret } = addresses;
  const loaded = loadConfig({
    readKeys: true,
    env: {
      ...{ HOME: emptyFolder(), PAPER_TRADING: 'false', MARKET_TYPE: market, SYMBOLS: 'top:2' },
      ...{ BINANCE_REST_URL: spotRest, BINANCE_WS_URL: new URL(spotWs).origin },
      ...{ BINANCE_API_KEY: apiKey, BINANCE_SECRET_KEY: apiSecret, ...env },
    },
  });
  if (!loaded.ok) throw new AggregateError(loaded.error);
  return loaded.value.config;
}

async function arm(...faults: object[]): Promise<void> {
  const answer = await fetch(`${addresses.spotRest}/sim/faults`, { method: 'POST', body: JSON.stringify(faults) });
  if (answer.status !== 200) throw new Error(await answer.text());
}

function createdWorld(config: Config): Promise<World> {
  return createLiveWorld({
    ...{ config, realClock: clock, logger, store: store.asStore(), dataDir: emptyFolder(), takeOver: false },
    notifier: { capabilities: { interactive: false }, notify: () => undefined, close: async () => undefined },
    ...{ stopped: stopped.promise, stop: stopped.resolve },
  });
}

/** Every question of a start: those of the world, then as the engine asks its feed. */
async function start(config: Config): Promise<World> {
  const world = await createdWorld(config);
  try {
    await world.feed.instruments();
    await world.feed.connect(DEAF);
    return world;
  } catch (failure) {
    await world.close();
    throw failure;
  }
}

/** Both clocks: the exchange looks at the times of requests. */
async function passTime(ms = STEP_MS): Promise<void> {
  await clock.advance(ms);
  await server.driver.advance(ms);
}

/** Lets time pass until it has settled. */
async function settled<Value>(promise: Promise<Value>): Promise<Value | Error> {
  let outcome: { readonly value: Value | Error } | null = null;
  promise.then(
    (value) => (outcome = { value }),
    (failure: unknown) => (outcome = { value: failure as Error }),
  );
  const startMs = clock.monotonicMs();
  const look = (): { readonly value: Value | Error } | null => outcome;
  while (clock.monotonicMs() - startMs < LONGEST_MS) {
    await untilQuiet();
    const found = look();
    if (found !== null) return found.value;
    await passTime();
  }
  throw new Error('it has not settled');
}

async function opened(market: Market): Promise<void> {
  const world = await settled(start(configOf(market)));
  if (world instanceof Error) throw world;
  await world.close();
}

/** How a start ends that comes to nothing. */
async function failureOf(starting: Promise<World>): Promise<Error> {
  const failure = await settled(starting);
  if (!(failure instanceof Error)) throw new Error('it has started');
  return failure;
}

const countOf = (endpoint: string): number => asked.filter((each) => each === endpoint).length;
const waits = (): readonly string[] => told.filter((text) => text.startsWith('the start waits'));

/** Who holds the account: `isOver` when nobody does. */
function lease(): unknown {
  return JSON.parse(store.state.get('account_lease:main')?.value ?? '{}');
}

/** All orders that the exchange has ever had. */
async function orders(): Promise<readonly unknown[]> {
  const answer = await fetch(`${addresses.spotRest}/sim/state`);
  const { accounts } = (await answer.json()) as {
    readonly accounts: Record<string, Record<Market, { readonly orders: readonly unknown[] }>>;
  };
  return Object.values(accounts).flatMap(({ spot, futures }) => [...spot.orders, ...futures.orders]);
}

describe.each(['spot', 'futures'] as const)('a start on real money, %s', (market) => {
  const { asked: questions, changing } = ENDPOINTS[market];
  const symbols = `GET ${market === 'spot' ? '/api/v3' : '/fapi/v1'}/exchangeInfo`;

  it('asks each of these questions, and changes nothing but the key of its stream', async () => {
    await opened(market);
    expect([...new Set(asked)].toSorted()).toEqual([...questions, ...changing, TIME[market]].toSorted());
    expect(waits()).toEqual([]);
  });

  it.each([
    ['an internal error', { kind: 'error_before' }, 'in 1 s'],
    ['a lost answer', { kind: 'lose_answer' }, 'in 1 s'],
    ['overload', { kind: 'refuse', refusal: 'SERVER_BUSY' }, 'in 1 s'],
    ['a limit', { kind: 'refuse', refusal: 'TOO_MANY_REQUESTS' }, 'in 60 s'],
  ])('outlasts %s at every question, and says so once', async (_, fault, pause) => {
    for (const endpoint of questions) {
      await arm({ ...fault, endpoint });
      told = [];
      await opened(market);
      // So many starts in one minute would use up its limit.
      await passTime(MINUTE_MS);
      expect(waits(), endpoint).toEqual([expect.stringContaining(`asked again ${pause} (try 2)`)]);
    }
    expect(await orders()).toEqual([]);
  });

  it('outlasts trouble at whatever is asked next, with growing pauses', async () => {
    await arm({ kind: 'error_before', count: 5 });
    await opened(market);
    expect(waits().map((text) => /in (\d+) s/.exec(text)?.[1])).toEqual(['1', '2', '4', '8', '15']);
    expect(countOf(symbols)).toBeGreaterThan(5);
    expect(await orders()).toEqual([]);
  });

  it('outlasts that the exchange does not tell its time when the feed is connected', async () => {
    const world = await settled(createdWorld(configOf(market)));
    if (world instanceof Error) throw world;
    await arm({ kind: 'error_before', endpoint: TIME[market], count: 3 });
    expect(await settled(world.feed.connect(DEAF))).toBeUndefined();
    expect(waits()).toHaveLength(3);
    await world.close();
  });

  it('ends with exit code 3 when the trouble does not, and says what was tried, how often, and what to do', async () => {
    await arm({ kind: 'error_before', count: 1_000 });
    const startMs = clock.monotonicMs();
    const failure = await failureOf(start(configOf(market)));
    expect(exitCodeOf(failure)).toBe(3);
    expect(failure).toMatchObject({ code: 'EXCHANGE_UNREACHABLE' });
    expect(failureText(failure, false)).toMatch(
      /asked for the symbols 9 times, .* the 75 s .* are over \(.*HTTP 500, code -1001[^]*start again/,
    );
    expect(clock.monotonicMs() - startMs).toBe(75 * SECOND_MS);
    expect(asked).toEqual(Array<string>(9).fill(symbols));
    expect(waits()).toHaveLength(8);
    expect(lease()).toMatchObject({ isOver: true });
  });

  it('has one time for all its questions together', async () => {
    await arm({ kind: 'error_before', endpoint: questions[0], count: 7 });
    await arm({ kind: 'error_before', endpoint: questions.at(-1), count: 1_000 });
    const startMs = clock.monotonicMs();
    const failure = await failureOf(start(configOf(market)));
    expect(failure.message).toMatch(/asked for the fills of \w+ \d times/);
    expect(clock.monotonicMs() - startMs).toBe(75 * SECOND_MS);
  });

  it('waits for the end of a short ban, and asks nothing before it', async () => {
    await opened(market);
    await arm({ kind: 'ban', market, seconds: 40 });
    [asked, told] = [[], []];
    await opened(market);
    expect(waits()).toEqual([expect.stringContaining('asked again in 40 s (try 2)')]);
    expect(countOf(symbols)).toBeLessThanOrEqual(3);
  });

  it('does not wait for the end of a long one', async () => {
    await opened(market);
    await arm({ kind: 'ban', market, seconds: 120 });
    [asked, told] = [[], []];
    const failure = await failureOf(start(configOf(market)));
    expect(exitCodeOf(failure)).toBe(3);
    expect(failure.message).toMatch(/symbols once, .* next try could be in 120 s.*start it again after that/);
    expect(asked).toEqual([symbols]);
    expect(waits()).toEqual([]);
  });

  it.each([
    ['a wrong key', { BINANCE_API_KEY: 'x'.repeat(64) }, 'KEYS_REFUSED'],
    ['a wrong secret', { BINANCE_SECRET_KEY: 'y'.repeat(64) }, 'KEYS_REFUSED'],
    ['symbols that do not exist', { SYMBOLS: 'NONEUSDT' }, 'USAGE'],
  ])('refuses %s at once', async (_, env, code) => {
    const startMs = clock.monotonicMs();
    expect(await failureOf(start(configOf(market, env)))).toMatchObject({ code });
    expect(clock.monotonicMs()).toBe(startMs);
    expect(asked).toHaveLength(new Set(asked).size);
    expect(waits()).toEqual([]);
  });

  it.each(questions)('refuses at once when the exchange refuses %s for good', async (endpoint) => {
    await arm({ kind: 'refuse', refusal: 'UNAUTHORIZED', endpoint, count: 1_000 });
    const startMs = clock.monotonicMs();
    const failure = await failureOf(start(configOf(market)));
    expect(exitCodeOf(failure)).toBe(3);
    expect(clock.monotonicMs()).toBe(startMs);
    expect(countOf(endpoint)).toBe(1);
    expect(waits()).toEqual([]);
  });

  it('ends at once when it is told to, and gives the account back', async () => {
    await arm({ kind: 'error_before', count: 1_000 });
    const timers = clock.pendingTimers();
    const starting = start(configOf(market));
    const ended = starting.catch((failure: unknown) => failure);
    await clock.advance(0);
    while (waits().length < 4) {
      await untilQuiet();
      await passTime();
    }
    const askedBefore = asked.length;
    stopped.resolve(SIGTERM);
    expect(await ended).toMatchObject({ name: 'StoppedAtStart', stop: SIGTERM });
    expect(asked).toHaveLength(askedBefore);
    expect(clock.pendingTimers()).toBe(timers);
    expect(lease()).toMatchObject({ isOver: true });
  });
});

it('refuses hedge mode at once', async () => {
  await request(addresses, 'POST /fapi/v1/positionSide/dual', { dualSidePosition: 'true' }, { timestamp: clock.now() });
  asked = [];
  expect(await failureOf(start(configOf('futures')))).toMatchObject({ code: 'HEDGE_MODE' });
  expect(countOf('GET /fapi/v1/accountConfig')).toBe(1);
  expect(waits()).toEqual([]);
});
