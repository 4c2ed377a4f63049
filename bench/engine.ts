import { Decimal, money } from '../src/domain/decimal.ts';
import { ScriptedWorld } from '../test/engine/scripted-world.ts';
import { percentile } from './harness.ts';
import type { BenchRow } from './harness.ts';

const SECOND_RUNS = 11;

function names(count: number): string[] {
  return Array.from({ length: count }, (_, index) => `S${index}USDT`);
}

/** An engine with an open position in each of so many symbols, entered at 100, with the stop at 95 watched by the engine. */
async function worldWithPositions(count: number): Promise<ScriptedWorld> {
  const symbols = names(count);
  const world = await ScriptedWorld.open({
    symbols,
    cash: '10000000',
    limits: { maxOpenPositions: count, maxConsecutiveLosses: Infinity },
    trader: { size: { kind: 'quote', amount: money('100') }, symbols: { kind: 'top', count } },
    // The stop is this program's own: one at the venue would be waited for before anything is sent.
    capabilities: { residentStops: false },
  });
  for (const symbol of symbols) world.match(symbol, 'long', { stop: '5%' });
  await world.nextMinute();
  if (world.positions.length !== count) throw new Error(`${world.positions.length} positions are open`);
  return world;
}

/** Microseconds of one JSON text of an order: the unit that the engine's own work is held against. */
function jsonUs(world: ScriptedWorld): number[] {
  const orders = world.engine.handle.orders().slice(0, 500);
  return orders.map((order) => {
    const startedAt = performance.now();
    JSON.stringify(order);
    return (performance.now() - startedAt) * 1_000;
  });
}

/** From a price in the sink to the request in the broker's hands, for each of 1,000 open positions in turn. */
async function exitRow(): Promise<BenchRow> {
  const times: number[] = [];
  let reference: number[] = [];
  for (let round = 0; round < 3; round += 1) {
    const world = await worldWithPositions(1_000);
    reference = jsonUs(world);
    let startedAt = 0;
    world.broker.beforeSubmit = () => times.push((performance.now() - startedAt) * 1_000);
    const { sink } = world.feed;
    const time = world.clock.now();
    for (const symbol of world.symbols) {
      startedAt = performance.now();
      sink?.trade({ symbol, price: 94, quantity: 1, trades: 1, buyerIsTaker: false, venueTradeId: 1, time });
    }
    await world.clock.advance(1_000);
    if (world.positions.length > 0) throw new Error('a position did not close');
    // The first round warms up.
    if (round === 0) times.length = 0;
  }
  return row('price tick to exit at the broker, 1,000 open positions, p99', {
    ...{ value: percentile(times, 0.99), unit: 'microseconds' },
    ...{ reference: 'JSON of one order, p99', referenceValue: percentile(reference, 0.99) },
  });
}

/** From the answer of a check with one match to its order handed to the store, with 50 open positions. */
async function signalRow(): Promise<BenchRow> {
  const world = await worldWithPositions(50);
  const reference = jsonUs(world);
  const times: number[] = [];
  let answeredAt = 0;
  const check = world.sandbox.check.bind(world.sandbox);
  world.sandbox.check = async (request) => {
    const outcome = await check(request);
    answeredAt = performance.now();
    return outcome;
  };
  world.store.beforeCommit = (changes) => {
    const isEntry = changes.some(({ kind }) => kind === 'signal');
    if (isEntry && answeredAt > 0) times.push((performance.now() - answeredAt) * 1_000);
    answeredAt = 0;
  };
  for (let time = 0; time < 300; time += 1) {
    const [position] = world.positions;
    if (position === undefined) throw new Error('no position is open');
    world.tick(position.symbol, '94');
    world.tick(position.symbol, '100');
    await world.signal(position.symbol, 'long', { stop: '5%' });
  }
  return row('signal to approved order, before durability, 50 open positions, p95', {
    ...{ value: percentile(times.slice(100), 0.95), unit: 'microseconds' },
    ...{ reference: 'JSON of one order, p95', referenceValue: percentile(reference, 0.95) },
  });
}

/** One second of 50 symbols that tick 1,000 times each, through sink, market book, queue and monitor. */
async function loadRow(): Promise<BenchRow> {
  const world = await worldWithPositions(50);
  const { sink } = world.feed;
  const time = world.clock.now();
  const percentOfCore = (work: (symbol: (typeof world.symbols)[number], price: number) => void): number => {
    const startedAt = performance.now();
    for (let tick = 0; tick < 1_000; tick += 1) {
      for (const symbol of world.symbols) work(symbol, 100 + ((tick * 7) % 31) / 100);
    }
    return (performance.now() - startedAt) / 10;
  };
  const pairs = [];
  for (let run = 0; run < SECOND_RUNS; run += 1) {
    const ours = percentOfCore((symbol, price) =>
      sink?.trade({ symbol, price, quantity: 1, trades: 1, buyerIsTaker: true, venueTradeId: 1, time }),
    );
    const stop = new Decimal(95);
    const theirs = percentOfCore((_, price) => new Decimal(price).lessThanOrEqualTo(stop));
    await world.clock.advance(0);
    pairs.push({ ours, theirs });
  }
  return row('engine: 50 positions x 1,000 ticks/s', {
    ...{
      value: percentile(
        pairs.map(({ ours }) => ours),
        0.5,
      ),
      unit: '% of a core',
    },
    ...{
      reference: 'comparing in Decimal',
      referenceValue: percentile(
        pairs.map(({ theirs }) => theirs),
        0.5,
      ),
    },
  });
}

function row(name: string, figures: Omit<BenchRow, 'name' | 'ratio'>): BenchRow {
  return { name, ...figures, ratio: figures.value / figures.referenceValue };
}

/** What the engine as a whole costs: from price to exit, from signal to order, and over a second of a busy market. */
export async function benchEngine(): Promise<BenchRow[]> {
  return [await exitRow(), await signalRow(), await loadRow()];
}
