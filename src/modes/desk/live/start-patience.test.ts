import { describe, expect, it } from 'vitest';

import {
  ConnectionFault,
  JudgedRefusal,
  NotSent,
  VenueRefusal,
} from '../../../adapters/broker/ccxt/connection/failures.ts';
import { RestError } from '../../../adapters/feed/binance/rest/http.ts';
import { AitraderError } from '../../../domain/errors.ts';
import { createFakeClock } from '../../../testkit/fake-clock.ts';
import { silentLogger } from '../../../testkit/silent-logger.ts';
import type { Stop } from '../../wait-for-stop.ts';
import { StartPatience } from './start-patience.ts';

const STOP: Stop = { why: 'SIGINT', exitCode: 130 };

function patient() {
  const clock = createFakeClock();
  const stopped = Promise.withResolvers<Stop>();
  const told: string[] = [];
  const logger = { ...silentLogger, warn: (text: string) => told.push(text) };
  return { clock, stopped, told, patience: new StartPatience({ clock, logger, stopped: stopped.promise }) };
}

function unreachable(cause: unknown): AitraderError {
  return new AitraderError('EXCHANGE_UNREACHABLE', { venue: 'it', problem: 'because' }, { cause });
}

const refusal = (status: number, code: number | null, retryAfterMs: number | null = null): VenueRefusal =>
  new VenueRefusal('GET /', { status, code, reason: 'because', retryAfterMs, answer: null });
const judged = (meaning: JudgedRefusal['meaning']): JudgedRefusal =>
  new JudgedRefusal('GET /', { meaning, code: '1', reason: 'because', retryAfterMs: null });
const restError = (fault: RestError['fault'], retryAfterMs = 0): RestError =>
  new RestError('because', { fault, status: null, venueCode: null, retryAfterMs });

/** As ccxt's are: known by the names of their classes alone. */
class BaseError extends Error {}
class OperationFailed extends BaseError {}
class NetworkError extends OperationFailed {}
class AuthenticationError extends BaseError {}

describe('a question of a start', () => {
  it.each([
    ['no connection', unreachable(new ConnectionFault('refused', false)), 1],
    ['a lost answer', unreachable(new ConnectionFault('reset', true)), 1],
    ['an error of the exchange', unreachable(refusal(502, null)), 1],
    ['a limit with its end', unreachable(refusal(429, -1003, 7_000)), 7],
    ['a limit without', unreachable(refusal(429, -1003)), 60],
    ['weight that is used up here', unreachable(new NotSent('later', 30_000)), 30],
    ['a timestamp that is measured anew', unreachable(refusal(400, -1021)), 1],
    ['overload elsewhere', unreachable(judged('wait')), 1],
    ['a limit of market data', unreachable(restError('limited', 9_000)), 9],
    ['no market data', unreachable(restError('unreachable')), 1],
    ['no market data elsewhere', unreachable(new NetworkError('gone')), 1],
    ['an error within another', unreachable(unreachable(new ConnectionFault('reset', true))), 1],
  ])('is asked again after %s', async (_, failure, seconds) => {
    const { clock, told, patience } = patient();
    let tries = 0;
    const answer = patience.ask('the symbols', () => (tries++ === 0 ? Promise.reject(failure) : Promise.resolve(42)));
    await clock.advance(seconds * 1_000 - 1);
    expect(tries).toBe(1);
    await clock.advance(1);
    expect(await answer).toBe(42);
    expect(told).toEqual([expect.stringContaining(`about the symbols, asked again in ${seconds} s (try 2): because`)]);
    expect(clock.pendingTimers()).toBe(0);
  });

  it.each([
    ['a refusal', unreachable(refusal(401, -2015))],
    ['a refusal elsewhere', unreachable(judged('permission'))],
    ['a request that cannot be signed', unreachable(new NotSent('no key', null))],
    ['refused market data', unreachable(restError('refused'))],
    ['refused market data elsewhere', unreachable(new AuthenticationError('no'))],
    ['what has a code of its own', new AitraderError('HEDGE_MODE', { venue: 'it' })],
    ['the same within another', unreachable(new AitraderError('HEDGE_MODE', { venue: 'it' }))],
    ['a fault of the program', new TypeError('undefined is no function')],
  ])('is not asked again after %s', async (_, failure) => {
    const { clock, told, patience } = patient();
    let tries = 0;
    const asked = patience.ask('the symbols', () => {
      tries += 1;
      return Promise.reject(failure);
    });
    await expect(asked).rejects.toBe(failure);
    expect(tries).toBe(1);
    expect(told).toEqual([]);
    expect(clock.pendingTimers()).toBe(0);
  });

  it('is given up at once when the program is to end, also while its answer is waited for', async () => {
    const { clock, stopped, patience } = patient();
    const asked = patience.ask('the symbols', () => new Promise(() => undefined));
    stopped.resolve(STOP);
    await expect(asked).rejects.toMatchObject({ name: 'StoppedAtStart', stop: STOP });
    expect(clock.pendingTimers()).toBe(0);
  });

  it('is asked once, whatever comes of it, when the start is over', async () => {
    const { stopped, told, patience } = patient();
    patience.end();
    stopped.resolve(STOP);
    const failure = unreachable(restError('unreachable'));
    await expect(patience.ask('it', () => Promise.reject(failure))).rejects.toBe(failure);
    expect(await patience.ask('it', () => Promise.resolve(42))).toBe(42);
    expect(told).toEqual([]);
  });
});
