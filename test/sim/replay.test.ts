import { createReadStream, existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { createGunzip } from 'node:zlib';
import { describe, expect, it } from 'vitest';

import type { Market } from '../../src/domain/instrument.ts';
import { plainStart } from '../../src/sim/accounts/start-state.ts';
import type { Speed } from '../../src/sim/data/driver.ts';
import type { SimAddresses } from '../../src/sim/server.ts';
import { SimServer } from '../../src/sim/server.ts';
import { openTapeMarket } from '../../src/sim/tape/tape-market.ts';
import { silentLogger } from '../../src/testkit/silent-logger.ts';
import { HOST_CLOCK } from './exchange.ts';
import { StreamClient } from './stream-client.ts';

const CAPTURES = resolve('../shared/data/captures');
const RECORDED = [
  ['binance-usdm-btcusdt-20240808.gz', 'futures'],
  ['binance-spot-btcusdt-20240808.gz', 'spot'],
  ['cryptofeed-BINANCE_FUTURES.ws.1.0', 'futures'],
] as const;

/** The stream messages of a capture, each as the combined stream carried it. */
async function recordedMessages(path: string): Promise<string[]> {
  const file = createReadStream(path);
  const lines = createInterface({
    input: path.endsWith('.gz') ? file.pipe(createGunzip()) : file,
    crlfDelay: Infinity,
  });
  const messages: string[] = [];
  for await (const line of lines) {
    const [, message] = /^[\d.]+:? (\{"stream".*)$/.exec(line) ?? [];
    if (message !== undefined) messages.push(message);
  }
  return messages;
}

function streamOf(message: string): string {
  return /^\{"stream":"([^"]+)"/.exec(message)?.[1] ?? '';
}

interface Replay {
  readonly server: SimServer;
  readonly addresses: SimAddresses;
  readonly streams: readonly string[];
  readonly failures: unknown[];
}

async function openReplay(path: string, speed: Speed): Promise<Replay> {
  const failures: unknown[] = [];
  const onFailure = (failure: unknown): void => void failures.push(failure);
  const source = await openTapeMarket({ paths: [path], seed: 1, onProblem: onFailure });
  const server = new SimServer({
    ...{ source, clock: HOST_CLOCK, logger: silentLogger, speed, seed: 1, faults: null, onFailure },
    accounts: [{ accountId: 'main', credentials: null, start: () => plainStart({ USDT: '10000' }, new Set(['USDT'])) }],
  });
  return { server, addresses: await server.listen(0), streams: [...source.rawStreams], failures };
}

function openStreams({ addresses }: Replay, route: string, streams: readonly string[]): Promise<StreamClient> {
  return StreamClient.open(`${addresses.spotWs.replace('/stream/ws', route)}?streams=${streams.join('/')}`);
}

const ROUTES: Readonly<Record<Market, readonly string[]>> = {
  spot: ['/stream/stream'],
  futures: ['/fstream/public/stream', '/fstream/market/stream'],
};

describe.skipIf(!existsSync(CAPTURES))('a capture (skipped where ../shared/data is absent)', () => {
  it.each(RECORDED)('%s arrives complete, in order and unchanged', async (name, market) => {
    const path = join(CAPTURES, name);
    const replay = await openReplay(path, 'max');
    const clients = await Promise.all(ROUTES[market].map((route) => openStreams(replay, route, replay.streams)));
    const recorded = await recordedMessages(path);
    replay.server.driver.resume();
    const received = (): number => clients.reduce((sum, client) => sum + client.texts.length, 0);
    await expect.poll(received, { timeout: 30_000, interval: 100 }).toBe(recorded.length);
    for (const client of clients) {
      const own = new Set(client.texts.map(streamOf));
      const expected = recorded.filter((message) => own.has(streamOf(message)));
      // Compared as texts: a failing comparison of a hundred thousand entries would take minutes to print.
      const firstDifference = expected.findIndex((message, row) => message !== client.texts[row]);
      expect(client.texts[firstDifference]).toBe(expected[firstDifference]);
      expect(client.texts.length).toBe(expected.length);
      client.close();
    }
    expect(replay.failures).toEqual([]);
    await replay.server.close();
  });

  it('gives snapshots that fit its depth messages', async () => {
    const replay = await openReplay(join(CAPTURES, 'binance-spot-btcusdt-20240808.gz'), 1);
    const client = await openStreams(replay, '/stream/stream', ['btcusdt@depth@100ms']);
    await replay.server.driver.advance(60_000);
    const answer = await fetch(`${replay.addresses.spotRest}/api/v3/depth?symbol=BTCUSDT`);
    const snapshot = (await answer.json()) as { lastUpdateId: number; bids: [string, string][] };
    const ids = (): { U: number; u: number }[] =>
      client.messages.map((message) => (message as { data: { U: number; u: number } }).data);
    await expect.poll(() => ids().some(({ u }) => u === snapshot.lastUpdateId)).toBe(true);
    expect(snapshot.bids.length).toBeGreaterThan(0);
    await replay.server.driver.advance(1_000);
    await expect.poll(() => ids().find(({ u }) => u > snapshot.lastUpdateId)?.U).toBe(snapshot.lastUpdateId + 1);
    client.close();
    await replay.server.close();
  });
});
