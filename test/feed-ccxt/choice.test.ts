import { expect, it } from 'vitest';

import { createSystemClock } from '../../src/adapters/clock/system/clock.ts';
import type { Config } from '../../src/config/config.ts';
import { loadConfig } from '../../src/config/load.ts';
import { asId } from '../../src/domain/ids.ts';
import { openMarketData } from '../../src/modes/desk/market-feed.ts';
import { watchedSymbols } from '../../src/modes/desk/watched-symbols.ts';
import { instrument } from '../../src/testkit/builders/instruments.ts';
import { silentLogger } from '../../src/testkit/silent-logger.ts';

const PARTS = { clock: createSystemClock(), logger: silentLogger };

function config(env: Record<string, string>): Config {
  const loaded = loadConfig({ readKeys: false, env: { HOME: '/nowhere', ...env } });
  if (!loaded.ok) throw new AggregateError(loaded.error);
  return loaded.value.config;
}

it('the market data come from Binance unless another venue is named', async () => {
  const { feed, venue } = await openMarketData(config({}), PARTS);
  expect([venue, feed.capabilities.candleStream]).toEqual(['Binance live', true]);
  await feed.close();
});

it.each([
  ['bybit', 'futures', { candleStream: true, markPrice: false }],
  ['okx', 'futures', { candleStream: true, markPrice: true }],
  ['hyperliquid', 'futures', { candleStream: true, markPrice: false }],
  ['kraken', 'spot', { candleStream: true, markPrice: false }],
  ['krakenfutures', 'futures', { candleStream: false, markPrice: false }],
])('a feed of %s (%s) declares what it can', async (name, market, capabilities) => {
  const { feed, venue } = await openMarketData(config({ EXCHANGE: name, MARKET_TYPE: market }), PARTS);
  expect(venue).toBe(name);
  expect(feed.capabilities).toMatchObject({ ...capabilities, markets: new Set([market]) });
  expect(feed.capabilities.historyTimeframes).toContain('1h');
  await feed.close();
});

it('a venue that ccxt does not have is refused with the nearest ones', async () => {
  await expect(openMarketData(config({ EXCHANGE: 'bybitt' }), PARTS)).rejects.toMatchObject({
    code: 'CONFIG_INVALID',
    hint: expect.stringContaining('bybit') as string,
  });
});

it('symbols may be named as pairs where the venue calls them otherwise', async () => {
  const okx = config({
    EXCHANGE: 'okx',
    MARKET_TYPE: 'futures',
    SYMBOLS: 'btc,ETH/USDT,SOL-USDT-SWAP,BTC',
    EXCLUDE_SYMBOLS: 'ETH',
  });
  const known = ['BTC', 'ETH', 'SOL'].map((base) =>
    instrument({ market: 'futures', base, quote: 'USDT', symbol: asId(`${base}-USDT-SWAP`) }),
  );
  const { feed } = await openMarketData(okx, PARTS);
  const symbols = await watchedSymbols(feed, known, { config: okx, logger: silentLogger });
  expect(symbols).toEqual(['BTC-USDT-SWAP', 'SOL-USDT-SWAP']);
  await feed.close();
});
