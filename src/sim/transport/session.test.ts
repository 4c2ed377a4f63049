import { EventEmitter } from 'node:events';

import { describe, expect, it } from 'vitest';
import type { WebSocket } from 'ws';

import { createFakeClock } from '../../testkit/fake-clock.ts';
import type { SessionRules } from './session.ts';
import { FUTURES_RULES, Session, SPOT_RULES } from './session.ts';
import type { StreamConnection } from './stream-connection.ts';

const HOUR_MS = 3_600_000;

/** A session on a socket that only keeps what is done to it. */
function open(rules: SessionRules, answersPings: boolean) {
  const clock = createFakeClock();
  const webSocket = Object.assign(new EventEmitter(), { OPEN: 1, readyState: 1 });
  const done: string[] = [];
  const end = (what: string): void => {
    done.push(what);
    webSocket.readyState = 3;
    webSocket.emit('close');
  };
  const connection = {
    ping: () => {
      done.push('ping');
      if (answersPings) webSocket.emit('pong');
    },
    cut: () => end('cut'),
    close: (code: number) => end(`close ${code}`),
  };
  const heard: string[] = [];
  new Session(webSocket as unknown as WebSocket, {
    ...{ clock, rules, connection: connection as unknown as StreamConnection },
    onMessage: (text) => heard.push(text),
    onClose: () => done.push('closed'),
  });
  return { clock, webSocket, done, heard };
}

describe('a session', () => {
  it.each([
    ['spot', SPOT_RULES, 20_000],
    ['futures', FUTURES_RULES, 180_000],
  ] as const)('of %s is pinged at the interval of the venue', async (_, rules, interval) => {
    const { clock, done } = open(rules, true);
    await clock.advance(interval - 1);
    expect(done).toEqual([]);
    await clock.advance(1);
    expect(done).toEqual(['ping']);
    await clock.advance(10 * interval);
    expect(done).toHaveLength(11);
  });

  it.each([
    ['spot', SPOT_RULES, 60_000],
    ['futures', FUTURES_RULES, 600_000],
  ] as const)('of %s is cut when pings stay unanswered for too long', async (_, rules, patience) => {
    const { clock, done } = open(rules, false);
    await clock.advance(patience);
    expect(done).not.toContain('cut');
    await clock.advance(rules.pingEveryMs);
    expect(done.slice(-2)).toEqual(['cut', 'closed']);
    expect(clock.pendingTimers()).toBe(0);
  });

  it('ends after 24 hours', async () => {
    const { clock, done } = open(SPOT_RULES, true);
    await clock.advance(24 * HOUR_MS - 1);
    expect(done.filter((what) => what !== 'ping')).toEqual([]);
    await clock.advance(20_000);
    expect(done.slice(-2)).toEqual(['close 1001', 'closed']);
  });

  it('is closed when more messages come in a second than the venue takes', async () => {
    const { clock, webSocket, done, heard } = open(SPOT_RULES, true);
    const send = (count: number): void => {
      for (let turn = 0; turn < count; turn += 1) webSocket.emit('message', Buffer.from('hello'));
    };
    send(5);
    await clock.advance(1_000);
    send(4);
    webSocket.emit('ping');
    expect([heard.length, done]).toEqual([9, []]);
    send(1);
    expect([heard.length, done]).toEqual([9, ['close 1008', 'closed']]);
  });
});
