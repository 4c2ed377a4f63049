import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { createPaperBroker } from '../../src/adapters/broker/paper/paper.ts';
import { createSystemClock } from '../../src/adapters/clock/system/clock.ts';
import { createIsolatedVmSandbox } from '../../src/adapters/sandbox/isolated-vm/sandbox.ts';
import { Decimal, money } from '../../src/domain/decimal.ts';
import { asId } from '../../src/domain/ids.ts';
import type { UserId, VenueSymbol } from '../../src/domain/ids.ts';
import { parseLevel } from '../../src/domain/levels.ts';
import { TIMEFRAMES } from '../../src/domain/time.ts';
import { Engine } from '../../src/engine/engine.ts';
import { createDeskMetrics } from '../../src/frontends/api/metrics/desk-metrics.ts';
import { startApiServer } from '../../src/frontends/api/server.ts';
import { createApiClient } from '../../src/frontends/client/api-client.ts';
import type { ApiClient, LiveConnection } from '../../src/frontends/client/client.ts';
import { keyOf } from '../../src/frontends/client/live-connection.ts';
import type { Desk } from '../../src/frontends/shared/desk.ts';
import { tradeJson } from '../../src/frontends/shared/json/trade-json.ts';
import type { AnyChannel, EntryOf } from '../../src/frontends/shared/wire/live.ts';
import { seededRandom } from '../../src/lib/random.ts';
import { Secret } from '../../src/lib/secret.ts';
import { createSortableIds } from '../../src/lib/sortable-id.ts';
import { sandboxCommand, shippedFilters } from '../../src/modes/assets.ts';
import { TappedFeed } from '../../src/modes/desk/tapped-feed.ts';
import { Undertakings } from '../../src/modes/desk/undertakings.ts';
import type { Store } from '../../src/ports/store/store.ts';
import { createInsideMarket } from '../../src/sim/inside/inside-market.ts';
import { silentLogger } from '../../src/testkit/silent-logger.ts';
import { LIMITS, traderOf } from '../engine/scripted-world.ts';
import { SqliteFolder } from '../store/sqlite-folder.ts';
import { TOKEN } from './api-world.ts';

const USER = asId<UserId>('user');
const START = Date.UTC(2026, 0, 5, 12);
const HOUR_MS = 3_600_000;
const realClock = createSystemClock();

/** A filter that trades often, with near levels and a short life. */
async function addTrader(
  store: Store,
  undertakings: Undertakings,
  sandbox: ReturnType<typeof createIsolatedVmSandbox>,
): Promise<void> {
  const source = await readFile(join(shippedFilters(), 'vwap-reversion.js'), 'utf8');
  const outcome = await undertakings.watch(sandbox.inspect(source));
  if (!outcome.ok) throw new Error(outcome.fault.message);
  const times = { createdAt: START, updatedAt: START };
  const filter = {
    ...{ id: asId<ReturnType<typeof traderOf>['filterId']>('filter000000000000000001'), userId: USER, name: 'vwap' },
    ...{ meta: outcome.meta, source, sourceHash: createHash('sha256').update(source).digest('hex'), ...times },
  };
  const exits = {
    stopLoss: parseLevel('0.4%'),
    takeProfit: [{ at: parseLevel('1r'), part: null }],
    ...{ trailing: null, breakEven: null, maxHoldMs: 900_000 },
  };
  const trader = traderOf({
    name: 'Reversion',
    filterId: filter.id,
    size: { kind: 'quote', amount: money('200') },
    exits,
  });
  await store.commit(
    [
      { kind: 'filter', filter: { ...filter, origin: 'shipped' } },
      { kind: 'trader', trader },
    ],
    'durable',
  );
}

/** What a listener holds of a channel. */
function mirror<Name extends AnyChannel>(live: LiveConnection, channel: Name): ReadonlyMap<string, EntryOf<Name>> {
  const rows = new Map<string, EntryOf<Name>>();
  live.subscribe(channel, {
    snapshot: (entries) => {
      rows.clear();
      for (const entry of entries) rows.set(keyOf(channel, entry), entry);
    },
    changed: (entry) => rows.set(keyOf(channel, entry), entry),
    removed: (key) => rows.delete(key),
  });
  return rows;
}

describe('the API of an engine that trades on the simulated market', () => {
  const database = new SqliteFolder();
  let store: Store;
  beforeAll(async () => {
    store = await database.open();
  });
  afterAll(() => database.dispose());

  it(
    'shows over REST and WebSocket what SQLite holds, while it trades and after a kill',
    { timeout: 120_000 },
    async () => {
      const undertakings = new Undertakings();
      const sandbox = createIsolatedVmSandbox({ command: sandboxCommand(), clock: realClock, logger: silentLogger });
      await addTrader(store, undertakings, sandbox);
      const inside = await createInsideMarket({
        ...{ play: { kind: 'synthetic', symbols: 8, startAt: START }, seed: 3, market: 'futures', quoteAsset: 'USDT' },
      });
      const { clock } = inside;
      const instruments = await inside.feed.instruments();
      const random = seededRandom(3);
      const ids = createSortableIds({ now: () => clock.now(), random: () => random.next() });
      const paper = createPaperBroker({
        account: {
          id: asId('account'),
          userId: USER,
          venue: 'sim',
          market: 'futures',
          money: 'sim',
          label: 'simulation',
        },
        ...{ clock, instance: 'simu', instruments, saved: null, save: () => Promise.resolve() },
      });
      const engine = await Engine.open({
        settings: {
          ...{
            userId: USER,
            accountId: asId('account'),
            money: 'sim',
            market: 'futures',
            quoteAsset: 'USDT',
            leverage: 1,
          },
          ...{ marginMode: 'isolated', feeBps: new Decimal(10), limits: { ...LIMITS, maxConsecutiveLosses: 1_000 } },
          ...{
            defaultStop: parseLevel('2%'),
            memeSymbols: new Set<VenueSymbol>(),
            mayTrade: true,
            monitorPositions: true,
          },
          ...{
            maxPriceAgeMs: 10_000,
            maxSpreadBps: 50,
            staleMs: 60_000,
            parallelChecks: 1,
            importedPositions: 'watch',
          },
        },
        ...{ clock, ids, logger: silentLogger, notifier: null, instance: 'simu' },
        symbols: instruments.map(({ symbol }) => symbol),
        store: undertakings.watched(store, ['commit']),
        sandbox: undertakings.watched(sandbox, ['inspect', 'load', 'check']),
        feed: new TappedFeed(inside.feed, paper.market),
        broker: paper.broker,
      });
      const driveTo = (until: number): Promise<unknown> =>
        inside.drive({ speed: 'max', realClock, settle: () => undertakings.settle(), until });
      const starting = engine.start();
      for (let second = 1; second < 5; second += 1) await driveTo(START + second * 1_000);
      await starting;
      const desk: Desk = {
        ...{
          userId: USER,
          accountId: asId('account'),
          money: 'sim',
          dataDir: database.folder,
          now: () => clock.now(),
          ids,
          store,
        },
        traderDefaults: { quoteAsset: 'USDT', size: money('100'), symbols: { kind: 'top', count: 8 } },
        inspectFilter: (source) => sandbox.inspect(source),
        running: {
          engine: engine.handle,
          mode: 'daemon',
          pid: 1,
          putFilter: (each) => engine.putFilter(each),
          stop: () => undefined,
        },
      };
      const metrics = createDeskMetrics({ engine: engine.handle, counts: () => engine.report() });
      const server = await startApiServer({
        ...{
          desk,
          host: '127.0.0.1',
          port: 0,
          token: new Secret(TOKEN),
          exchangeKeys: [],
          version: '1',
          webSocket: true,
        },
        limits: { dataPerMinute: Infinity, ordersPerMinute: Infinity, lookMs: 20 },
        ...{ clock: realClock, logger: silentLogger, metrics, logs: { earlier: [], listen: () => () => undefined } },
      });
      const client = createApiClient({ url: server.address, token: TOKEN });
      const live = client.live();
      const [trades, signals, positions] = [mirror(live, 'trades'), mirror(live, 'signals'), mirror(live, 'positions')];

      for (let hour = 1; hour <= 3; hour += 1) {
        await driveTo(START + hour * HOUR_MS);
        await agree(client, store);
      }
      expect((await client.stats()).total.trades).toBeGreaterThan(2);
      const [market] = await client.markets();
      for (const timeframe of TIMEFRAMES) {
        const candles = await client.candles({ symbol: market?.symbol ?? '', timeframe, limit: 1_000 });
        expect(
          candles.every(({ openTime }, index) => index === 0 || openTime > (candles[index - 1]?.openTime ?? 0)),
        ).toBe(true);
      }
      const killing = client.kill({ reason: 'enough' });
      for (let second = 1; second <= 10; second += 1) await driveTo(START + 3 * HOUR_MS + second * 1_000);
      expect((await killing).opening.cause).toBe('kill_switch');
      expect(await client.positions()).toEqual([]);
      expect(await store.positions.open(USER)).toEqual([]);
      await agree(client, store);

      const newest = await client.trades({ limit: 200 });
      const known = await client.signals({ limit: 200 });
      // The channels are looked at every few milliseconds.
      await expect.poll(() => [...trades.values()].toReversed()).toEqual(newest);
      await expect.poll(() => known.every((signal) => signals.get(signal.id)?.status === signal.status)).toBe(true);
      await expect.poll(() => positions.size).toBe(0);
      expect((await metrics.read()).text).toMatch(/orders_executed_total [1-9]/);

      live.close();
      await server.close(100);
      metrics.close();
      await engine.stop(false);
      await paper.broker.close();
      await undertakings.settle();
      await sandbox.close();
    },
  );
});

/** What the API tells of trades and positions is what is stored. */
async function agree(client: ApiClient, store: Store): Promise<void> {
  const stored = await store.trades.list(USER, { limit: 1_000 });
  const names = new Map((await store.traders.list(USER)).map(({ id, name }) => [id, name]));
  expect(await client.trades({ limit: 1_000 })).toEqual(stored.map((trade) => tradeJson(trade, names)));
  const open = await store.positions.open(USER);
  expect((await client.positions()).map(({ id }) => id).sort()).toEqual(open.map(({ id }) => id).sort());
}
