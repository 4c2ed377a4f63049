import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { StreamMessage } from './stream-message.ts';

const SYMBOL = fc.constantFrom('BTCUSDT', 'ETHUSDT', 'A', 'é', '1000', null, 7);
const TYPE = fc.constantFrom('trade', 'bookTicker', 'aggTrade', 'depthUpdate', 'kline', '24', '', null, 5);
const LEVEL = fc.tuple(fc.constantFrom('1.5', '20'), fc.constantFrom('2', '0.1'));
const FIGURE = fc.oneof(fc.constantFrom('1.5', '0.10', 'x', null, 3, true), fc.array(LEVEL));
/** Texts and lists that a reader of price levels could take for the end of its list. */
const LEVEL_PART = fc.constantFrom('1', '1.5', ']', ']]', ']],[', '1"]]', '1\\', '"]', '[["1"', 'x,"s":"ETHUSDT"');
const LEVELS = fc.array(fc.array(LEVEL_PART, { maxLength: 3 }), { maxLength: 3 });
const SIDE = fc.oneof(FIGURE, LEVELS);
const DATA = fc.record(
  { e: TYPE, u: FIGURE, b: SIDE, B: FIGURE, a: SIDE, A: FIGURE, s: SYMBOL },
  { requiredKeys: ['s'] },
);
/** Empty: the message has no frame. */
const STREAM = fc.constantFrom('btcusdt@trade', 'btcusdt@depth', 'btcusdt@depth20', '!bookTicker', '');

/** What a message is, by JSON.parse. */
function kindOf(stream: string, data: Readonly<Record<string, unknown>>): string {
  const { e: type } = data;
  if (type === 'depthUpdate') return stream === 'btcusdt@depth20' ? 'other' : type;
  if (type === 'trade' || type === 'aggTrade' || type === 'bookTicker') return type;
  const isTicker = ['u', 's', 'b', 'B', 'a', 'A'].every((name) => name in data);
  return !('e' in data) && isTicker ? 'bookTicker' : 'other';
}

/** The levels of one side; null when that is no list of pairs of numbers. */
function levelsOf(side: unknown): number[][] | null {
  if (!Array.isArray(side)) return null;
  const isNumber = (text: unknown): boolean => typeof text === 'string' && /^[\d.]+$/.test(text);
  const isList = side.every((level) => Array.isArray(level) && level.length === 2 && level.every(isNumber));
  return isList ? side.map((level: unknown[]) => level.map(Number)) : null;
}

function expectLevels({ members }: StreamMessage, data: Readonly<Record<string, unknown>>): void {
  const [bids, asks] = [levelsOf(data.b), levelsOf(data.a)];
  if (!('b' in data) || !('a' in data)) expect(members.readLevels()).toBe(false);
  if (bids === null || asks === null) return;
  expect(members.readLevels()).toBe(true);
  for (const [{ count, prices, quantities }, levels] of [
    [members.bids, bids] as const,
    [members.asks, asks] as const,
  ]) {
    expect(Array.from({ length: count }, (_, row) => [prices[row], quantities[row]])).toEqual(levels);
  }
}

describe('a message of a stream', () => {
  it('is understood as JSON.parse would have it, whatever came before it and wherever it lies', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(STREAM, DATA), { maxLength: 12 }), (messages) => {
        const message = new StreamMessage();
        const texts = messages.map(([stream, data]) => {
          const text = JSON.stringify(data);
          return stream === '' ? text : `{"stream":"${stream}","data":${text}}`;
        });
        const bytes = Buffer.from(texts.join('\n'));
        let start = 0;
        for (const [index, [stream, data]] of messages.entries()) {
          const text = texts[index] ?? '';
          const end = start + Buffer.byteLength(text);
          const plainEnd = message.readPlain(bytes, start);
          if (plainEnd >= 0) expect(plainEnd).toBe(end);
          else message.read(bytes, start, end);
          expect([index, message.kind]).toEqual([index, kindOf(stream, data)]);
          if (stream !== '') expect(message.stream).toBe(stream);
          if (typeof data.s === 'string' && /^[A-Z]+$/.test(data.s)) expect(message.symbol).toBe(data.s);
          else expect(message.symbol).not.toMatch(/^[A-Z]+$/);
          expect(bytes.toString('utf8', message.dataStart, message.dataEnd)).toBe(JSON.stringify(data));
          expect(bytes.toString('utf8', message.frameStart, message.frameEnd)).toBe(stream === '' ? '' : text);
          expectLevels(message, data);
          start = end + 1;
        }
      }),
      { numRuns: 1_000 },
    );
  });

  it('without a frame is called by its type and symbol', () => {
    const message = new StreamMessage();
    const text = '{"e":"trade","E":1,"s":"BTCUSDT","t":8,"p":"60000.10","q":"0.5","T":1,"m":false}';
    message.read(Buffer.from(text), 0, text.length);
    expect([message.kind, message.stream, message.dataEnd]).toEqual(['trade', 'btcusdt@trade', text.length]);
  });
});
