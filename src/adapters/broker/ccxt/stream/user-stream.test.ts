import { describe, expect, it } from 'vitest';
import { createFakeClock } from '../../../../testkit/fake-clock.ts';
import { silentLogger } from '../../../../testkit/silent-logger.ts';
import { VenueRefusal } from '../connection/failures.ts';
import type { SocketEvents } from './socket.ts';
import { UserStream } from './user-stream.ts';

interface OpenedSocket {
  readonly url: string;
  readonly events: SocketEvents;
  readonly sent: string[];
  isClosed: boolean;
}

/** A stream to a venue that a test plays. */
function openStream(venue: { readonly address?: () => Promise<string>; readonly renew?: () => Promise<void> } = {}) {
  const clock = createFakeClock();
  const sockets: OpenedSocket[] = [];
  const told: string[] = [];
  let addresses = 0;
  const stream = new UserStream({
    source: {
      address: async () => {
        addresses += 1;
        return venue.address === undefined ? `ws://venue/${addresses}` : venue.address();
      },
      greeting: () => 'hello',
      heartbeat: () => 'ping',
      renew: venue.renew ?? null,
      read: (message) => {
        if (message['kind'] === 'ready') return { kind: 'ready' };
        if (message['kind'] === 'failed') return { kind: 'failed', cause: 'refused' };
        return message['kind'] === 'pong' ? { kind: 'nothing' } : { kind: 'event', event: message };
      },
    },
    openSocket: (url, events) => {
      const socket: OpenedSocket = { url, events, sent: [], isClosed: false };
      sockets.push(socket);
      return { send: (text) => socket.sent.push(text), close: () => (socket.isClosed = true) };
    },
    ...{ clock, chance: { next: () => 0 }, logger: silentLogger },
    events: {
      connected: () => told.push('connected'),
      lost: (cause) => told.push(`lost: ${cause}`),
      event: (event) => told.push(`event ${String(event['n'])}`),
    },
  });
  const newest = (): OpenedSocket => {
    const socket = sockets.at(-1);
    if (socket === undefined) throw new Error('nothing was opened');
    return socket;
  };
  const say = (message: object): void => newest().events.message(JSON.stringify(message));
  /** Lets time pass with a venue that answers every sign of life that is asked for. */
  const live = async (ms: number): Promise<void> => {
    for (let left = ms; left > 0; left -= 10_000) {
      await clock.advance(Math.min(left, 10_000));
      if (!newest().isClosed) say({ kind: 'pong' });
    }
  };
  const getReady = async (): Promise<void> => {
    await clock.advance(0);
    newest().events.opened();
    say({ kind: 'ready' });
  };
  return { clock, stream, sockets, told, newest, say, live, getReady };
}

describe('the stream of an account', () => {
  it('is connected when the venue says so, and tells what comes', async () => {
    const { stream, told, newest, say, clock } = openStream();
    stream.start();
    await clock.advance(0);
    newest().events.opened();
    expect(newest().sent).toEqual(['hello']);
    expect(told).toEqual([]);
    say({ kind: 'ready' });
    say({ n: 1 });
    newest().events.message('no json');
    say({ n: 2 });
    expect(told).toEqual(['connected', 'event 1', 'event 2']);
  });

  it('comes back after 5, 10, 20, 40, 60, 60 seconds while the venue refuses, and at once when a connection had held', async () => {
    const { stream, sockets, told, newest, say, clock, live, getReady } = openStream();
    stream.start();
    await clock.advance(0);
    for (const seconds of [5, 10, 20, 40, 60, 60]) {
      const before = sockets.length;
      newest().events.opened();
      say({ kind: 'failed' });
      await clock.advance(seconds * 1_000 - 1);
      expect(sockets).toHaveLength(before);
      await clock.advance(1);
      expect(sockets).toHaveLength(before + 1);
    }
    expect(told).toEqual([]);
    await getReady();
    await live(60_000);
    const before = sockets.length;
    newest().events.closed('cut');
    await clock.advance(0);
    expect(sockets).toHaveLength(before + 1);
    expect(told).toEqual(['connected', 'lost: cut']);
  });

  it('does not come back in a hurry when connections break as soon as they stand', async () => {
    const { stream, sockets, newest, clock, getReady } = openStream();
    stream.start();
    for (let round = 0; round < 5; round += 1) {
      await getReady();
      newest().events.closed('cut');
      const before = sockets.length;
      await clock.advance(4_000);
      expect(sockets).toHaveLength(before);
      await clock.advance(60_000);
    }
  });

  it.each([
    ['no address', { address: async () => Promise.reject(new Error('no key')) }],
    ['an address that never comes', { address: async () => new Promise<string>(() => undefined) }],
  ])('tries again with %s', async (_, venue) => {
    let asked = 0;
    const { stream, clock } = openStream({
      address: async () => {
        asked += 1;
        return venue.address();
      },
    });
    stream.start();
    await clock.advance(60_000);
    expect(asked).toBeGreaterThan(2);
  });

  it('gives up a connection that is silent although it is asked for a sign of life', async () => {
    const { stream, told, newest, live, clock, getReady } = openStream();
    stream.start();
    await getReady();
    await live(300_000);
    expect(told).toEqual(['connected']);
    const silent = newest();
    await clock.advance(60_000);
    expect(told).toEqual(['connected', 'lost: silent for 30 s']);
    expect(silent.isClosed).toBe(true);
  });

  it('renews its key twice an hour, and connects with a new one when the venue no longer knows it', async () => {
    const renewals: number[] = [];
    let isKnown = true;
    const { stream, told, sockets, live, clock, getReady } = openStream({
      renew: async () => {
        renewals.push(clock.now());
        const details = { status: 400, code: -1125, reason: 'This listenKey does not exist.', retryAfterMs: null };
        if (!isKnown) throw new VenueRefusal('PUT /fapi/v1/listenKey', { ...details, answer: null });
      },
    });
    stream.start();
    await getReady();
    await live(3_601_000);
    expect(renewals).toHaveLength(2);
    expect(sockets).toHaveLength(1);
    isKnown = false;
    await live(1_800_000);
    expect(told[1]).toContain('its key is no longer valid');
    expect(sockets.length).toBeGreaterThan(1);
  });

  it('tries a renewal again that got no answer, while the key is still valid', async () => {
    let renewals = 0;
    const { stream, told, live, getReady } = openStream({
      renew: async () => {
        renewals += 1;
        throw new Error('no answer');
      },
    });
    stream.start();
    await getReady();
    await live(1_990_000);
    expect(renewals).toBeGreaterThan(2);
    expect(told).toEqual(['connected']);
  });

  it('leaves a connection before the venue ends it after a day', async () => {
    const { stream, told, sockets, live, getReady } = openStream();
    stream.start();
    await getReady();
    await live(23 * 3_600_000 + 10_000);
    expect(told).toEqual(['connected', 'lost: the connection is a day old']);
    expect(sockets).toHaveLength(2);
  });

  it('says and does nothing after the close', async () => {
    const { stream, told, newest, say, clock, sockets, getReady } = openStream();
    stream.start();
    await getReady();
    stream.close();
    say({ n: 1 });
    newest().events.closed('cut');
    await clock.advance(100_000);
    expect(told).toEqual(['connected']);
    expect(sockets).toHaveLength(1);
    expect(clock.pendingTimers()).toBe(0);
  });
});
