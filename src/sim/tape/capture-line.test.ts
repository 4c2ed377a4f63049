import { describe, expect, it } from 'vitest';

import { CaptureLine } from './capture-line.ts';

function read(text: string): { kind: string; timeMs: number; body: string; url: string } {
  const bytes = Buffer.from(`before\n${text}`);
  const line = new CaptureLine();
  line.read(bytes, 7, bytes.length);
  return {
    kind: line.kind,
    timeMs: line.timeMs,
    body: bytes.toString('utf8', line.bodyStart, line.bodyEnd),
    url: line.url,
  };
}

describe('lines of captures', () => {
  it('with nanoseconds are messages', () => {
    expect(read('1723161253937085768 {"e":"trade"}')).toMatchObject({
      ...{ kind: 'message', timeMs: 1_723_161_253_937, body: '{"e":"trade"}' },
    });
  });

  it('with seconds are messages', () => {
    const { kind, timeMs, body } = read('1626992741.06217: {"stream":"x"}\r');
    expect([kind, body]).toEqual(['message', '{"stream":"x"}']);
    expect(timeMs).toBeCloseTo(1_626_992_741_062.17, 3);
    expect(read('1626992741: {}')).toMatchObject({ kind: 'message', timeMs: 1_626_992_741_000 });
  });

  it('with a url and an arrow to the right are answers', () => {
    expect(read('https://api.binance.com/api/v3/exchangeInfo?a=b -> 1633998511.5: {"symbols":[]}')).toMatchObject({
      ...{ kind: 'answer', url: 'https://api.binance.com/api/v3/exchangeInfo?a=b' },
      ...{ timeMs: 1_633_998_511_500, body: '{"symbols":[]}' },
    });
  });

  it.each([
    'wss://fstream.binance.com/stream?streams=a@trade <-> 1626992740.17',
    'wss://ws.okx.com:8443/ws/v5/public <- 1652459225.29: {"op":"subscribe"}',
    'configuration: {"trades":["BTC-USDT"]}',
    '',
    '\r',
  ])('that the venue did not send are notes: %s', (text) => {
    expect(read(text).kind).toBe('note');
  });

  it('that begin with the header of a tape are headers', () => {
    expect(read('{"aitraderTape":1,"market":"spot"}').kind).toBe('header');
  });

  it.each([
    ...['1723161253937085768', '1723161253937085768 ', '17231612539370857 {"a":1}', '1723161253937085768{"a":1}'],
    ...[
      '1626992741.06 {"a":1}',
      '1626992741.06:{"a":1}',
      '1626992741.06: ',
      'nonsense',
      '{"a":1}',
      'https://x -> y: {}',
    ],
  ])('of another form are malformed: %s', (text) => {
    expect(read(text).kind).toBe('malformed');
  });
});
