import { createServer } from 'node:http';
import type { Server, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setImmediate } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { createFakeClock } from '../../../../testkit/fake-clock.ts';
import type { FakeClock } from '../../../../testkit/fake-clock.ts';
import { RestError, RestHttp } from './http.ts';
import { WeightBudget } from '../../../../lib/weight-budget.ts';

type Answer = (response: ServerResponse) => void;

/** A venue that answers what a test says: each request with the next answer, the last one for all that follow. */
let server: Server;
let answers: Answer[];
let asked: { readonly url: string; readonly at: number }[];
let clock: FakeClock;
let budget: WeightBudget;
let http: RestHttp;

beforeEach(async () => {
  asked = [];
  clock = createFakeClock();
  server = createServer((request, response) => {
    asked.push({ url: request.url ?? '', at: clock.monotonicMs() });
    const answer = answers.length > 1 ? answers.shift() : answers[0];
    answer?.(response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  budget = new WeightBudget(clock, 6_000);
  http = new RestHttp(`http://127.0.0.1:${(server.address() as AddressInfo).port}`, clock, budget);
});

afterEach(() => {
  http.close();
  budget.close();
  server.closeAllConnections();
  server.close();
});

function say(status: number, body: string, headers: Readonly<Record<string, string>> = {}): Answer {
  return (response) => response.writeHead(status, headers).end(body);
}

async function get(): Promise<unknown> {
  return http.get('/api/v3/klines', { symbol: 'BTCUSDT', limit: 2 }, { weight: 2, priority: 'question' });
}

/** Lets time pass, once there is nothing more to be done without, until the request has come to its end. */
async function outcome(): Promise<unknown> {
  let ended: { readonly value: unknown } | null = null;
  get().then(
    (value) => (ended = { value }),
    (error: unknown) => (ended = { value: error }),
  );
  for (let turn = 1; ended === null; turn += 1) {
    await setImmediate();
    if (turn % 200 === 0) await clock.advance(500);
  }
  return (ended as { readonly value: unknown }).value;
}

async function failure(): Promise<RestError> {
  const error = await outcome();
  if (!(error instanceof RestError)) throw new Error(`expected a failure, got ${JSON.stringify(error)}`);
  return error;
}

describe('a request for data', () => {
  it('gives the parsed answer, and tells the budget what the venue counts', async () => {
    answers = [say(200, '[1,2]', { 'x-mbx-used-weight-1m': '340' })];
    expect(await outcome()).toEqual([1, 2]);
    expect(asked.map(({ url }) => url)).toEqual(['/api/v3/klines?symbol=BTCUSDT&limit=2']);
    expect(budget.used).toBe(340);
  });

  it('is tried again after a fault of the venue, with growing waits, four times at most', async () => {
    answers = [say(500, 'oops'), say(200, '<html>'), (response) => response.destroy(), say(200, '{"a":1}')];
    expect(await outcome()).toEqual({ a: 1 });
    const waits = asked.slice(1).map(({ at }, index) => at - (asked[index]?.at ?? NaN));
    expect(waits).toEqual([1_000, 2_000, 4_000]);
    answers = [say(400, '{"code":-1001,"msg":"Internal error; unable to process your request."}')];
    asked = [];
    expect(await failure()).toMatchObject({ fault: 'unreachable', status: 400, venueCode: -1001 });
    expect(asked).toHaveLength(4);
  });

  it('is not repeated when the request itself is wrong', async () => {
    answers = [say(400, '{"code":-1121,"msg":"Invalid symbol."}')];
    const error = await failure();
    expect(error).toMatchObject({ fault: 'refused', status: 400, venueCode: -1121 });
    expect(error.message).toMatch(/klines\?symbol=BTCUSDT.*-1121: Invalid symbol\..*Check the symbol/);
    expect(asked).toHaveLength(1);
  });

  it.each([429, 418])('waits as long as the venue wants after HTTP %i', async (status) => {
    answers = [say(status, '{"code":-1003,"msg":"Too many requests."}', { 'retry-after': '7' }), say(200, '[]')];
    expect(await outcome()).toEqual([]);
    expect((asked[1]?.at ?? NaN) - (asked[0]?.at ?? NaN)).toBe(7_000);
  });

  it('gives up an answer that does not come', async () => {
    answers = [() => undefined];
    const error = await failure();
    expect(error).toMatchObject({ fault: 'unreachable', status: null });
    expect(error.message).toContain('no answer within 15 s');
    expect(asked).toHaveLength(4);
  });

  it('ends when the connection is closed, and leaves no timer', async () => {
    answers = [() => undefined];
    const ended = get().catch((error: unknown) => error);
    while (asked.length === 0) await setImmediate();
    http.close();
    expect(await ended).toBeInstanceOf(RestError);
    budget.close();
    expect(clock.pendingTimers()).toBe(0);
    expect(asked).toHaveLength(1);
  });
});
