import { describe, expect, it } from 'vitest';

import { asId } from '../../../domain/ids.ts';
import type { VenueSymbol } from '../../../domain/ids.ts';
import { MINUTE_MS, SECOND_MS } from '../../../domain/time.ts';
import { createFakeClock } from '../../../testkit/fake-clock.ts';
import { Channel } from './channel.ts';
import type { LinkLoss } from './link.ts';
import { Link } from './link.ts';
import { Pace } from './pace.ts';

class BaseError extends Error {}
class BadSymbol extends BaseError {}
class NetworkError extends BaseError {}

const PACE_MS = 200;

/** Channels of many symbols; what their venue answers can be changed. */
function openChannels(count: number) {
  const clock = createFakeClock(0);
  const losses: LinkLoss[] = [];
  const refused: string[] = [];
  const asked: number[] = [];
  const taken: VenueSymbol[] = [];
  const pending: { resolve: (take: () => void) => void; reject: (error: Error) => void }[] = [];
  const venue = { answer: (): Promise<() => void> => Promise.reject(new NetworkError('no venue')) };
  const link = new Link({
    ...{ clock, chance: { next: () => 0 }, maxAttempts: Infinity, onGaveUp: () => undefined },
    onLost: (loss) => losses.push(loss),
  });
  const pace = new Pace(clock, PACE_MS);
  const channels = Array.from({ length: count }, (_, index) => {
    const symbol = asId<VenueSymbol>(`S${index}`);
    const next = async (): Promise<() => void> => {
      asked.push(clock.now());
      await venue.answer();
      return () => taken.push(symbol);
    };
    return new Channel(
      { key: symbol, symbol, next, end: null },
      {
        ...{ clock, link, pace, onNews: () => undefined, onLost: () => undefined },
        onRefused: ({ key }) => refused.push(key),
      },
    );
  });
  const waiting = (): Promise<() => void> => new Promise((resolve, reject) => pending.push({ resolve, reject }));
  return { clock, link, pace, channels, losses, refused, asked, taken, pending, venue, waiting };
}

describe('channels', () => {
  it('begin one after the other', async () => {
    const { clock, venue, waiting, asked } = openChannels(5);
    venue.answer = waiting;
    await clock.advance(3 * SECOND_MS);
    expect(asked).toEqual([0, 1, 2, 3, 4].map((place) => place * PACE_MS));
  });

  it('leave a venue alone that is not there, however many they are, and then all come back', async () => {
    const { clock, venue, waiting, asked, losses, pending, channels } = openChannels(50);
    await clock.advance(5 * MINUTE_MS);
    const { length } = losses;
    expect(losses.map(({ attempt }) => attempt)).toEqual(Array.from({ length }, (_, index) => index + 1));
    // 5, 10, 20, 40, 60, 60 ... s
    expect(length).toBeGreaterThanOrEqual(7);
    expect(length).toBeLessThanOrEqual(8);
    expect(asked.length).toBeLessThanOrEqual(2 * length);
    asked.length = 0;
    venue.answer = waiting;
    await clock.advance(2 * MINUTE_MS);
    expect(asked).toHaveLength(50);
    for (const { resolve } of pending.splice(0)) resolve(() => undefined);
    await clock.advance(1);
    expect(channels.every(({ isSettled }) => isSettled)).toBe(true);
  });

  it('that fail together are one loss, told with all symbols that are lost', async () => {
    const { clock, venue, waiting, pending, losses, link } = openChannels(3);
    venue.answer = waiting;
    await clock.advance(SECOND_MS);
    for (const { reject } of pending.splice(0)) reject(new NetworkError('cut'));
    await clock.advance(SECOND_MS);
    expect(losses).toEqual([{ cause: 'cut', symbols: ['S0', 'S1', 'S2'], attempt: 1, nextTryAt: 6 * SECOND_MS }]);
    await clock.advance(5 * SECOND_MS);
    pending.splice(0, 1).forEach(({ reject }) => reject(new NetworkError('cut again')));
    await clock.advance(SECOND_MS);
    expect(losses[1]).toMatchObject({ symbols: ['S0', 'S1', 'S2'], attempt: 2 });
    expect(link.reconnects).toBe(0);
  });

  it('are given up when the venue refuses them again and again, and hinder nobody', async () => {
    const { clock, venue, channels, refused, asked } = openChannels(1);
    venue.answer = () => Promise.reject(new BadSymbol('no such symbol'));
    await clock.advance(5 * MINUTE_MS);
    expect([refused, asked.length, channels[0]?.isSettled]).toEqual([['S0'], 3, true]);
  });

  it('that are stopped take nothing in any more', async () => {
    const { clock, venue, waiting, pending, taken, channels } = openChannels(1);
    venue.answer = waiting;
    await clock.advance(SECOND_MS);
    channels[0]?.stop();
    for (const { resolve } of pending) resolve(() => undefined);
    await clock.advance(SECOND_MS);
    expect([taken, pending.length]).toEqual([[], 1]);
  });
});
