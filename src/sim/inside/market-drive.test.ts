import { setImmediate } from 'node:timers/promises';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import type { Candle } from '../../domain/candle.ts';
import { MINUTE_MS, SECOND_MS } from '../../domain/time.ts';
import { seededRandom } from '../../lib/random.ts';
import type { FakeClock } from '../../testkit/fake-clock.ts';
import { createFakeClock } from '../../testkit/fake-clock.ts';
import type { TradeTick } from '../../ports/market-feed.ts';
import type { InsideMarket } from './inside-market.ts';
import { createInsideMarket } from './inside-market.ts';
import type { DriveOptions } from './market-drive.ts';
import type { LoggedMessage } from './sink-log.ts';
import { SinkLog } from './sink-log.ts';

const START = Date.UTC(2026, 0, 11, 23, 58);
const NOTHING_UNDER_WAY = (): undefined => undefined;
const AT_MAX: DriveOptions = { speed: 'max', realClock: createFakeClock(), settle: NOTHING_UNDER_WAY };

async function newMarket(seed = 1): Promise<{ market: InsideMarket; log: SinkLog }> {
  const play = { kind: 'synthetic', symbols: ['ADA', 'BTC'], startAt: START } as const;
  const market = await createInsideMarket({ play, seed, market: null, quoteAsset: 'USDT' });
  const log = new SinkLog(market.clock);
  await market.feed.connect(log);
  const symbols = (await market.feed.instruments()).map(({ symbol }) => symbol);
  market.feed.subscribe({ symbols, timeframes: ['1m', '1h', '1w'], markSymbols: symbols });
  return { market, log };
}

async function messagesUntil(until: number, seed = 1): Promise<LoggedMessage[]> {
  const { market, log } = await newMarket(seed);
  await market.drive({ ...AT_MAX, until });
  return log.messages;
}

/** The venue's time of a message of the market itself; null for what is summed up at whole seconds. */
function eventTime(message: LoggedMessage): number | null {
  return 'tick' in message ? message.tick.time : null;
}

/**
 * What an engine does, as far as a drive notices: checks at every close, exits now and then, each taking real time that
 * depends on nothing but chance, and timers set when they are done.
 */
class ToyEngine extends SinkLog {
  readonly did: string[] = [];
  readonly #market: InsideMarket;
  readonly #delays: { next(): number };
  #underWay = 0;
  #trades = 0;
  #idle = Promise.withResolvers<void>();

  constructor(market: InsideMarket, delaySeed: number) {
    super(market.clock);
    this.#market = market;
    this.#delays = seededRandom(delaySeed);
  }

  readonly settle = (): Promise<void> | undefined => (this.#underWay === 0 ? undefined : this.#idle.promise);

  override candle(candle: Candle): void {
    super.candle(candle);
    if (candle.closed) this.#begin(`check ${candle.symbol} ${candle.timeframe}`);
  }

  override trade(tick: Readonly<TradeTick>): void {
    super.trade(tick);
    this.#trades += 1;
    if (this.#trades % 7 === 0) this.#begin(`exit ${tick.venueTradeId}`);
  }

  #begin(what: string): void {
    this.#underWay += 1;
    void this.#work(what, Math.floor(this.#delays.next() * 6));
  }

  async #work(what: string, turns: number): Promise<void> {
    for (let turn = 0; turn < turns; turn += 1) await setImmediate();
    // What is done at once after another of the same moment may come in another order: that is for the engine to settle.
    const { clock } = this.#market;
    this.did.push(`${clock.now()} ${what}`);
    clock.setTimer(what.length * 10, () => this.did.push(`${clock.now()} after ${what}`));
    this.#underWay -= 1;
    if (this.#underWay > 0) return;
    this.#idle.resolve();
    this.#idle = Promise.withResolvers();
  }
}

/** Lets real time pass in steps, as a process that is not held up sees it, until `done` holds or it is over. */
async function passRealTime(realClock: FakeClock, ms: number, done = (): boolean => false): Promise<void> {
  for (let passed = 0; passed < ms && !done(); passed += 5) {
    await realClock.advance(5);
    for (let turn = 0; turn < 40; turn += 1) await setImmediate();
  }
}

async function toyRun(options: Partial<DriveOptions>, seeds: { market: number; delays: number }) {
  const play = { kind: 'synthetic', symbols: ['ADA', 'BTC'], startAt: START } as const;
  const market = await createInsideMarket({ play, seed: seeds.market, market: null, quoteAsset: 'USDT' });
  const engine = new ToyEngine(market, seeds.delays);
  await market.feed.connect(engine);
  const symbols = (await market.feed.instruments()).map(({ symbol }) => symbol);
  market.feed.subscribe({ symbols, timeframes: ['1m', '1h'], markSymbols: symbols });
  const until = START + 2.5 * MINUTE_MS;
  const end = await market.drive({ ...AT_MAX, settle: engine.settle, until, ...options });
  // What is done in one moment is under way together; its order is the engine's own affair.
  return { end, messages: engine.messages, did: engine.did.toSorted(), metrics: market.pace() };
}

describe('a drive at full speed', () => {
  it('gives the same messages and timers for the same seed, however long the engine takes', async () => {
    const first = await toyRun({}, { market: 3, delays: 1 });
    const second = await toyRun({}, { market: 3, delays: 2 });
    expect(first.did.length).toBeGreaterThan(50);
    expect(second).toEqual(first);
    expect((await toyRun({}, { market: 4, delays: 1 })).messages).not.toEqual(first.messages);
  });

  it('gives the same whatever pieces it is driven in', async () => {
    const whole = await messagesUntil(START + 3 * MINUTE_MS);
    const pieces = fc.array(fc.oneof(fc.integer({ min: 0, max: 5 }), fc.integer({ min: 0, max: 90_000 })), {
      minLength: 1,
      maxLength: 6,
    });
    await fc.assert(
      fc.asyncProperty(pieces, async (lengthsMs) => {
        const { market, log } = await newMarket();
        let until = START;
        for (let i = 0; until < START + 3 * MINUTE_MS; i += 1) {
          until = Math.min(START + 3 * MINUTE_MS, until + 50 + (lengthsMs[i % lengthsMs.length] ?? 0));
          expect(await market.drive({ ...AT_MAX, until })).toBe('until');
          expect(market.clock.now()).toBe(until);
        }
        expect(log.messages).toEqual(whole);
      }),
      { numRuns: 15 },
    );
  });

  it('keeps the order of time: timers that are due come before what the market does at that millisecond', async () => {
    const delay = fc.oneof(
      fc.integer({ min: -5, max: 70_000 }),
      fc.integer({ min: 0, max: 60 }).map((seconds) => seconds * SECOND_MS),
      fc.double({ min: 0, max: 5_000, noNaN: true }),
    );
    const delays = fc.array(delay);
    await fc.assert(
      fc.asyncProperty(delays, async (delaysMs) => {
        const { market, log } = await newMarket();
        const ran: { readonly dueMs: number; readonly at: number; readonly messagesBefore: number }[] = [];
        const set = (delayMs: number, isNested: boolean): void => {
          const dueMs = market.clock.monotonicMs() + Math.max(0, delayMs);
          market.clock.setTimer(delayMs, () => {
            ran.push({ dueMs, at: market.clock.monotonicMs(), messagesBefore: log.messages.length });
            if (!isNested) set(delayMs / 2, true);
          });
        };
        for (const delayMs of delaysMs) set(delayMs, false);
        await market.drive({ ...AT_MAX, until: START + 2 * MINUTE_MS });
        expect(ran).toHaveLength(2 * delaysMs.length);
        for (const { dueMs, at, messagesBefore } of ran) {
          expect(at).toBe(dueMs);
          const isInOrder = log.messages.every((message, i) => {
            const sinceMs = message.at - START;
            const isSum = eventTime(message) === null;
            return (isSum ? sinceMs <= dueMs : sinceMs < dueMs) === i < messagesBefore;
          });
          expect(isInOrder).toBe(true);
        }
        const times = log.messages.map(({ at }) => at);
        expect(times).toEqual(times.toSorted((a, b) => a - b));
        expect(log.messages.every((message) => (eventTime(message) ?? message.at) === message.at)).toBe(true);
      }),
      { numRuns: 20 },
    );
  });

  it('stands still as long as anything is under way, and no event comes meanwhile', async () => {
    const { market, log } = await newMarket();
    const gate = Promise.withResolvers<void>();
    let asked = 0;
    const settle = (): Promise<void> | undefined => {
      asked += 1;
      return asked === 100 ? gate.promise : undefined;
    };
    const driven = market.drive({ ...AT_MAX, settle, until: START + MINUTE_MS });
    for (let turn = 0; turn < 200; turn += 1) await setImmediate();
    const [stoodAt, messages] = [market.clock.now(), log.messages.length];
    expect(asked).toBe(100);
    for (let turn = 0; turn < 200; turn += 1) await setImmediate();
    expect([market.clock.now(), log.messages.length]).toEqual([stoodAt, messages]);
    gate.resolve();
    expect(await driven).toBe('until');
  });

  it('serves the event loop while it runs, and ends promptly when it is aborted', async () => {
    const { market, log } = await newMarket();
    const abort = new AbortController();
    const driven = market.drive({ ...AT_MAX, signal: abort.signal });
    await setImmediate();
    await setImmediate();
    expect(log.messages.length).toBeGreaterThan(0);
    abort.abort();
    const messages = log.messages.length;
    expect(await driven).toBe('aborted');
    expect(log.messages.length).toBe(messages);
    expect(await market.drive({ ...AT_MAX, signal: abort.signal })).toBe('aborted');
    expect(log.messages.length).toBe(messages);
  });

  it('ends when it is aborted although something is under way', async () => {
    const { market } = await newMarket();
    const abort = new AbortController();
    const driven = market.drive({ ...AT_MAX, settle: () => new Promise(() => undefined), signal: abort.signal });
    await setImmediate();
    abort.abort();
    expect(await driven).toBe('aborted');
  });

  it('ends when the feed is closed', async () => {
    const { market } = await newMarket();
    const driven = market.drive(AT_MAX);
    await market.feed.close();
    expect(await driven).toBe('closed');
  });

  it('says so when the engine does not settle, as when it waits for simulated time', async () => {
    const { market } = await newMarket();
    const realClock = createFakeClock();
    const settle = (): Promise<void> => new Promise((resolve) => market.clock.setTimer(1, resolve));
    const driven = market.drive({ ...AT_MAX, realClock, settle });
    const refused = expect(driven).rejects.toThrow('does it wait for simulated time');
    await realClock.advance(120_000);
    await refused;
  });

  it.each([
    ['a timer', (market: InsideMarket) => market.clock.setTimer(10, () => throwBoom())],
    ['the sink', (_: InsideMarket, log: SinkLog) => Object.assign(log, { trade: throwBoom })],
  ])('gives what %s throws to the one who drives', async (_, plant) => {
    const { market, log } = await newMarket();
    plant(market, log);
    await expect(market.drive({ ...AT_MAX, until: START + MINUTE_MS })).rejects.toThrow('boom');
  });

  it('gives what settle rejects with to the one who drives', async () => {
    const { market } = await newMarket();
    await expect(market.drive({ ...AT_MAX, settle: async () => throwBoom() })).rejects.toThrow('boom');
  });

  it('is one at a time, at a speed above 0', async () => {
    const { market } = await newMarket();
    await expect(market.drive({ ...AT_MAX, until: NaN })).rejects.toThrow(RangeError);
    for (const speed of [0, -1, NaN, Infinity]) {
      await expect(market.drive({ ...AT_MAX, speed })).rejects.toThrow(RangeError);
    }
    const driven = market.drive({ ...AT_MAX, until: START + SECOND_MS });
    await expect(market.drive(AT_MAX)).rejects.toThrow('await the first drive');
    await driven;
  });
});

function throwBoom(): never {
  throw new Error('boom');
}

describe('a drive at a multiple of real time', () => {
  it.each([1, 60, 0.5, 600])('keeps pace at a speed of %d', async (speed) => {
    const { market } = await newMarket();
    const realClock = createFakeClock();
    const driven = market.drive({ ...AT_MAX, speed, realClock });
    for (let passedMs = 100; passedMs <= Math.min(3_000, 100_000 / speed); passedMs += 100) {
      await passRealTime(realClock, 100);
      const standsMs = market.clock.now() - START;
      expect(standsMs).toBeLessThanOrEqual(passedMs * speed);
      expect(standsMs).toBeGreaterThanOrEqual((passedMs - 25) * speed - 1);
    }
    expect(market.pace().maxLagMs).toBeLessThanOrEqual(5 * speed);
    await market.feed.close();
    await passRealTime(realClock, 50);
    expect(await driven).toBe('closed');
  });

  it('tells the same as at full speed, and ends at the same time', async () => {
    const realClock = createFakeClock();
    let isOver = false;
    const paced = toyRun({ speed: 60, realClock }, { market: 3, delays: 5 }).finally(() => (isOver = true));
    await passRealTime(realClock, 60_000, () => isOver);
    const { metrics, ...run } = await paced;
    const { metrics: _, ...atMax } = await toyRun({}, { market: 3, delays: 1 });
    expect(run).toEqual(atMax);
    expect(metrics.unsettled).toBe(0);
  });

  it('leaves nothing out when the process was held up, and says how far it is behind', async () => {
    const { market, log } = await newMarket();
    const realClock = createFakeClock();
    const driven = market.drive({ ...AT_MAX, speed: 60, realClock, until: START + 3 * MINUTE_MS });
    await passRealTime(realClock, 100);
    expect(market.pace().lagMs).toBe(0);
    await realClock.advance(2_000);
    await passRealTime(realClock, 1_500);
    expect(await driven).toBe('until');
    expect(log.messages).toEqual(await messagesUntil(START + 3 * MINUTE_MS));
    expect(market.pace().lagMs).toBe(0);
  });

  it('shows the lag while simulated time stands for what is under way', async () => {
    const { market } = await newMarket();
    const realClock = createFakeClock();
    const gates: PromiseWithResolvers<void>[] = [];
    const settle = (): Promise<void> => {
      const gate = Promise.withResolvers<void>();
      gates.push(gate);
      return gate.promise;
    };
    const driven = market.drive({ ...AT_MAX, speed: 60, realClock, settle });
    await passRealTime(realClock, 200);
    expect(gates).toHaveLength(1);
    const standsAt = market.clock.now();
    expect(market.pace()).toMatchObject({
      timeMs: standsAt,
      lagMs: (200 - 20) * 60 - (standsAt - START),
      unsettled: 0,
    });
    await market.feed.close();
    gates[0]?.resolve();
    await passRealTime(realClock, 100);
    expect(await driven).toBe('closed');
  });

  it('goes on after 250 ms of waiting, counts it, and waits again for what is new once that is done', async () => {
    const { market } = await newMarket();
    const realClock = createFakeClock();
    const gates: PromiseWithResolvers<void>[] = [];
    const settle = (): Promise<void> | undefined => {
      if (gates.length === 2) return undefined;
      const gate = Promise.withResolvers<void>();
      gates.push(gate);
      return gate.promise;
    };
    const driven = market.drive({ ...AT_MAX, speed: 60, realClock, settle, until: START + MINUTE_MS });
    await passRealTime(realClock, 245);
    expect([market.pace().unsettled, market.clock.now()]).toEqual([0, START]);
    await passRealTime(realClock, 100);
    expect([market.pace().unsettled, gates.length]).toEqual([1, 1]);
    expect(market.clock.now()).toBeGreaterThan(START + 15 * SECOND_MS);
    gates[0]?.resolve();
    await passRealTime(realClock, 300);
    expect([market.pace().unsettled, gates.length]).toEqual([2, 2]);
    await passRealTime(realClock, 1_000);
    expect(await driven).toBe('until');
  });

  it('fails with what it no longer waits for', async () => {
    const { market } = await newMarket();
    const realClock = createFakeClock();
    const gate = Promise.withResolvers<void>();
    const driven = market.drive({ ...AT_MAX, speed: 60, realClock, settle: () => gate.promise });
    const refused = expect(driven).rejects.toThrow('boom');
    await passRealTime(realClock, 300);
    gate.reject(new Error('boom'));
    await passRealTime(realClock, 50);
    await refused;
  });

  it('ends promptly between two wake-ups when it is aborted', async () => {
    const { market } = await newMarket();
    const realClock = createFakeClock();
    const abort = new AbortController();
    const driven = market.drive({ ...AT_MAX, speed: 1, realClock, signal: abort.signal });
    await passRealTime(realClock, 30);
    abort.abort();
    expect(await driven).toBe('aborted');
    expect(realClock.pendingTimers()).toBe(0);
  });
});
