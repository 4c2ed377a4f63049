import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { HOUR_MS, MINUTE_MS } from '../../domain/time.ts';
import type { LoggedEvent } from './event-log.ts';
import { EventLog } from './event-log.ts';
import type { DepthSide, MarketSource } from './source.ts';
import { DEPTH_LEVELS } from './source.ts';
import { createSyntheticMarket } from './synthetic-market.ts';

const START = Date.UTC(2026, 0, 7, 9, 17);
const SYMBOLS = ['BTCUSDT', 'ADAUSDT', 'KABITUSDT'];

function market(seed: number, symbols: readonly string[] | number = SYMBOLS): MarketSource {
  return createSyntheticMarket({ seed, symbols, startMs: START });
}

/** The events up to `untilMs`, asked for in steps of the given lengths, over and over. */
function eventsOf(source: MarketSource, untilMs: number, stepsMs: readonly number[] = [Infinity]): LoggedEvent[] {
  const log = new EventLog();
  let timeMs = source.startMs;
  for (let i = 0; timeMs < untilMs; i += 1) {
    timeMs = Math.min(untilMs, timeMs + (stepsMs[i % stepsMs.length] ?? 1));
    source.advanceTo(timeMs, log);
  }
  return log.events;
}

function emptyView(): { bids: DepthSide; asks: DepthSide } {
  const side = (): DepthSide => ({
    count: 0,
    prices: new Float64Array(DEPTH_LEVELS),
    quantities: new Float64Array(DEPTH_LEVELS),
  });
  return { bids: side(), asks: side() };
}

describe('synthetic market', () => {
  it('sends the same events whatever steps it is driven in', () => {
    const steps = fc.array(fc.integer({ min: 1, max: 5_000 }), { minLength: 1, maxLength: 8 });
    const untilMs = START + 3 * MINUTE_MS;
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 1e9 }), steps, (seed, stepsMs) => {
        expect(eventsOf(market(seed), untilMs, stepsMs)).toEqual(eventsOf(market(seed), untilMs));
      }),
      { numRuns: 20 },
    );
  });

  it('sends other events for another seed', () => {
    const untilMs = START + 10_000;
    expect(eventsOf(market(1), untilMs)).not.toEqual(eventsOf(market(2), untilMs));
  });

  it('moves a symbol the same way whatever other symbols there are', () => {
    const untilMs = START + MINUTE_MS;
    const alone = eventsOf(market(5, ['ADAUSDT']), untilMs);
    const among = eventsOf(market(5), untilMs).filter((event) => event.type !== 'raw' && event.symbolIndex === 1);
    expect(among.map((event) => ({ ...event, symbolIndex: 0 }))).toEqual(alone);
  });

  it('sends events in order of time, none before the start, and says when the next one is due', () => {
    const source = market(6);
    const log = new EventLog();
    for (let i = 0; i < 300; i += 1) {
      const dueMs = source.nextEventMs();
      const before = log.events.length;
      source.advanceTo(dueMs - 1, log);
      expect(log.events.length).toBe(before);
      source.advanceTo(dueMs, log);
      expect(log.events[before]?.timeMs).toBe(dueMs);
    }
    const times = log.events.map(({ timeMs }) => timeMs);
    expect(times[0]).toBe(START);
    expect(times).toEqual(times.toSorted((a, b) => a - b));
  });

  it('trades at the bid or ask of the last quote, never more than lies there, with ids one after another', () => {
    const quotes = new Map<number, Extract<LoggedEvent, { type: 'quote' }>>();
    const ids = new Map<number, number>();
    for (const event of eventsOf(market(7, 50), START + 10 * MINUTE_MS)) {
      if (event.type === 'quote') {
        expect(event.bid).toBeLessThan(event.ask);
        expect(Math.min(event.bid, event.bidQuantity, event.askQuantity)).toBeGreaterThan(0);
        quotes.set(event.symbolIndex, event);
      } else if (event.type === 'trade') {
        const quote = quotes.get(event.symbolIndex);
        expect(event.price).toBe(event.buyerIsMaker ? quote?.bid : quote?.ask);
        expect(event.quantity).toBeGreaterThan(0);
        expect(event.quantity).toBeLessThan((event.buyerIsMaker ? quote?.bidQuantity : quote?.askQuantity) ?? 0);
        expect(event.tradeId).toBe((ids.get(event.symbolIndex) ?? 0) + 1);
        ids.set(event.symbolIndex, event.tradeId);
      }
    }
    expect(ids.size).toBe(50);
  });

  it('keeps prices and quantities on the exchange rules of both markets', () => {
    const source = market(8, 20);
    const isOn = (value: number, step: number): boolean => Math.abs(value / step - Math.round(value / step)) < 1e-6;
    for (const event of eventsOf(source, START + MINUTE_MS)) {
      if (event.type !== 'trade') continue;
      const { instruments, priceDecimals, symbol } = source.symbols[event.symbolIndex] ?? {};
      for (const market of ['spot', 'futures'] as const) {
        const rules = instruments?.[market]?.rules;
        expect(isOn(event.price, rules?.tick.toNumber() ?? 0), symbol).toBe(true);
        expect(isOn(event.quantity, rules?.step.toNumber() ?? 0), symbol).toBe(true);
      }
      expect(Number(event.price.toFixed(priceDecimals))).toBe(event.price);
    }
  });

  it('shows a depth that begins with the last quote and falls away from it, the same at the same time', () => {
    const view = emptyView();
    const source = market(9);
    source.depth(0, view);
    expect(view.bids.count + view.asks.count).toBe(0);
    const quotes = new EventLog();
    source.advanceTo(START + 90_500, quotes);
    for (const symbolIndex of SYMBOLS.keys()) {
      source.depth(symbolIndex, view);
      const quote = quotes.of('quote').findLast((event) => event.symbolIndex === symbolIndex);
      expect([view.bids.prices[0], view.bids.quantities[0]]).toEqual([quote?.bid, quote?.bidQuantity]);
      expect([view.asks.prices[0], view.asks.quantities[0]]).toEqual([quote?.ask, quote?.askQuantity]);
      expect([view.bids.count, view.asks.count]).toEqual([DEPTH_LEVELS, DEPTH_LEVELS]);
      const [bids, asks] = [[...view.bids.prices], [...view.asks.prices]];
      expect(bids).toEqual([...new Set(bids)].toSorted((a, b) => b - a));
      expect(asks).toEqual([...new Set(asks)].toSorted((a, b) => a - b));
      expect(Math.min(...view.bids.quantities, ...view.asks.quantities)).toBeGreaterThan(0);
    }
    const again = market(9);
    again.advanceTo(START + 90_500, new EventLog());
    const second = emptyView();
    source.depth(1, view);
    again.depth(1, second);
    expect(second).toEqual(view);
  });

  it('sends mark prices every second, near the last price, with the funding rate that history will show', () => {
    const source = market(10);
    const marks = eventsOf(source, START + HOUR_MS).filter((event) => event.type === 'mark');
    expect(marks.length).toBe(3 * (HOUR_MS / 1_000 + 1));
    for (const { indexPrice, markPrice, fundingRate, nextFundingMs, symbolIndex, timeMs } of marks) {
      expect(Math.abs(markPrice / indexPrice - 1)).toBeLessThan(0.00025);
      expect(nextFundingMs).toBeGreaterThan(timeMs);
      expect(nextFundingMs % HOUR_MS).toBe(0);
      expect(fundingRate).toBe(source.pastFundingRate(symbolIndex, nextFundingMs));
    }
  });

  it('has only the markets asked for', () => {
    const source = createSyntheticMarket({ seed: 1, symbols: 2, startMs: START, markets: ['spot'] });
    expect(source.symbols.map(({ instruments }) => instruments.futures)).toEqual([null, null]);
    expect(eventsOf(source, START + 5_000).some(({ type }) => type === 'mark')).toBe(false);
    expect(source.symbols[0]?.priceDecimals).toBe(2);
  });

  it('goes on where history ends: alike in volatility and in volume', () => {
    const [old, young] = [market(12), market(12)];
    const volume = new Map<number, number>();
    for (const event of eventsOf(young, START + 6 * HOUR_MS)) {
      if (event.type === 'trade') volume.set(event.symbolIndex, (volume.get(event.symbolIndex) ?? 0) + event.quantity);
    }
    for (const symbolIndex of SYMBOLS.keys()) {
      const before = old.history(symbolIndex, '1h', { fromMs: START - 48 * HOUR_MS, toMs: START });
      const average = before.volume.reduce((sum, value) => sum + value, 0) / 48;
      const ratio = (volume.get(symbolIndex) ?? 0) / 6 / average;
      expect(ratio, SYMBOLS[symbolIndex]).toBeGreaterThan(0.25);
      expect(ratio, SYMBOLS[symbolIndex]).toBeLessThan(4);
    }
  });
});
