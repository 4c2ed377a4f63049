import { describe, expect, it } from 'vitest';

import { feedHosts } from './venue.ts';

const UNSET = { restUrl: null, webSocketUrl: null };

describe('the hosts of the feed', () => {
  it("are the venue's, by environment and market", () => {
    expect(feedHosts('spot', 'live', UNSET)).toEqual({
      rest: 'https://api.binance.com',
      stream: 'wss://stream.binance.com:9443',
    });
    expect(feedHosts('futures', 'live', UNSET).stream).toBe('wss://fstream.binance.com');
    expect(feedHosts('spot', 'testnet', UNSET).rest).toBe('https://testnet.binance.vision');
  });

  it('may be configured, each alone; the paths are appended', () => {
    const restUrl = 'http://127.0.0.1:9000/';
    expect(feedHosts('futures', 'live', { restUrl, webSocketUrl: null })).toEqual({
      rest: 'http://127.0.0.1:9000',
      stream: 'wss://fstream.binance.com',
    });
    const stream = (market: 'spot' | 'futures', webSocketUrl: string): string =>
      feedHosts(market, 'live', { restUrl: null, webSocketUrl }).stream;
    expect(stream('spot', 'wss://data-stream.binance.vision')).toBe('wss://data-stream.binance.vision');
    expect(stream('futures', 'wss://fstream.binance.com/')).toBe('wss://fstream.binance.com');
    expect(stream('futures', 'ws://proxy:1/binance/')).toBe('ws://proxy:1/binance');
  });

  it('lead to the simulated exchange from its base host as from the addresses that it prints', () => {
    const stream = (market: 'spot' | 'futures', webSocketUrl: string): string =>
      feedHosts(market, 'live', { restUrl: null, webSocketUrl }).stream;
    for (const base of ['ws://127.0.0.1:9001', 'ws://127.0.0.1:9001/']) {
      expect(stream('spot', base)).toBe('ws://127.0.0.1:9001/stream');
      expect(stream('futures', base)).toBe('ws://127.0.0.1:9001/fstream');
    }
    expect(stream('spot', 'ws://127.0.0.1:9001/stream/ws')).toBe('ws://127.0.0.1:9001/stream');
    expect(stream('futures', 'ws://127.0.0.1:9001/fstream/ws')).toBe('ws://127.0.0.1:9001/fstream');
  });
});
