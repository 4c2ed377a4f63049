import { describe, expect, it } from 'vitest';

import { frameMessage } from './stream-frame.ts';

const E = 1_723_161_253_937;

describe('a message of a raw stream', () => {
  it.each([
    [`{"e":"aggTrade","E":${E},"s":"BTCUSDT","a":7,"p":"1","q":"2","f":1,"l":2,"T":1,"m":true}`, 'btcusdt@aggTrade', 7],
    [`{"e":"trade","E":${E},"s":"BTCUSDT","t":9,"p":"1","q":"2","T":1,"m":true}`, 'btcusdt@trade', 9],
    [`{"s":"BTCUSDT","e":"bookTicker","E":${E},"u":1,"b":"1","B":"1","a":"2","A":"1"}`, 'btcusdt@bookTicker', null],
    [`{"e":"kline","E":${E},"s":"ETHUSDT","k":{"i":"5m","t":1}}`, 'ethusdt@kline_5m', null],
    [`{"e":"24hrTicker","E":${E},"s":"1000PEPEUSDT"}`, '1000pepeusdt@ticker', null],
    [`{"e":"markPriceUpdate","E":${E},"s":"BTCUSDT","p":"1"}`, 'btcusdt@markPrice@1s', null],
  ])('goes into the frame of its combined stream as it came: %s', (message, stream, tradeId) => {
    const framed = frameMessage(message);
    expect(framed).toEqual({ stream, tradeId, eventTime: E, text: `{"stream":"${stream}","data":${message}}` });
  });

  it('that names no event is the best quote of spot', () => {
    const message = '{"u":1,"s":"BNBUSDT","b":"25.3","B":"31.2","a":"25.4","A":"40.6"}';
    expect(frameMessage(message)).toMatchObject({ stream: 'bnbusdt@bookTicker', eventTime: NaN });
  });

  it('becomes one line, whatever white space it has', () => {
    const { text = '' } = frameMessage(`{"e":"24hrTicker",\r\n"E":${E},\n"s":"BTCUSDT"}`) ?? {};
    expect(text).toBe(`{"stream":"btcusdt@ticker","data":{"e":"24hrTicker","E":${E},"s":"BTCUSDT"}}`);
  });

  it.each([
    ...['{"result":null,"id":3}', '{"e":"serverShutdown","E":1}', '[]', 'null', '"x"', '{', '', '{"s":"BTCUSDT"}'],
    ...['{"e":"constructor","s":"BTCUSDT"}', '{"e":"kline","s":"BTCUSDT","k":null}', '{"e":"trade","s":5}'],
  ])('is none of a stream: %s', (message) => {
    expect(frameMessage(message)).toBeNull();
  });
});
