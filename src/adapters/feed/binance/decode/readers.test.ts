import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { asId } from '../../../../domain/ids.ts';
import type { VenueSymbol } from '../../../../domain/ids.ts';
import { FastReader } from './fast-reader.ts';
import { JsonReader } from './json-reader.ts';
import type { SlowReading } from './json-reader.ts';
import { MarketMessage } from './market-message.ts';
import { SymbolTable } from './symbol-table.ts';

const CAPTURES = join(import.meta.dirname, '../../../../../../shared/data/captures');
const RECEIVED_AT = Date.UTC(2026, 0, 1);

/** What a reader wrote to its MarketMessage. */
function snapshot(message: MarketMessage): unknown {
  const { kind, symbolIndex, eventTime, sequence } = message;
  const { firstTradeId, lastTradeId } = message;
  const content = {
    trade: { ...message.trade },
    quote: { ...message.quote },
    candle: { ...message.candle, firstTradeId, lastTradeId },
  };
  return { kind, symbolIndex, eventTime, sequence, content: content[kind] };
}

function readersOf(symbols: readonly string[]) {
  const table = new SymbolTable();
  for (const symbol of symbols) table.add(asId<VenueSymbol>(symbol));
  const messages = { fast: new MarketMessage(table), slow: new MarketMessage(table) };
  messages.fast.receivedAtMs = RECEIVED_AT;
  messages.slow.receivedAtMs = RECEIVED_AT;
  const fastReader = new FastReader(messages.fast);
  const jsonReader = new JsonReader(messages.slow);
  return {
    /** What the fast reader made of it, null when it left it to the slow one. Bytes around the message are hostile. */
    fast(text: string): unknown {
      const payload = Buffer.from(text);
      const bytes = Buffer.concat([Buffer.from('{"a":"'), payload, Buffer.from('"}],0.5}'.repeat(4))]);
      return fastReader.read(bytes, 6, 6 + payload.length) ? snapshot(messages.fast) : null;
    },
    slow(text: string): { readonly reading: SlowReading; readonly found: unknown } {
      const reading = jsonReader.read(text);
      return { reading, found: reading.type === 'frequent' ? snapshot(messages.slow) : null };
    },
  };
}

const FOLLOWED = ['BTCUSDT', 'ETHUSDT', '1000SHIBUSDT', 'CTKUSDT', '币安人生USDT'];

const SPOT_TRADE =
  '{"e":"trade","E":1723161255343,"s":"BTCUSDT","t":3735683259,"p":"61837.63000000","q":"0.02000000","T":1723161255342,"m":true,"M":true}';
const FUTURES_TRADE =
  '{"e":"trade","E":1723161256322,"T":1723161256322,"s":"BTCUSDT","t":5266583935,"p":"61800.30","q":"0.006","X":"MARKET","m":false}';
/** With the fields that futures gained in 2026. */
const AGGREGATE =
  '{"e":"aggTrade","E":1772626992741,"a":16599292,"s":"1000SHIBUSDT","p":"0.01100","q":"10","nq":"9","f":23961320,"l":23961322,"T":1772626992421,"m":false,"st":1}';
const SPOT_QUOTE =
  '{"u":50093239212,"s":"BTCUSDT","b":"61837.63000000","B":"3.78826000","a":"61837.64000000","A":"1.54698000"}';
const FUTURES_QUOTE =
  '{"e":"bookTicker","u":5123107839020,"s":"ETHUSDT","ps":"ETHUSDT","b":"2683.80","B":"2.507","a":"2683.81","A":"2.510","T":1723161256313,"E":1723161256314}';
const KLINE =
  '{"e":"kline","E":1626992741424,"s":"CTKUSDT","k":{"t":1626992700000,"T":1626992759999,"s":"CTKUSDT","i":"1m","f":23961275,"L":23961322,"o":"1.01000","c":"1.01100","h":"1.01100","l":"1.01000","v":"3917","n":48,"x":false,"q":"3957.89900","V":"1729","Q":"1748.01900","B":"0"}}';
/** Volumes of more digits than a float's mantissa surely holds, and a minute without trades. */
const DAY_KLINE =
  '{"e":"kline","E":1723161601000,"s":"1000SHIBUSDT","k":{"t":1723161600000,"T":1723247999999,"s":"1000SHIBUSDT","i":"1d","f":1,"L":9,"o":"0.01340100","c":"0.01340100","h":"0.01380000","l":"0.01320000","v":"1234567890123.45678901","n":5,"x":true,"q":"16500000000.12345678","V":"1000000000.00000001","Q":"1.5","B":"0"}}';
const QUIET_KLINE =
  '{"e":"kline","E":1723161660000,"s":"BTCUSDT","k":{"t":1723161600000,"T":1723161659999,"s":"BTCUSDT","i":"1m","f":-1,"L":-1,"o":"1.5","c":"1.5","h":"1.5","l":"1.5","v":"0","n":0,"x":true,"q":"0","V":"0","Q":"0","B":"0"}}';

const MESSAGES = [SPOT_TRADE, FUTURES_TRADE, AGGREGATE, SPOT_QUOTE, FUTURES_QUOTE, KLINE, DAY_KLINE, QUIET_KLINE];

function combined(message: string): string {
  return `{"stream":"some@stream","data":${message}}`;
}

describe('the fast reader', () => {
  it.each(MESSAGES)(
    'takes the frequent messages of both markets, raw and combined, as the slow one reads them: %s',
    (message) => {
      const readers = readersOf(FOLLOWED);
      const { reading, found } = readers.slow(message);
      expect(reading.type).toBe('frequent');
      expect(readers.fast(message)).toEqual(found);
      expect(readers.fast(combined(message))).toEqual(found);
      expect(readers.slow(combined(message)).found).toEqual(found);
    },
  );

  it('reads the figures that stand in the message', () => {
    const readers = readersOf(FOLLOWED);
    expect(readers.fast(AGGREGATE)).toMatchObject({
      eventTime: 1772626992741,
      content: {
        symbol: '1000SHIBUSDT',
        price: 0.011,
        quantity: 10,
        trades: 3,
        venueTradeId: 16599292,
        buyerIsTaker: true,
      },
    });
    expect(readers.fast(SPOT_QUOTE)).toMatchObject({
      sequence: 50093239212,
      content: { bid: 61837.63, bidQuantity: 3.78826, ask: 61837.64, askQuantity: 1.54698, time: RECEIVED_AT },
    });
    expect(readers.fast(DAY_KLINE)).toMatchObject({
      content: {
        timeframe: '1d',
        volume: 1234567890123.45678901,
        buyVolume: 1000000000.00000001,
        closed: true,
        lastTradeId: 9,
      },
    });
  });

  it('shows a side where nobody quotes as NaN', () => {
    const empty = SPOT_QUOTE.replace('61837.63000000', '0.00000000');
    expect(readersOf(FOLLOWED).fast(empty)).toMatchObject({ content: { bid: NaN, ask: 61837.64 } });
  });
});

describe('both readers on recorded messages', () => {
  const files = [
    'binance-usdm-btcusdt-20240808.gz',
    'binance-spot-btcusdt-20240808.gz',
    'binance-spot-ethusdt-20240808.gz',
  ];
  const others = [
    'cryptofeed-BINANCE.0',
    'cryptofeed-BINANCE_FUTURES.ws.1.0',
    'cryptofeed-BYBIT.ws.26.0',
    'cryptofeed-OKX.ws.1.0',
    'cryptofeed-DERIBIT.0',
  ];

  it.skipIf(!existsSync(CAPTURES)).each([...files, ...others])('agree on every message of %s', (file) => {
    const content = readFileSync(join(CAPTURES, file));
    const lines = (file.endsWith('.gz') ? gunzipSync(content) : content).toString().split('\n');
    const symbols = ['BTCUSDT', 'ETHUSDT', 'SUSHIUSDT', 'AKROUSDT', 'KEEPUSDT', 'CTKUSDT'];
    const readers = readersOf(symbols);
    let frequent = 0;
    for (const line of lines) {
      const message = line.slice(line.indexOf('{'));
      const fast = readers.fast(message);
      const { found } = readers.slow(message);
      // Every frequent message of the venue is read fast, and nothing else is: faster than expect() on 90,000 lines.
      if (JSON.stringify(fast) !== JSON.stringify(found)) expect(fast, message).toEqual(found);
      if (found !== null) frequent += 1;
    }
    if (file.startsWith('binance') || file.includes('FUTURES')) expect(frequent).toBeGreaterThan(700);
    else expect(frequent).toBe(0);
  });
});

/** Values that a field may wrongly hold, as JSON writes them or fails to. */
const strangeValue = fc.oneof(
  fc.constantFrom(
    ...[
      'null',
      'true',
      'false',
      '{}',
      '[]',
      '{"p":"1"}',
      '["1"]',
      '"NaN"',
      'NaN',
      '"Infinity"',
      '1e400',
      '"1e5"',
      '1e5',
      '1.0',
    ],
    ...[
      '"-1"',
      '-1',
      '-0',
      '"-0"',
      '"0"',
      '0',
      '""',
      '" 1"',
      '"1 "',
      '"+1"',
      '"01"',
      '01',
      '"1."',
      '".5"',
      '"."',
      '"0x10"',
    ],
    ...[
      '"１２"',
      '"1\\u0030"',
      '"\\u0031"',
      '"1_000"',
      '"1,5"',
      '9007199254740993',
      '"9007199254740993"',
      '99999999999999999999',
    ],
    ...[
      `"${'9'.repeat(400)}"`,
      '9'.repeat(400),
      '"BTCUSDT"',
      '"btcusdt"',
      '"币安人生USDT"',
      '"\u202eUSDT"',
      '"\\"',
      '"a\\"b"',
      "'1'",
    ],
  ),
  fc.string().map((text) => JSON.stringify(text)),
  fc.json(),
  fc.nat().map(String),
  fc.double({ noNaN: true }).map((value) => JSON.stringify(String(value))),
);

type Mutation = (message: string, seed: number) => string;

function fieldsOf(message: string): string[] {
  return message.slice(1, -1).match(/"\w+":(?:"[^"]*"|\{[^}]*\}|[^,]*)/g) ?? [];
}

const mutation: fc.Arbitrary<Mutation> = fc.oneof(
  fc.constant<Mutation>((message, seed) => message.slice(0, seed % message.length)),
  fc.constant<Mutation>((message, seed) => message.slice(seed % message.length)),
  fc.integer({ min: 0, max: 0x2_ffff }).map<Mutation>((code) => (message, seed) => {
    const at = seed % message.length;
    return message.slice(0, at) + String.fromCodePoint(code) + message.slice(at + (seed & 1));
  }),
  fc.constant<Mutation>((message, seed) => {
    const at = seed % message.length;
    return message.slice(0, at) + message.slice(at + 1);
  }),
  fc
    .constantFrom(' ', '\n', ',', '}', '{', '"', ':', '\\', '\u0000', '[1]')
    .map<Mutation>((text) => (message, seed) => {
      const at = seed % (message.length + 1);
      return message.slice(0, at) + text + message.slice(at);
    }),
  strangeValue.map<Mutation>((value) => (message, seed) => {
    const fields = fieldsOf(message);
    const field = fields[seed % fields.length] ?? '';
    return message.replace(field, `${field.slice(0, field.indexOf(':'))}:${value}`);
  }),
  strangeValue.map<Mutation>((value) => (message, seed) => {
    const inner = message.match(/"k":\{(.*)\}\}/)?.[1];
    if (inner === undefined) return message;
    const fields = fieldsOf(`{${inner}}`);
    const field = fields[seed % fields.length] ?? '';
    return message.replace(inner, inner.replace(field, `${field.slice(0, field.indexOf(':'))}:${value}`));
  }),
  fc
    .tuple(fc.constantFrom('p', 's', 'e', 'k', 'zz', 'Z', '\\u0070', '', '1', '__proto__', 'é'), strangeValue)
    .map<Mutation>(([key, value]) => (message, seed) => {
      const fields = fieldsOf(message);
      fields.splice(seed % (fields.length + 1), 0, `"${key}":${value}`);
      return `{${fields.join(',')}}`;
    }),
  fc.constant<Mutation>((message, seed) => {
    const fields = fieldsOf(message);
    const turn = seed % fields.length;
    return `{${[...fields.slice(turn), ...fields.slice(0, turn)].toReversed().join(',')}}`;
  }),
  fc.constant<Mutation>((message, seed) => {
    const fields = fieldsOf(message);
    return `{${fields.filter((_, index) => index !== seed % fields.length).join(',')}}`;
  }),
  fc.constant<Mutation>((message) => combined(message)),
  fc.constantFrom(' ', ']', '"', '0', '}}').map<Mutation>((end) => (message) => combined(message).slice(0, -1) + end),
);

const mutated = fc
  .tuple(fc.constantFrom(...MESSAGES), fc.array(fc.tuple(mutation, fc.nat()), { minLength: 1, maxLength: 3 }))
  .map(([message, mutations]) =>
    mutations.reduce((text, [mutate, seed]) => (text === '' ? text : mutate(text, seed)), message),
  );

function isSane(found: unknown): boolean {
  const { kind, content } = found as { kind: string; content: Record<string, number> };
  const { price = NaN, quantity = NaN, bid = NaN, ask = NaN, low = NaN, high = NaN, open = NaN, close = NaN } = content;
  if (kind === 'trade') return price > 0 && price < 1e19 && quantity > 0 && quantity < 1e19;
  if (kind === 'quote') return !(bid <= 0) && !(ask <= 0) && !(bid > ask);
  return low > 0 && high < 1e19 && low <= Math.min(open, close) && high >= Math.max(open, close);
}

describe('both readers on mutated messages', () => {
  it('never crash, and what the fast one takes the slow one takes alike', () => {
    const readers = readersOf(FOLLOWED);
    fc.assert(
      fc.property(mutated, (text) => {
        const fast = readers.fast(text);
        const { found } = readers.slow(text);
        if (fast !== null) expect(fast).toEqual(found);
        return found === null || isSane(found);
      }),
      { numRuns: 20_000 },
    );
  });

  it('still read a message whose keys are in another order, or to which plain fields were added', () => {
    const readers = readersOf(FOLLOWED);
    const added = fc.constantFrom(
      '"st":1',
      '"ps":"BTCUSDT"',
      '"nq":"0.5"',
      '"ap":null',
      '"er":true',
      '"Z":-1',
      '"z":false',
    );
    fc.assert(
      fc.property(
        fc
          .constantFrom(...MESSAGES)
          .chain((message) =>
            fc.tuple(
              fc.constant(message),
              fc.shuffledSubarray(fieldsOf(message), { minLength: fieldsOf(message).length }),
              added,
            ),
          ),
        ([message, fields, extra]) => {
          const found = readers.slow(message).found;
          expect(readers.fast(`{${[...fields, extra].join(',')}}`)).toEqual(found);
          expect(readers.fast(`{${[extra, ...fields].join(',')}}`)).toEqual(found);
        },
      ),
    );
  });
});

describe('the slow reader', () => {
  const readers = readersOf(FOLLOWED);
  const readingOf = (text: string): SlowReading => readers.slow(text).reading;

  it.each([
    ['a price of zero', SPOT_TRADE.replace('61837.63000000', '0.00000000')],
    ['a negative price', SPOT_TRADE.replace('61837.63000000', '-5')],
    ['a price that is no text', SPOT_TRADE.replace('"61837.63000000"', '61837.63')],
    ['a price of NaN', SPOT_TRADE.replace('61837.63000000', 'NaN')],
    ['a price of 400 digits', SPOT_TRADE.replace('61837.63000000', '9'.repeat(400))],
    ['a time in microseconds', SPOT_TRADE.replace('1723161255342', '1723161255342000')],
    ['a trade without an id', SPOT_TRADE.replace('"t":3735683259,', '')],
    ['an aggregate that ends before it begins', AGGREGATE.replace('23961322', '23961319')],
    ['a crossed book', SPOT_QUOTE.replace('61837.64', '61837.62')],
    ['a candle whose low is above its close', KLINE.replace('"l":"1.01000"', '"l":"1.01200"')],
    ['a candle off its grid', KLINE.replace('1626992700000', '1626992700001')],
    ['a candle of another symbol', KLINE.replace('"s":"CTKUSDT","i"', '"s":"BTCUSDT","i"')],
    ['a candle that bought more than it traded', KLINE.replace('"V":"1729"', '"V":"3918"')],
    ['half a message', SPOT_TRADE.slice(0, 50)],
    ['a list', '[]'],
    ['an empty text', ''],
    ['something that is neither event nor answer', '{"lastUpdateId":1,"bids":[]}'],
  ])('rejects %s', (_, text) => {
    expect(readingOf(text)).toMatchObject({ type: 'rejected' });
  });

  it('ignores trades outside the market, other events, intervals that nobody charts, and symbols that nobody follows', () => {
    expect(readingOf(FUTURES_TRADE.replace('MARKET', 'INSURANCE_FUND'))).toEqual({ type: 'ignored' });
    expect(readingOf('{"e":"depthUpdate","s":"BTCUSDT"}')).toEqual({ type: 'ignored' });
    expect(readingOf(KLINE.replace('"i":"1m"', '"i":"3d"'))).toEqual({ type: 'ignored' });
    expect(readingOf(SPOT_TRADE.replace('BTCUSDT', 'DOGEUSDT'))).toEqual({ type: 'ignored' });
  });

  it('reads tickers, mark prices, shutdowns and answers', () => {
    const ticker =
      '{"e":"24hrTicker","E":1723161255343,"s":"BTCUSDT","p":"-10","P":"-0.50","w":"1","x":"1","c":"99","Q":"1","b":"0","B":"0","a":"99.5","A":"2","o":"100","h":"101","l":"98","v":"5","q":"495","O":0,"C":1,"F":0,"L":2,"n":3}';
    expect(readingOf(ticker)).toMatchObject({
      type: 'ticker',
      ticker: { symbol: 'BTCUSDT', last: 99, bid: NaN, ask: 99.5, open: 100, changePct: -0.5, quoteVolume: 495 },
    });
    expect(readingOf(ticker.replace('"P":"-0.50"', '"P":"--1"'))).toMatchObject({ type: 'rejected' });
    const mark =
      '{"e":"markPriceUpdate","E":1723161255000,"s":"BTCUSDT","p":"61800.5","i":"61801","P":"1","r":"0.0001","T":1723161600000}';
    expect(readingOf(combined(mark))).toEqual({
      type: 'mark',
      tick: { symbol: 'BTCUSDT', price: 61800.5, fundingRate: 0.0001, time: 1723161255000 },
    });
    expect(readingOf(mark.replace('"0.0001"', '"-0.0002"'))).toMatchObject({ tick: { fundingRate: -0.0002 } });
    expect(readingOf(mark.replace('"0.0001"', '""'))).toMatchObject({ tick: { price: 61800.5, fundingRate: NaN } });
    expect(readingOf('{"e":"serverShutdown","E":1770123456789}')).toEqual({ type: 'shutdown' });
    expect(readingOf('{"result":null,"id":7}')).toEqual({ type: 'answer', id: 7, error: null });
    expect(readingOf('{"error":{"code":2,"msg":"Invalid request"},"id":8}')).toEqual({
      type: 'answer',
      id: 8,
      error: 'Invalid request',
    });
    expect(readingOf('{"code":3,"msg":"Invalid JSON"}')).toEqual({ type: 'answer', id: null, error: 'Invalid JSON' });
  });
});
