import { afterEach, describe, expect, it } from 'vitest';

import { createSystemClock } from '../../src/adapters/clock/system/clock.ts';
import { isFinal } from '../../src/domain/order/order.ts';
import { createApiClient } from '../../src/frontends/client/api-client.ts';
import { RemoteEngine } from '../../src/frontends/client/remote-engine.ts';
import { TOKEN } from './run-daemon.ts';
import type { Daemon } from './run-daemon.ts';
import { simulatedExchange, simulatedMoney } from './scenarios.ts';
import type { Scenario } from './scenarios.ts';
import { SocketView, viewOfApi, viewOfMonitor, viewOfStore } from './watched-views.ts';
import type { DeskView } from './watched-views.ts';

const endings: (() => unknown)[] = [];
afterEach(async () => {
  for (const end of endings.splice(0).reverse()) await end();
});

/** Looks again until it is so; the test's own time bounds it. */
async function until(isSo: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await isSo())) await new Promise((resolve) => setTimeout(resolve, 20));
}

interface Watchers {
  readonly scenario: Scenario;
  readonly daemon: Daemon;
  readonly engine: RemoteEngine;
  /** The trades that the monitor was told of. */
  readonly trades: ReadonlySet<string>;
  readonly socket: SocketView;
}

/** All who look see the same, but for the moment in which something is on its way. */
async function agreed({ scenario, daemon, engine, trades, socket }: Watchers): Promise<DeskView> {
  let seen: readonly DeskView[] = [];
  await until(async () => {
    const before = viewOfStore(daemon.dataDir, scenario.database);
    seen = [
      await viewOfApi(daemon),
      viewOfMonitor(engine, trades),
      socket.view,
      viewOfStore(daemon.dataDir, scenario.database),
    ];
    const texts = new Set([before, ...seen].map((view) => JSON.stringify(view)));
    return engine.isCurrent && texts.size === 1 && (await isHeld(engine, scenario));
  });
  const [view] = seen;
  if (view === undefined) throw new Error('nobody looked');
  return view;
}

/** Whether the exchange holds what the monitor shows. */
async function isHeld(engine: RemoteEngine, scenario: Scenario): Promise<boolean> {
  const held = await scenario.heldAtExchange();
  const shown = engine.positions().map(({ symbol, quantity }) => `${symbol} ${quantity.toNumber()}`);
  return held === null || shown.toSorted().join() === held.join();
}

async function openSocket(daemon: Daemon): Promise<SocketView> {
  const socket = new SocketView(daemon.url);
  endings.push(() => socket.close());
  await until(() => socket.isComplete);
  return socket;
}

describe('a daemon that is watched by monitor, API and WebSocket at once', { timeout: 400_000 }, () => {
  it.each([
    ['with simulated money', simulatedMoney],
    ['on the simulated exchange, as with real money', simulatedExchange],
  ])(
    'trades %s, is paused, killed, resumed, ended and started again; all views agree with the store',
    async (_, open) => {
      const scenario = await open();
      const daemon = await scenario.start();
      const client = createApiClient({ url: daemon.url, token: TOKEN });
      const live = client.live({ firstRetryMs: 50, mostRetryMs: 200 });
      endings.push(() => live.close());
      const unreadable: unknown[] = [];
      const onUnreadable = (failure: unknown): void => void unreadable.push(failure);
      const engine = await RemoteEngine.open({ client, live, clock: createSystemClock(), onUnreadable });
      const trades = new Set((await client.trades({ limit: 1_000 })).map(({ id }) => id));
      engine.onAudit(({ subject, subjectId }) => void (subject === 'trade' && trades.add(subjectId)));
      const watchers = { scenario, daemon, engine, trades, socket: await openSocket(daemon) };

      await until(() => engine.positions().length > 0);
      await agreed(watchers);

      expect(await engine.execute({ type: 'pause_opening', reason: 'a look around' })).toMatchObject({ ok: true });
      expect(await agreed(watchers)).toMatchObject({ stopped: 'paused_by_user' });

      await daemon.post('/api/risk/kill', { reason: 'enough for today' });
      await until(() => engine.positions().length === 0 && engine.orders().every(({ state }) => isFinal(state.status)));
      const killed = await agreed(watchers);
      expect(killed).toMatchObject({ stopped: 'kill_switch', positions: [], orders: [] });
      expect(killed.trades.length).toBeGreaterThan(0);

      expect(await engine.execute({ type: 'resume_opening' })).toMatchObject({ ok: true });
      expect(await agreed(watchers)).toMatchObject({ stopped: null });
      await scenario.wantMore(daemon);
      await until(() => engine.positions().length > 0);
      await daemon.post('/api/trading/pause');
      await agreed(watchers);

      expect(await daemon.end('SIGTERM')).toBe(143);
      await until(() => !engine.isCurrent);
      expect(engine.status().feed).toBe('offline');
      expect(engine.markets().every(({ stale }) => stale)).toBe(true);
      const left = viewOfStore(daemon.dataDir, scenario.database);

      const again = await scenario.start();
      await until(() => engine.isCurrent);
      const found = await agreed({ ...watchers, daemon: again, socket: await openSocket(again) });
      expect(found).toMatchObject({ stopped: 'paused_by_user', traders: left.traders });
      expect(watchers.socket.gaps).toBe(0);
      expect(unreadable).toEqual([]);
      expect(await again.end('SIGTERM')).toBe(143);
    },
  );
});
