import { describe, expect, it } from 'vitest';

import { Decimal, price } from '../../domain/decimal.ts';
import type { EngineCommand } from '../../domain/command.ts';
import { asId } from '../../domain/ids.ts';
import { arbitraryTrade } from '../../testkit/builders/arbitrary-holdings.ts';
import { arbitrarySignal, arbitraryTrader } from '../../testkit/builders/arbitrary-signals.ts';
import { example, idAt } from '../../testkit/builders/example.ts';
import { openedPosition } from '../../testkit/builders/positions.ts';
import { createFakeClock } from '../../testkit/fake-clock.ts';
import { positionJson } from '../shared/json/position-json.ts';
import { signalJson } from '../shared/json/signal-json.ts';
import { tradeJson } from '../shared/json/trade-json.ts';
import { traderJson } from '../shared/json/trader-json.ts';
import type { StatusForm, TickerForm } from '../shared/wire/forms.ts';
import type { AnyChannel } from '../shared/wire/live.ts';
import type { ApiClient, ChannelListener, LiveConnection, LiveState } from './client.ts';
import { RemoteEngine } from './remote-engine.ts';

const NOW = Date.UTC(2026, 0, 31, 12);
const NO_NAMES = new Map<never, string>();

const STATUS: StatusForm = {
  ...{ version: '0.1.0', time: NOW, running: true, mode: 'daemon', pid: 7, money: 'paper', dataDir: '/data' },
  account: { id: 'main', label: 'paper', venue: 'binance', market: 'futures' },
  ...{ quoteAsset: 'USDT', startedAt: NOW - 5_000, uptimeMs: 5_000, feed: 'connected', feedLatencyMs: 12 },
  ...{ symbols: 1, symbolsStale: 0, equity: '10012.5', dailyPnl: '-3.25', dailyPnlPct: -0.03 },
  opening: { allowed: true, cause: null, reason: null, since: null, resetAt: null },
  traders: { running: 1, paused: 0, disabled: 0 },
  ...{ positionsOpen: 0, positionsUnguarded: 0, ordersWorking: 0, signalsAwaiting: 0 },
};

const TICKER: TickerForm = {
  ...{ symbol: 'BTCUSDT', time: NOW, last: 100, bid: 99, ask: 101, mark: null, open: 90, high: 110, low: 80 },
  ...{ volume: 5, quoteVolume: 500, changePct: 11.1, ageMs: 200, stale: false },
};

const POSITION = positionJson(openedPosition(), NO_NAMES, null);
const SIGNAL = signalJson(example(arbitrarySignal), NO_NAMES);
const TRADER = traderJson(example(arbitraryTrader), { filter: 'turn', funnel: null, nextCheckAt: null });

/** A connection to a daemon that says what the test wants. */
class ScriptedLive implements LiveConnection {
  state: LiveState = { status: 'open', since: NOW };
  readonly heartbeat = null;
  readonly #listeners = new Map<AnyChannel, ChannelListener<unknown>>();
  readonly #gaps = new Set<AnyChannel>();

  onState(): () => void {
    return () => undefined;
  }

  isCurrent(channel: AnyChannel): boolean {
    return this.state.status === 'open' && !this.#gaps.has(channel);
  }

  subscribe(channel: AnyChannel, listener: ChannelListener<never>): () => void {
    this.#listeners.set(channel, listener);
    return () => this.#listeners.delete(channel);
  }

  close(): void {
    this.state = { status: 'closed', cause: 'the end' };
  }

  /** Everything that the daemon has. */
  snapshot(contents: Partial<Record<AnyChannel, readonly unknown[]>>): void {
    this.#gaps.clear();
    for (const [channel, listener] of this.#listeners) listener.snapshot(contents[channel] ?? [], 1);
  }

  change(channel: AnyChannel, entry: unknown): void {
    this.#listeners.get(channel)?.changed(entry, 2);
  }

  remove(channel: AnyChannel, key: string): void {
    this.#listeners.get(channel)?.removed(key, 3);
  }

  lose(channel: AnyChannel): void {
    this.#gaps.add(channel);
  }
}

async function connect(contents: Partial<Record<AnyChannel, readonly unknown[]>> = {}) {
  const live = new ScriptedLive();
  const clock = createFakeClock(NOW);
  const calls: unknown[] = [];
  const unreadable: unknown[] = [];
  const client = new Proxy({} as ApiClient, {
    get: (_target, name) => (args?: object) => {
      if (name === 'status') return Promise.resolve(STATUS);
      if (name === 'filters') return Promise.resolve([]);
      calls.push(args === undefined ? name : [name, args]);
      return Promise.resolve(null);
    },
  });
  const opening = RemoteEngine.open({ client, live, clock, onUnreadable: (failure) => unreadable.push(failure) });
  await new Promise(setImmediate);
  live.snapshot({ status: [STATUS], tickers: [TICKER], traders: [TRADER], ...contents });
  const engine = await opening;
  const records: string[] = [];
  engine.onAudit(({ subject, change, subjectId }) => records.push(`${subject} ${change} ${subjectId}`));
  return { engine, live, clock, calls, unreadable, records };
}

describe('the engine of a daemon elsewhere', () => {
  it('shows what the daemon has, and every change of it', async () => {
    const { engine, live } = await connect({ positions: [POSITION] });
    expect(engine.isCurrent).toBe(true);
    expect(engine.status()).toMatchObject({ money: 'paper', feed: 'connected', breaker: { status: 'closed' } });
    expect(engine.status().equity.toFixed()).toBe('10012.5');
    expect(engine.positions().map(({ id }) => id)).toEqual([POSITION.id]);
    live.change('positions', { ...POSITION, stopLoss: '90', guard: 'local', guardCause: 'a test' });
    expect(engine.positions()[0]?.protection).toMatchObject({ guard: 'local', stopPrice: price('90') });
    live.remove('positions', POSITION.id);
    expect(engine.positions()).toEqual([]);
    const opening = { allowed: false, cause: 'kill_switch', reason: 'x', since: NOW, resetAt: null };
    live.change('status', { ...STATUS, opening });
    expect(engine.status().breaker).toMatchObject({ status: 'tripped', cause: 'kill_switch' });
  });

  it('lists that were given out never change later', async () => {
    const { engine, live } = await connect({ positions: [POSITION] });
    const before = engine.positions();
    live.remove('positions', POSITION.id);
    expect(before).toHaveLength(1);
  });

  it('says of everything that it is old while the connection is cut or has a gap, and ages it', async () => {
    const { engine, live, clock } = await connect();
    expect(engine.markets()[0]).toMatchObject({ stale: false, ageMs: 200 });
    live.state = { status: 'waiting', cause: 'cut', retryAt: NOW };
    await clock.advance(3_000);
    expect(engine.isCurrent).toBe(false);
    expect(engine.status().feed).toBe('offline');
    expect(engine.markets()[0]).toMatchObject({ stale: true, ageMs: 3_200 });
    live.state = { status: 'open', since: NOW };
    live.lose('positions');
    expect(engine.isCurrent).toBe(false);
    live.snapshot({ status: [STATUS], tickers: [TICKER] });
    expect(engine.isCurrent).toBe(true);
    expect(engine.markets()[0]).toMatchObject({ stale: false, ageMs: 200 });
  });

  it('tells of signals, positions and trades as they come, each once, also of those missed while it was cut off', async () => {
    const trade = (number: number) => tradeJson({ ...example(arbitraryTrade), id: idAt(number) }, NO_NAMES);
    const { live, records } = await connect({ trades: [trade(1)] });
    expect(records).toEqual([]);
    live.change('signals', { ...SIGNAL, status: 'pending' });
    live.change('signals', { ...SIGNAL, status: 'awaiting_approval' });
    live.change('signals', { ...SIGNAL, status: 'awaiting_approval', confidence: 3 });
    live.change('positions', POSITION);
    live.change('positions', { ...POSITION, bestPrice: '120' });
    live.change('trades', trade(2));
    live.snapshot({ status: [STATUS], trades: [trade(1), trade(2), trade(3)], positions: [POSITION] });
    expect(records).toEqual([
      `signal pending ${SIGNAL.id}`,
      `signal awaiting_approval ${SIGNAL.id}`,
      `position opened ${POSITION.id}`,
      `trade closed ${idAt(2)}`,
      `trade closed ${idAt(3)}`,
    ]);
  });

  it('leaves out what makes no sense, in place of showing what it was before', async () => {
    const { engine, live, unreadable } = await connect({ positions: [POSITION] });
    live.change('positions', { ...POSITION, quantity: 'a lot' });
    expect(engine.positions()).toEqual([]);
    expect(unreadable).toHaveLength(1);
  });

  it('has the daemon carry out every command by the operation that does it', async () => {
    const { engine, calls } = await connect();
    const trader = example(arbitraryTrader);
    const commands: readonly EngineCommand[] = [
      { type: 'pause_opening', reason: 'lunch' },
      { type: 'resume_opening' },
      { type: 'kill', keepPositions: true, reason: 'enough' },
      { type: 'close_position', positionId: asId('p'), fraction: new Decimal('0.5') },
      { type: 'change_protection', positionId: asId('p'), change: { stopLoss: { kind: 'price', price: price('9') } } },
      { type: 'cancel_order', orderId: asId('o') },
      { type: 'approve_signal', signalId: asId('s') },
      { type: 'reject_signal', signalId: asId('s'), reason: 'no' },
      { type: 'change_trader', traderId: trader.id, change: { mode: 'signals', cooldownMs: 60_000 } },
      { type: 'pause_trader', traderId: asId('t'), reason: 'rest' },
      { type: 'resume_trader', traderId: asId('t') },
      { type: 'remove_trader', traderId: asId('t') },
    ];
    for (const command of commands) expect(await engine.execute(command)).toEqual({ ok: true, value: null });
    expect(calls).toEqual([
      ['pauseTrading', { reason: 'lunch' }],
      'resumeTrading',
      ['kill', { keepPositions: true, reason: 'enough' }],
      ['closePosition', { id: 'p', fraction: '0.5' }],
      ['protectPosition', { id: 'p', stopLoss: '9' }],
      ['cancelOrder', { id: 'o' }],
      ['approveSignal', { id: 's' }],
      ['rejectSignal', { id: 's', reason: 'no' }],
      ['changeTrader', { id: trader.id, mode: 'signals', cooldown: '1m' }],
      ['pauseTrader', { id: 't', reason: 'rest' }],
      ['resumeTrader', { id: 't' }],
      ['removeTrader', { id: 't' }],
    ]);
  });

  it('follows the time of the desk, which a simulation lets run faster', async () => {
    const { engine, live, clock } = await connect();
    await clock.advance(2_000);
    live.change('status', { ...STATUS, time: NOW + 120_000 });
    await clock.advance(1_000);
    expect(engine.deskClock.now()).toBe(NOW + 180_000);
  });
});
