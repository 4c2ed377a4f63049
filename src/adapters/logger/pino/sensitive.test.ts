import { describe, expect, it } from 'vitest';
import { isSensitiveName, redactPatterns } from './sensitive.ts';

describe('names of fields', () => {
  it.each([
    ...['token', 'accessToken', 'apiKey', 'api_key', 'API-KEY', 'X-MBX-APIKEY', 'secret', 'clientSecret', 'SECRET_KEY'],
    ...[
      'password',
      'Authorization',
      'cookie',
      'set-cookie',
      'signature',
      'listenKey',
      'privateKey',
      'DATABASE_URL',
      'pem',
    ],
  ])('%s holds a secret', (name) => {
    expect(isSensitiveName(name)).toBe(true);
  });

  it.each([
    'maxTokens',
    'tokensUsed',
    'symbol',
    'key',
    'item',
    'secretary',
    'author',
    'clientOrderId',
    'url',
    'tokenCount',
  ])('%s does not', (name) => {
    expect(isSensitiveName(name)).toBe(false);
  });
});

describe('text with the form of a secret', () => {
  it.each([
    ['connect postgres://desk:hunter2@db.example/x', 'connect postgres://desk:[redacted]@db.example/x'],
    [
      'GET /api/v3/order?symbol=BTC&signature=abc123 failed',
      'GET /api/v3/order?symbol=BTC&signature=[redacted] failed',
    ],
    ['wss://x/ws?listenKey=pqia91ma19a5s61', 'wss://x/ws?listenKey=[redacted]'],
    ['Authorization: Bearer abcdef.ghij-klm', 'Authorization: Bearer [redacted]'],
  ])('%s is masked', (text, masked) => {
    expect(redactPatterns(text)).toBe(masked);
  });

  it.each(['https://api.binance.com:443/fapi', 'mail me@example.org', 'the bearer token', 'ratio 1:2 at 3@4'])(
    '%s is not',
    (text) => {
      expect(redactPatterns(text)).toBe(text);
    },
  );

  it('is found without delay in text that is made to be slow', () => {
    for (const piece of ['://', '://a:', '?token=', 'bearer ', 'a:']) {
      const text = piece.repeat(100_000 / piece.length);
      expect(redactPatterns(text).length).toBeGreaterThan(0);
    }
  });
});
