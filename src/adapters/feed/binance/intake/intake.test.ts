import { describe, expect, it } from 'vitest';

import { asId } from '../../../../domain/ids.ts';
import type { VenueSymbol } from '../../../../domain/ids.ts';
import type { MarketSink } from '../../../../ports/market-feed.ts';
import { Intake } from './intake.ts';

const BTC = asId<VenueSymbol>('BTCUSDT');
const TIME = Date.UTC(2026, 0, 1);

function setUp() {
  const told: string[] = [];
  const sink: MarketSink = {
    trade: (tick) => told.push(`trade ${tick.venueTradeId}`),
    quote: (tick) => told.push(`quote ${tick.bid} ${tick.time - TIME}`),
    candle: (candle) =>
      told.push(`candle ${(candle.openTime - TIME) / 60_000} ${candle.closed ? 'closed' : 'forming'}`),
    ticker: (ticker) => told.push(`ticker ${ticker.last}`),
    mark: ({ symbol, price }) => told.push(`mark ${symbol} ${price}`),
  };
  const intake = new Intake(sink, () => undefined);
  intake.follow(BTC);
  const send = (message: object | string): void => {
    const text = typeof message === 'string' ? message : JSON.stringify(message);
    const bytes = Buffer.from(text);
    intake.received(bytes.length, TIME);
    if (!intake.take(bytes, 0, bytes.length)) intake.text(text);
  };
  return { told, intake, send };
}

const trade = (id: number, time = TIME) => ({
  e: 'trade',
  E: time,
  s: BTC,
  t: id,
  p: '100.5',
  q: '1',
  T: time,
  m: true,
});
const quote = (id: number, bid = '1') => ({ u: id, s: BTC, b: bid, B: '1', a: '2', A: '1' });

describe('the intake', () => {
  it('tells each trade once, leaves late ones out, and counts those that were skipped', () => {
    const { told, intake, send } = setUp();
    for (const id of [7, 8, 8, 11, 9, 11, 12]) send(trade(id));
    expect(told).toEqual(['trade 7', 'trade 8', 'trade 11', 'trade 12']);
    expect(intake.counts).toMatchObject({ messages: 7, dropped: 3, tradesMissed: 2, rejected: 0, fallbackParses: 0 });
  });

  it("leaves late quotes out, and dates those without a time by the venue's clock", () => {
    const { told, intake, send } = setUp();
    intake.clockOffsetMs = 250;
    for (const id of [5, 9, 6, 9, 10]) send(quote(id, `0.${id}`));
    expect(told).toEqual(['quote 0.5 250', 'quote 0.9 250', 'quote 0.1 250']);
    expect(intake.counts.dropped).toBe(2);
  });

  it('takes ids wherever they go on after an interruption, and still counts what was missed', () => {
    const { told, intake, send } = setUp();
    send(trade(100));
    send(quote(100));
    intake.interrupted(BTC);
    intake.interrupted(BTC);
    send(trade(104));
    send(quote(3));
    intake.interrupted(BTC);
    intake.interrupted(BTC);
    send(trade(1));
    send(trade(1));
    expect(told).toEqual(['trade 100', 'quote 1 0', 'trade 104', 'quote 1 0', 'trade 1']);
    expect(intake.counts).toMatchObject({ dropped: 1, tradesMissed: 3 });
  });

  it('takes lower ids of the kind alone whose stream was interrupted', () => {
    const { told, intake, send } = setUp();
    const both = (id: number): void => {
      send(trade(id));
      send(quote(id));
    };
    both(100);
    intake.interrupted(BTC, 'quotes');
    both(99);
    intake.interrupted(BTC, 'trades');
    both(98);
    expect(told).toEqual(['trade 100', 'quote 1 0', 'quote 1 0', 'trade 98']);
  });

  it('is silent about symbols that are not followed any more, until they are followed anew', () => {
    const { told, intake, send } = setUp();
    const ticker = { e: '24hrTicker', E: TIME, s: BTC, P: '1', c: '9', o: '9', h: '9', l: '9', v: '1', q: '9' };
    const mark = { e: 'markPriceUpdate', E: TIME, s: BTC, p: '100' };
    const candle = {
      t: TIME,
      s: BTC,
      i: '1m',
      f: 1,
      L: 1,
      o: '1',
      c: '1',
      h: '1',
      l: '1',
      v: '1',
      n: 1,
      x: false,
      q: '1',
      V: '1',
    };
    const kline = { e: 'kline', E: TIME + 1_000, s: BTC, k: candle };
    const all = [trade(5), quote(5), ticker, mark, kline];
    intake.unfollow(BTC);
    intake.interrupted(BTC);
    intake.unfollow(asId<VenueSymbol>('NEVERUSDT'));
    intake.interrupted(asId<VenueSymbol>('NEVERUSDT'));
    for (const message of all) send(message);
    expect(told).toEqual([]);
    intake.follow(BTC);
    for (const message of all) send(message);
    expect(told).toEqual(['trade 5', 'quote 1 0', 'ticker 9', 'mark BTCUSDT 100', 'candle 0 forming']);
  });

  it('counts what it had to read slowly, what made no sense, and how long messages took', () => {
    const { told, intake, send } = setUp();
    send(` ${JSON.stringify(trade(1, TIME - 30))}`);
    send({ ...trade(2), p: 'NaN' });
    send('{"e":"depthUpdate"');
    send({ e: 'trade', s: 'OTHERUSDT' });
    expect(told).toEqual(['trade 1']);
    expect(intake.counts).toMatchObject({ messages: 4, fallbackParses: 1, rejected: 2, dropped: 1 });
    expect(intake.latency.percentile(0.5)).toBe(31);
  });

  it('follows hundreds of symbols', () => {
    const { told, intake, send } = setUp();
    const symbols = Array.from({ length: 500 }, (_, index) => asId<VenueSymbol>(`S${index}USDT`));
    for (const symbol of symbols) intake.follow(symbol);
    for (const symbol of symbols) send({ ...trade(1), s: symbol });
    for (const symbol of symbols) send({ ...trade(1), s: symbol });
    expect(told).toHaveLength(500);
  });
});
