import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { KnownStreams } from './known-streams.ts';

/** Many of them begin alike, and some are no more than the start of others. */
const NAME = fc.oneof(
  fc.constantFrom('btcusdt@trade', 'btcusdt@bookTicker', '1000000mogusdt@trade', '1000000mogusdt@bookTicker', 'a', ''),
  fc.tuple(fc.constantFrom('bnbusdt', '1000shibusdt', 'x'), fc.integer({ max: 400 })).map(([a, b]) => `${a}@depth${b}`),
  fc.stringMatching(/^[ !#-[\]-~]{0,40}$/),
);

describe('known streams', () => {
  it('are told by the bytes before their messages, always the same for the same name', () => {
    const streams = new KnownStreams();
    const byName = new Map<string, unknown>();
    fc.assert(
      fc.property(NAME, fc.constantFrom('{}', '{"e":"trade"}', '[]', ''), (name, data) => {
        const opening = `{"stream":"${name}","data":`;
        const bytes = Buffer.from(`xx${opening}${data}`);
        const found = streams.find(bytes, new DataView(bytes.buffer, bytes.byteOffset, bytes.length), 2);
        expect([found?.name, found?.opening.length]).toEqual([name, opening.length]);
        expect(byName.get(name) ?? found).toBe(found);
        byName.set(name, found);
      }),
      { numRuns: 2_000 },
    );
    expect(byName.size).toBeGreaterThan(300);
  });

  it.each([
    '{"stream":"btcusdt@trade","data"',
    '{"stream":"btcusdt@trade"',
    '{"stream":"btcusdt@tr\\u0061de","data":{}}',
    '{"stream":"btcusdt@träde","data":{}}',
    '{"stream": "btcusdt@trade","data":{}}',
    '{"data":{},"stream":"btcusdt@trade"}',
    '{"e":"trade","s":"BTCUSDT"}',
    '{"str',
    '',
  ])('are none in %s, also right behind a known one', (text) => {
    const streams = new KnownStreams();
    for (const message of ['{"stream":"btcusdt@trade","data":{"e":"trade"}}', text]) {
      const bytes = Buffer.from(message);
      const found = streams.find(bytes, new DataView(bytes.buffer, bytes.byteOffset, bytes.length), 0);
      expect(found === null).toBe(message === text);
    }
  });
});
