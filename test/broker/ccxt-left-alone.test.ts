import { expect, it } from 'vitest';

import { createCcxtBroker } from '../../src/adapters/broker/ccxt/ccxt.ts';
import type { HttpRequest } from '../../src/adapters/broker/ccxt/connection/transport.ts';
import { asId } from '../../src/domain/ids.ts';
import { Secret } from '../../src/lib/secret.ts';
import { loadCcxtVenue } from '../../src/modes/assets.ts';
import { createFakeClock } from '../../src/testkit/fake-clock.ts';
import { silentLogger } from '../../src/testkit/silent-logger.ts';

it('an exchange that wants to be left alone is asked nothing, the time neither', async () => {
  const clock = createFakeClock();
  const asked: HttpRequest[] = [];
  const broker = createCcxtBroker({
    account: {
      ...{ id: asId('live-1'), userId: asId('user'), venue: 'binance', market: 'spot' },
      ...{ money: 'live', label: 'mine' },
    },
    ...{ clock, chance: { next: () => 0 }, logger: silentLogger, instance: 'test' },
    venueClass: await loadCcxtVenue('binance'),
    apiKey: new Secret('key'),
    secret: new Secret('secret'),
    hosts: { rest: 'http://inside', userStream: 'ws://inside' },
    instruments: async () => [],
    openSocket: () => ({ send: () => undefined, close: () => undefined }),
    transport: async (request) => {
      asked.push(request);
      const body = JSON.stringify({ code: -1003, msg: 'Too much request weight used.' });
      return { status: 429, headers: { 'retry-after': '50' }, body };
    },
  });
  for (let question = 0; question < 40; question += 1) {
    const answer = broker.snapshot().catch((failure: unknown) => failure);
    await clock.advance(1_000);
    expect(await answer).toMatchObject({ code: 'EXCHANGE_UNREACHABLE' });
  }
  // The stream and the first question come at once, before the first answer.
  expect(asked.length).toBeLessThanOrEqual(2);
  await clock.advance(60_000);
  await broker.close();
});
