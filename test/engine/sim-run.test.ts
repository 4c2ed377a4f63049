import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { createPaperBroker } from '../../src/adapters/broker/paper/paper.ts';
import { createSystemClock } from '../../src/adapters/clock/system/clock.ts';
import { createIsolatedVmSandbox } from '../../src/adapters/sandbox/isolated-vm/sandbox.ts';
import { Decimal, money } from '../../src/domain/decimal.ts';
import type { AuditRecord } from '../../src/domain/event.ts';
import { asId } from '../../src/domain/ids.ts';
import type { UserId, VenueSymbol } from '../../src/domain/ids.ts';
import type { Market } from '../../src/domain/instrument.ts';
import { parseLevel } from '../../src/domain/levels.ts';
import type { EngineSettings } from '../../src/engine/context.ts';
import { Engine } from '../../src/engine/engine.ts';
import { seededRandom } from '../../src/lib/random.ts';
import { createSortableIds } from '../../src/lib/sortable-id.ts';
import { sandboxCommand, shippedFilters } from '../../src/modes/assets.ts';
import { TappedFeed } from '../../src/modes/desk/tapped-feed.ts';
import { Undertakings } from '../../src/modes/desk/undertakings.ts';
import type { Broker } from '../../src/ports/broker.ts';
import type { FilterSandbox } from '../../src/ports/filter-sandbox.ts';
import type { Store } from '../../src/ports/store/store.ts';
import { createInsideMarket } from '../../src/sim/inside/inside-market.ts';
import type { InsideMarket } from '../../src/sim/inside/inside-market.ts';
import { silentLogger } from '../../src/testkit/silent-logger.ts';
import { SqliteFolder } from '../store/sqlite-folder.ts';
import { LIMITS, traderOf } from './scripted-world.ts';

const USER = asId<UserId>('user');
const START = Date.UTC(2026, 0, 5, 12);
const HOUR_MS = 3_600_000;
/** Funding is paid every eight hours. */
const FUNDING_AT = START + 4 * HOUR_MS;
const PAPER = 'paper_account';
const realClock = createSystemClock();
const FILTERS = ['volume-spike', 'vwap-reversion', 'donchian-breakout'] as const;

interface RunTerms {
  readonly store: Store;
  readonly sandbox: FilterSandbox;
  readonly fromMs: number;
  readonly seed: number;
  readonly market?: Market;
}

/** An engine with a paper account in a synthetic market, on simulated time. */
interface Run {
  readonly engine: Engine;
  readonly inside: InsideMarket;
  readonly broker: Broker;
  driveTo(atMs: number): Promise<void>;
  /** The end of the program, orderly. */
  end(): Promise<void>;
}

const SETTINGS: EngineSettings = {
  userId: USER,
  accountId: asId('account'),
  money: 'sim',
  market: 'futures',
  quoteAsset: 'USDT',
  leverage: 1,
  marginMode: 'isolated',
  feeBps: new Decimal(10),
  limits: { ...LIMITS, maxConsecutiveLosses: 1_000 },
  defaultStop: parseLevel('2%'),
  importedPositions: 'watch',
  memeSymbols: new Set<VenueSymbol>(),
  mayTrade: true,
  monitorPositions: true,
  maxPriceAgeMs: 10_000,
  maxSpreadBps: 50,
  staleMs: 60_000,
  parallelChecks: 1,
};

async function begin({ store: plain, sandbox: bare, fromMs, seed, market = 'futures' }: RunTerms): Promise<Run> {
  const undertakings = new Undertakings();
  const store = undertakings.watched(plain, ['commit']);
  const sandbox = undertakings.watched(bare, ['inspect', 'load', 'check']);
  const play = { kind: 'synthetic', symbols: 8, startAt: fromMs } as const;
  const inside = await createInsideMarket({ play, seed, market, quoteAsset: 'USDT' });
  const { clock } = inside;
  const instruments = await inside.feed.instruments();
  const symbols = instruments.map(({ symbol }) => symbol);
  const random = seededRandom(seed + fromMs);
  const saved = (await plain.process.engineState(USER, PAPER))?.value ?? null;
  const paper = createPaperBroker({
    account: { id: asId('account'), userId: USER, venue: 'sim', market, money: 'sim', label: 'simulation' },
    ...{ clock, instance: 'simu', instruments, saved },
    save: (value) =>
      undertakings.watch(
        plain.commit(
          [{ kind: 'engine_state', entry: { userId: USER, key: PAPER, value, updatedAt: clock.now() } }],
          'durable',
        ),
      ),
  });
  const engine = await Engine.open({
    ...{
      settings: { ...SETTINGS, market },
      clock,
      logger: silentLogger,
      store,
      sandbox,
      notifier: null,
      instance: 'simu',
      symbols,
    },
    ids: createSortableIds({ now: () => clock.now(), random: () => random.next() }),
    feed: new TappedFeed(inside.feed, paper.market),
    broker: paper.broker,
  });
  const driveTo = async (until: number): Promise<void> => {
    await inside.drive({ speed: 'max', realClock, settle: () => undertakings.settle(), until });
  };
  let isStarted = false;
  const starting = engine.start().then(() => {
    isStarted = true;
  });
  // Starting asks the venue, whose answers take simulated time.
  for (let second = 1; !isStarted && second < 60; second += 1) await driveTo(fromMs + second * 1_000);
  await starting;
  const end = async (): Promise<void> => {
    await engine.stop(false);
    await paper.broker.close();
    await undertakings.settle();
  };
  return { engine, inside, broker: paper.broker, driveTo, end };
}

async function addTraders(store: Store, sandbox: FilterSandbox): Promise<void> {
  for (const [index, name] of FILTERS.entries()) {
    const source = await readFile(join(shippedFilters(), `${name}.js`), 'utf8');
    const outcome = await sandbox.inspect(source);
    if (!outcome.ok) throw new Error(outcome.fault.message);
    const filterId = asId<ReturnType<typeof traderOf>['filterId']>(`filter00000000000000000${index}`);
    const sourceHash = createHash('sha256').update(source).digest('hex');
    const times = { createdAt: START, updatedAt: START };
    const filter = { id: filterId, userId: USER, name, meta: outcome.meta, source, sourceHash, ...times } as const;
    const trader = traderOf({
      ...{ id: asId(`trader00000000000000000${index}`), name, filterId, size: { kind: 'quote', amount: money('200') } },
      // Near levels and a short life: many trades in little time.
      exits: {
        stopLoss: parseLevel('0.4%'),
        takeProfit: [{ at: parseLevel('1r'), part: null }],
        trailing: null,
        breakEven: null,
        maxHoldMs: 900_000,
      },
    });
    const changes = [
      { kind: 'filter', filter: { ...filter, origin: 'shipped' } },
      { kind: 'trader', trader },
    ] as const;
    await store.commit(changes, 'durable');
  }
}

async function auditOf(store: Store): Promise<readonly AuditRecord[]> {
  const records: AuditRecord[] = [];
  for (;;) {
    const page = await store.audit.after(USER, records.at(-1)?.seq ?? 0, 1_000);
    if (page.length === 0) return records;
    records.push(...page);
  }
}

/** Fails for a position without a guard, and for one whose stop at the venue is not there. */
async function expectGuarded(run: Run): Promise<void> {
  const { engine, broker, inside } = run;
  const asked = broker.snapshot();
  await run.driveTo(inside.clock.now() + 1_000);
  const { ownOrders } = await asked;
  const working = new Set<string>(ownOrders.map(({ clientOrderId }) => clientOrderId));
  const orders = engine.handle.orders();
  for (const { protection, symbol } of engine.handle.positions()) {
    expect(protection.guard, symbol).not.toBe('none');
    if (protection.guard !== 'venue') continue;
    const stop = orders.find(({ intent }) => intent.id === protection.stopOrderId);
    expect(stop && working.has(stop.clientOrderId), `the stop of ${symbol}`).toBe(true);
  }
}

describe('a simulated run', () => {
  const folders: SqliteFolder[] = [];
  let sandbox: FilterSandbox;

  beforeAll(() => {
    sandbox = createIsolatedVmSandbox({ command: sandboxCommand(), clock: realClock, logger: silentLogger });
  });
  afterAll(async () => {
    await sandbox.close();
    for (const folder of folders) await folder.dispose();
  });

  async function freshStore(): Promise<{ folder: SqliteFolder; store: Store }> {
    const folder = new SqliteFolder();
    folders.push(folder);
    const store = await folder.open();
    await addTraders(store, sandbox);
    return { folder, store };
  }

  it('with the same seed gives the same audit record, byte for byte', async () => {
    const records = [];
    for (let time = 0; time < 2; time += 1) {
      const { store } = await freshStore();
      const run = await begin({ store, sandbox, fromMs: START, seed: 3 });
      await run.driveTo(START + 2 * HOUR_MS);
      await run.end();
      records.push(await auditOf(store));
      expect(run.engine.report()).toMatchObject({ errors: 0 });
      expect(run.engine.report().trades).toBeGreaterThan(0);
    }
    const [one, other] = records;
    expect(one?.length).toBeGreaterThan(100);
    expect(JSON.stringify(other)).toBe(JSON.stringify(one));
  });

  it.each([
    { market: 'spot', seed: 3, paying: 0 },
    { market: 'futures', seed: 9, paying: 1 },
  ] as const)('on $market finds nothing to put right in an account of its own', async ({ market, seed, paying }) => {
    const { store } = await freshStore();
    const run = await begin({ store, sandbox, fromMs: FUNDING_AT - 2 * HOUR_MS, seed, market });
    await run.driveTo(FUNDING_AT + HOUR_MS);
    await run.end();
    expect(run.engine.report().trades).toBeGreaterThan(0);
    const records = await auditOf(store);
    expect(records.filter(({ subject }) => subject === 'reconciliation')).toEqual([]);
    const trades = await store.trades.list(USER, { limit: 1_000 });
    const paid = trades.filter(({ funding }) => !funding.isZero());
    expect(paid.length, 'trades over the hour of funding').toBe(paying);
    expect(paid.every(({ entryTime, exitTime }) => entryTime < FUNDING_AT && exitTime > FUNDING_AT)).toBe(true);
  });

  it('that is stopped in the middle goes on with its positions, guarded, over the same database', async () => {
    const { folder, store } = await freshStore();
    const first = await begin({ store, sandbox, fromMs: START, seed: 3 });
    let atMs = START + HOUR_MS / 4;
    await first.driveTo(atMs);
    while (first.engine.handle.positions().length === 0 && atMs < START + 3 * HOUR_MS) {
      atMs += 60_000;
      await first.driveTo(atMs);
    }
    const left = first.engine.handle.positions();
    expect(left.length).toBeGreaterThan(0);
    await expectGuarded(first);
    await first.end();

    const again = await folder.open();
    const second = await begin({ store: again, sandbox, fromMs: atMs + 60_000, seed: 4 });
    await expectGuarded(second);
    const known = new Set(second.engine.handle.positions().map(({ id }) => id));
    const trades = await again.trades.list(USER, { limit: 100 });
    for (const { id } of left) {
      const isThere = known.has(id) || trades.some(({ positionId }) => positionId === id);
      expect(isThere, 'a position of the run before').toBe(true);
    }
    await second.driveTo(atMs + HOUR_MS);
    await expectGuarded(second);
    expect(second.engine.report().errors).toBe(0);
    await second.end();
    const positions = await again.positions.open(USER);
    const closed = await again.trades.list(USER, { limit: 1_000 });
    expect(new Set(closed.map(({ positionId }) => positionId)).size).toBe(closed.length);
    expect(positions.map(({ id }) => id).toSorted()).toEqual(
      second.engine.handle
        .positions()
        .map(({ id }) => id)
        .toSorted(),
    );
  });
});
