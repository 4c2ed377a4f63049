import { createHmac, generateKeyPairSync, sign } from 'node:crypto';

import { describe, expect, it } from 'vitest';

import { isSigned, splitSignature, webSocketPayload } from './signature.ts';

describe('signatures', () => {
  it('agree with the example of the venue for HMAC', () => {
    // https://developers.binance.com/docs/derivatives/usds-margined-futures/general-info
    const payload =
      'symbol=BTCUSDT&side=BUY&type=LIMIT&quantity=1&price=9000&timeInForce=GTC&recvWindow=5000&timestamp=1591702613943';
    const apiSecret = '2b5eb11e18796d12d88f13dc27dbbd02c2cc51ff7059765ed9821957d82bb4d9';
    const signature = '3c661234138461fcc7a7d8746c6558c9842d4e10870d2ecbedf7777cad694af9';
    expect(isSigned(payload, signature, { apiKey: '', apiSecret })).toBe(true);
    expect(isSigned(payload, signature.toUpperCase(), { apiKey: '', apiSecret })).toBe(true);
    expect(isSigned(`${payload}0`, signature, { apiKey: '', apiSecret })).toBe(false);
    expect(isSigned(payload, 'no hex', { apiKey: '', apiSecret })).toBe(false);
  });

  it.each(['ed25519', 'rsa'] as const)('of %s keys are checked with the public key', (type) => {
    const { publicKey, privateKey } =
      type === 'rsa' ? generateKeyPairSync('rsa', { modulusLength: 2_048 }) : generateKeyPairSync('ed25519');
    const apiSecret = publicKey.export({ type: 'spki', format: 'pem' }).toString();
    const algorithm = type === 'rsa' ? 'sha256' : null;
    const signature = sign(algorithm, Buffer.from('a=1'), privateKey).toString('base64');
    expect(isSigned('a=1', signature, { apiKey: '', apiSecret })).toBe(true);
    expect(isSigned('a=2', signature, { apiKey: '', apiSecret })).toBe(false);
  });

  it.each([
    ['a=1&signature=ff', 'a=1', 'ff'],
    ['signature=ff&a=1', 'a=1', 'ff'],
    ['a=1&signature=a%2Fb%3D&b=2', 'a=1&b=2', 'a/b='],
    ['a=1', 'a=1', null],
    ['', '', null],
  ])('are taken out of %s wherever they stand', (text, payload, signature) => {
    expect(splitSignature(text)).toEqual({ payload, signature });
  });

  it('of WebSocket messages cover the parameters sorted by name', () => {
    const params = { timestamp: 5, apiKey: 'k', signature: 'x', side: 'BUY' };
    expect(webSocketPayload(params)).toBe('apiKey=k&side=BUY&timestamp=5');
    const signature = createHmac('sha256', 's').update(webSocketPayload(params)).digest('hex');
    expect(isSigned(webSocketPayload(params), signature, { apiKey: 'k', apiSecret: 's' })).toBe(true);
  });
});
