import { once } from 'node:events';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { afterEach, expect, it } from 'vitest';
import { WebSocket } from 'ws';

import { plainStart } from '../../src/sim/accounts/start-state.ts';
import { createSyntheticMarket } from '../../src/sim/market/synthetic-market.ts';
import { SimServer } from '../../src/sim/server.ts';
import { silentLogger } from '../../src/testkit/silent-logger.ts';
import { HOST_CLOCK } from './exchange.ts';

const HOUR_MS = 3_600_000;
const MEGABYTE = 1_000_000;

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

/** Bytes of living objects once the client has read what was sent. */
async function heapBytes(): Promise<number> {
  client.ping();
  await once(client, 'pong');
  collectGarbage();
  return process.memoryUsage().heapUsed;
}

let server: SimServer;
let client: WebSocket;
afterEach(async () => {
  client.terminate();
  await server.close();
});

it('memory stays flat over 24 hours of simulated time', async () => {
  const source = createSyntheticMarket({ seed: 1, symbols: 2, startMs: Date.UTC(2026, 0, 7) });
  server = new SimServer({
    ...{ source, clock: HOST_CLOCK, logger: silentLogger, speed: 1, seed: 1, faults: null },
    accounts: [{ accountId: 'main', credentials: null, start: () => plainStart({ USDT: '1000' }, new Set(['USDT'])) }],
    onFailure: (failure) => {
      throw failure;
    },
  });
  const { spotWs } = await server.listen(0);
  const streams = source.symbols.flatMap(({ symbol }) =>
    ['trade', 'bookTicker', 'kline_1m', 'ticker'].map((kind) => `${symbol.toLowerCase()}@${kind}`),
  );
  client = new WebSocket(`${spotWs}/${streams.join('/')}`);
  let heard = 0;
  client.on('message', () => (heard += 1));
  await once(client, 'open');
  await server.driver.advance(2 * HOUR_MS);
  const early = await heapBytes();
  await server.driver.advance(22 * HOUR_MS);
  const late = await heapBytes();
  expect(heard).toBeGreaterThan(100_000);
  expect(late - early).toBeLessThan(2 * MEGABYTE);
}, 60_000);
