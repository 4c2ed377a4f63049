import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { describe, expect, it } from 'vitest';

import { Session } from '../../src/frontends/tui/session.ts';
import { createFakeClock } from '../../src/testkit/fake-clock.ts';
import { NO_COMMANDS, runScreen } from './run-screen.ts';
import { aMarket, busyDesk, NOW, StagedEngine } from './staged-desk.ts';

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;

function heldBytes(): number {
  collect();
  collect();
  return process.memoryUsage().heapUsed;
}

/** What happens in a minute of a simulation that runs as fast as it can: everything moves, and much of it is told. */
function liveAMinute(engine: StagedEngine, minute: number): void {
  engine.tick();
  const data = { symbol: 'SOLUSDT', side: 'long', conditions: [`the reason of minute ${minute}`] };
  engine.tell('signal', 'pending', data);
  engine.tell('trade', 'closed', {
    ...data,
    id: `t${minute}`,
    traderId: null,
    ...{ entryTime: NOW, exitTime: NOW, entryPrice: '1', exitPrice: '1', quantity: '1', fees: '0', reason: 'stop' },
    ...{ pnl: minute % 2 === 0 ? '1' : '-1', pnlPct: '1' },
  });
}

describe('a screen that is left open', () => {
  it('holds no more after weeks of the market than after days', () => {
    const markets = Array.from({ length: 20 }, (_, at) => aMarket(`S${at}USDT`, 100 + at));
    const engine = new StagedEngine({ markets });
    let minute = 0;
    const session = new Session(
      {
        engine,
        clock: createFakeClock(NOW),
        deskClock: { now: () => NOW + minute * 60_000 },
        info: { mode: 'local', quoteAsset: 'USDT', dataDir: '' },
        earlierTrades: [],
        earlierLogs: [],
        notice: () => null,
        offline: () => null,
        commands: NO_COMMANDS,
      },
      { leave: () => undefined, redraw: () => undefined },
    );
    const live = (minutes: number): number => {
      for (const end = minute + minutes; minute < end; minute += 1) {
        liveAMinute(engine, minute);
        session.log({ at: NOW, level: 'info', source: 'desk', text: `minute ${minute}` });
        if (minute % 20 === 0) session.draw({ width: 120, height: 40 });
      }
      return heldBytes();
    };
    // By then every bounded list is full.
    const full = live(4_000);
    const later = live(16_000);
    expect(later - full).toBeLessThan(1_000_000);
    session.close();
    expect(engine.listeners).toBe(0);
  });

  it('has as many listeners and timers after hundreds of frames, pages and sizes as after the first', async () => {
    const screen = await runScreen({ engine: busyDesk() });
    const counts = (): object => ({
      stdout: screen.terminal.eventNames().map((name) => [name, screen.terminal.listenerCount(name)]),
      stdin: screen.keyboard.eventNames().map((name) => [name, screen.keyboard.listenerCount(name)]),
      process: process.eventNames().map((name) => [name, process.listenerCount(name)]),
      engine: screen.engine.listeners,
      timers: screen.clock.pendingTimers(),
    });
    await screen.press('1', '4');
    const before = counts();
    for (let round = 0; round < 20; round += 1) {
      await screen.press('3', '\r', ':', 'x', '\u0015', '\u007f', '?', '$', '4');
      screen.terminal.resize(80 + (round % 3) * 60, 24 + (round % 3) * 10);
    }
    expect(counts()).toEqual(before);
    await screen.tui.close();
    expect(screen.clock.pendingTimers()).toBe(0);
    expect(screen.engine.listeners).toBe(0);
  });
});
