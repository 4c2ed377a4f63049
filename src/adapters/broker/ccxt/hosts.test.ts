import { describe, expect, it } from 'vitest';
import { brokerHosts } from './hosts.ts';

const NOTHING = { restUrl: null, webSocketUrl: null };

describe('brokerHosts', () => {
  it('are those of the environment when nothing is configured', () => {
    expect(brokerHosts('spot', 'live', NOTHING)).toEqual({
      rest: 'https://api.binance.com',
      userStream: 'wss://ws-api.binance.com:443/ws-api/v3',
    });
    expect(brokerHosts('futures', 'testnet', NOTHING).rest).toBe('https://demo-fapi.binance.com');
  });

  it.each([
    ['spot', 'ws://127.0.0.1:8000', 'ws://127.0.0.1:8000/ws-api/v3'],
    ['spot', 'ws://127.0.0.1:8000/stream/ws', 'ws://127.0.0.1:8000/ws-api/v3'],
    ['futures', 'ws://127.0.0.1:8000/fstream/ws', 'ws://127.0.0.1:8000/fstream'],
    ['futures', 'wss://fstream.binance.com/', 'wss://fstream.binance.com'],
    ['spot', 'wss://stream.binance.com:9443', 'wss://ws-api.binance.com:443/ws-api/v3'],
    ['spot', 'wss://ws-api.binance.com/ws-api/v3/', 'wss://ws-api.binance.com/ws-api/v3'],
  ] as const)('on %s find the account news of %s', (market, webSocketUrl, expected) => {
    const configured = { restUrl: 'http://127.0.0.1:8000/', webSocketUrl };
    expect(brokerHosts(market, 'live', configured)).toEqual({ rest: 'http://127.0.0.1:8000', userStream: expected });
  });
});
