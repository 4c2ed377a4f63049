import { describe, expect, it } from 'vitest';

import type { Alert } from '../../ports/notifier.ts';
import { createFakeClock } from '../../testkit/fake-clock.ts';
import { silentLogger } from '../../testkit/silent-logger.ts';
import { Watchdog } from './watchdog.ts';

const MB = 1024 ** 2;

function unattended() {
  const clock = createFakeClock();
  const alerts: Alert[] = [];
  const alarms: string[] = [];
  const state = {
    ...{ bytes: 100 * MB, beats: 0, beat: () => Promise.resolve() },
    ...{ isConnected: true, messages: 0, flows: true, heldUpMs: 0 },
  };
  const watchdog = new Watchdog({
    // A loop that was held up reads a clock that has gone on.
    clock: { ...clock, monotonicMs: () => clock.monotonicMs() + state.heldUpMs },
    logger: silentLogger,
    money: 'paper',
    notifier: { notify: (alert) => alerts.push(alert) },
    beat: () => {
      state.beats += 1;
      return state.beat();
    },
    residentBytes: () => state.bytes,
    onLook: () => undefined,
    onAlarm: (cause) => alarms.push(cause),
  });
  watchdog.start();
  watchdog.watchFeed(() => {
    if (state.flows) state.messages += 1;
    return { isConnected: state.isConnected, messages: state.messages };
  });
  return {
    clock,
    alerts,
    alarms,
    state,
    watchdog,
    keys: () => alerts.map(({ key, severity }) => `${key} ${severity}`),
  };
}

describe('the watchdog', () => {
  it('has nothing to say of a healthy desk, and beats every ten seconds', async () => {
    const { clock, alerts, state, watchdog } = unattended();
    await clock.advance(60_000);
    expect(alerts).toEqual([]);
    expect(state.beats).toBe(7);
    expect(Object.values(watchdog.counts)).toEqual([0, 0, 0, 0, 0]);
  });

  it('counts a stall of the event loop, and tells people of a long one', async () => {
    const { clock, alarms, keys, state, watchdog } = unattended();
    await clock.advance(3_500);
    state.heldUpMs += 1_500;
    await clock.advance(1_000);
    expect(watchdog.counts).toMatchObject({ loopStalls: 1, longestStallMs: 1_500 });
    expect(keys()).toEqual([]);
    state.heldUpMs += 7_000;
    await clock.advance(1_000);
    expect(watchdog.counts).toMatchObject({ loopStalls: 2, longestStallMs: 7_000 });
    expect(keys()).toEqual(['watchdog:event_loop_stalled warning']);
    expect(alarms).toEqual(['event_loop', 'event_loop']);
  });

  it('does not take its own stall for a silent feed', async () => {
    const { clock, keys, state } = unattended();
    await clock.advance(3_500);
    state.heldUpMs += 90_000;
    state.flows = false;
    await clock.advance(1_000);
    state.flows = true;
    await clock.advance(5_000);
    expect(keys()).toEqual(['watchdog:event_loop_stalled warning']);
  });

  it('tells of a feed that is silent or cut off for a minute, once, and of its return', async () => {
    const { clock, keys, state, watchdog } = unattended();
    state.flows = false;
    await clock.advance(59_000);
    expect(keys()).toEqual([]);
    await clock.advance(120_000);
    expect(keys()).toEqual(['watchdog:feed_dead critical']);
    state.flows = true;
    await clock.advance(2_000);
    state.isConnected = false;
    await clock.advance(70_000);
    expect(keys()).toEqual(['watchdog:feed_dead critical', 'watchdog:feed_alive info', 'watchdog:feed_dead critical']);
    expect(watchdog.counts.feedDeaths).toBe(2);
  });

  it('tells of a write that does not end, and begins no other meanwhile', async () => {
    const { clock, keys, state, watchdog } = unattended();
    const write = Promise.withResolvers<undefined>();
    state.beat = () => write.promise;
    await clock.advance(60_000);
    expect(state.beats).toBe(2);
    expect(keys()).toEqual(['watchdog:writer_stuck critical']);
    expect(watchdog.counts.writerStalls).toBe(1);
    write.resolve(undefined);
    await clock.advance(2_000);
    expect(keys()).toEqual(['watchdog:writer_stuck critical', 'watchdog:writer_works info']);
  });

  it('takes a refused write for an answer', async () => {
    const { clock, keys, state } = unattended();
    state.beat = () => Promise.reject(new Error('disk full'));
    await clock.advance(60_000);
    expect(keys()).toEqual([]);
    expect(state.beats).toBe(7);
  });

  it('warns of memory that has grown beyond its bound, once', async () => {
    const { clock, keys, state, watchdog } = unattended();
    state.bytes = 1_100 * MB;
    await clock.advance(60_000);
    expect(keys()).toEqual(['watchdog:memory_grown warning']);
    expect(watchdog.counts.memoryWarnings).toBe(1);
  });

  it('is quiet after its stop', async () => {
    const { clock, watchdog } = unattended();
    watchdog.stop();
    await clock.advance(60_000);
    expect(clock.pendingTimers()).toBe(0);
  });
});
