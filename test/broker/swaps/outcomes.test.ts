/** What comes of requests that are not answered well, by each venue's own codes. */
import { describe, expect, it } from 'vitest';

import type { SwapVenueName } from '../../../src/adapters/broker/ccxt/swaps/venues.ts';
import type { RequestOutcome } from '../../../src/ports/broker.ts';
import type { OrderSketch } from '../../../src/testkit/broker/trader.ts';
import { Trader } from '../../../src/testkit/broker/trader.ts';
import type { Answered, Mishap } from './stand-in.ts';
import { openVenue, venueNamed, VENUES_UNDER_TEST } from './under-test.ts';
import type { VenueUnderTest } from './under-test.ts';
import { harnessOf } from './venue.ts';
import type { OpenedSwaps } from './venue.ts';

interface Desk {
  readonly opened: OpenedSwaps;
  readonly trader: Trader;
  readonly paths: VenueUnderTest['paths'];
}

async function withDesk(venue: VenueUnderTest, test: (desk: Desk) => Promise<void>): Promise<void> {
  const opened = await openVenue(venue);
  try {
    const trader = new Trader(harnessOf(opened, '0.5'));
    await trader.quote(-1, 1);
    await test({ opened, trader, paths: venue.paths });
  } finally {
    await opened.close();
  }
}

function restingAt(trader: Trader, ticks: number): OrderSketch {
  const terms = { type: 'limit', price: trader.price(ticks), timeInForce: 'GTC', postOnly: false } as const;
  return { side: 'buy', terms };
}

async function outcomeOf(venue: VenueUnderTest, mishap: Omit<Mishap, 'path'>): Promise<RequestOutcome> {
  let outcome: RequestOutcome | null = null;
  await withDesk(venue, async ({ opened, trader, paths }) => {
    opened.standIn.arm({ path: paths.order, ...mishap });
    ({ outcome } = await trader.submit(restingAt(trader, -5)));
  });
  if (outcome === null) throw new Error('nothing came of it');
  return outcome;
}

const refused = (answer: Answered): Omit<Mishap, 'path'> => ({ isCarriedOut: false, answer });

/** By venue: codes (words at Hyperliquid) and what they mean for an order. */
const CODES: readonly (readonly [SwapVenueName, string, Partial<RequestOutcome>])[] = [
  ['bybit', '10000', { kind: 'unknown' }],
  ['bybit', '10016', { kind: 'unknown' }],
  ['bybit', '10002', { kind: 'not_executed' }],
  ['bybit', '10006', { kind: 'not_executed', retryAfterMs: 1_000 }],
  ['bybit', '110079', { kind: 'not_executed' }],
  ['bybit', '110007', { kind: 'refused', code: '110007' }],
  ['bybit', '110017', { kind: 'refused', code: 'reduce_only_rejected' }],
  ['bybit', '110093', { kind: 'refused', code: 'would_trigger_immediately' }],
  ['bybit', '110001', { kind: 'refused', code: '110001' }],
  ['bybit', '10003', { kind: 'refused', code: '10003' }],
  ['bybit', '987654', { kind: 'refused', code: '987654' }],
  ['okx', '50004', { kind: 'unknown' }],
  ['okx', '50026', { kind: 'unknown' }],
  ['okx', '50102', { kind: 'not_executed' }],
  ['okx', '50011', { kind: 'not_executed', retryAfterMs: 2_000 }],
  ['okx', '51008', { kind: 'refused', code: '51008' }],
  ['okx', '51169', { kind: 'refused', code: 'reduce_only_rejected' }],
  ['okx', '51280', { kind: 'refused', code: 'would_trigger_immediately' }],
  ['okx', '50113', { kind: 'refused', code: '50113' }],
  ['okx', '98765', { kind: 'refused', code: '98765' }],
  ['hyperliquid', 'Insufficient margin to place order. asset=3', { kind: 'refused', code: 'PERP_MARGIN' }],
  ['hyperliquid', 'Order must have minimum value of $10. asset=3', { kind: 'refused', code: 'MIN_TRADE_NTL' }],
  [
    'hyperliquid',
    'Reduce only order would increase position. asset=3',
    { kind: 'refused', code: 'reduce_only_rejected' },
  ],
  ['hyperliquid', 'Invalid TP/SL price. asset=3', { kind: 'refused', code: 'would_trigger_immediately' }],
  ['hyperliquid', 'Too many cumulative requests sent (12 > 10)', { kind: 'not_executed' }],
  ['hyperliquid', 'Invalid nonce: nonce too low', { kind: 'not_executed' }],
  ['hyperliquid', 'Something that nobody has seen yet', { kind: 'refused', code: 'REFUSED' }],
];

describe('a refusal of the exchange', () => {
  it.each(CODES)('%s %s', async (name, code, expected) => {
    const venue = venueNamed(name);
    expect(await outcomeOf(venue, refused(venue.refusal(code)))).toMatchObject(expected);
  });
});

describe('a refusal in words', () => {
  const bybit = (retMsg: string): Answered => ({ body: { retCode: 10001, retMsg, result: {}, time: 0 } });
  const okx = { body: { code: '1', msg: '', data: [{ sCode: '51000', sMsg: 'Parameter posSide error' }] } };

  it.each([
    ['bybit', bybit('position idx not match position mode')],
    ['okx', okx],
  ] as const)('that means hedge mode is called so: %s', async (name, answer) => {
    const outcome = await outcomeOf(venueNamed(name), refused(answer));
    expect(outcome).toMatchObject({ kind: 'refused', code: 'HEDGE_MODE' });
  });

  it('that means a symbol which is no more makes the order one that is not there', () =>
    withDesk(venueNamed('bybit'), async ({ opened, trader }) => {
      const { order } = trader.prepare(restingAt(trader, -5));
      for (const path of ['/v5/order/realtime', '/v5/order/realtime']) {
        opened.standIn.arm({ path, ...refused(bybit('params error: symbol invalid BTCUSDT')) });
      }
      const answer = trader.harness.broker.query(order);
      await opened.passTime(50);
      expect(await answer).toMatchObject({ kind: 'not_found' });
    }));
});

describe.each(VENUES_UNDER_TEST)('an order at $name', (venue) => {
  it.each([
    ['500', { status: 500, body: { msg: 'oops' } }],
    ['502 from a gateway', { status: 502, body: '<html>bad gateway</html>' }],
    ['503 without a body', { status: 503, body: '' }],
    ['200 that is no JSON', { status: 200, body: 'OK' }],
  ] as const)('is of unknown fate after %s', async (_, answer) => {
    expect(await outcomeOf(venue, refused(answer))).toMatchObject({ kind: 'unknown' });
  });

  it('is of unknown fate after 500 with a code that nobody knows', async () => {
    const answer = { ...venue.refusal('987654'), status: 500 };
    expect(await outcomeOf(venue, refused(answer))).toMatchObject({ kind: 'unknown' });
  });

  it('was not executed when the exchange wants to be left alone, by its own time', async () => {
    const answer = { status: 429, headers: { 'Retry-After': '7' }, body: 'slow down' };
    expect(await outcomeOf(venue, refused(answer))).toMatchObject({ kind: 'not_executed', retryAfterMs: 7_000 });
  });

  it('is held back while the exchange wants to be left alone, and an exit is not', () =>
    withDesk(venue, async ({ opened, trader, paths }) => {
      await trader.submit({ side: 'buy' });
      opened.standIn.arm({
        path: paths.order,
        ...refused({ status: 429, headers: { 'Retry-After': '600' }, body: '' }),
      });
      await trader.submit(restingAt(trader, -5));
      const before = opened.standIn.asked.length;
      const { outcome } = await trader.submit(restingAt(trader, -6));
      expect(outcome).toMatchObject({ kind: 'not_executed' });
      expect(opened.standIn.asked.length).toBe(before);
      const exit = await trader.submit({ side: 'sell', leg: 'exit', reduceOnly: true });
      expect(exit.outcome).toMatchObject({ kind: 'answered' });
    }));

  it.each([
    ['the connection is cut', null],
    ['the exchange answers 500', { status: 500, body: { msg: 'oops' } }],
  ] as const)('that was carried out although %s is found when it is asked for, and not sent twice', (_, answer) =>
    withDesk(venue, async ({ opened, trader, paths }) => {
      opened.standIn.arm({ path: paths.order, isCarriedOut: true, answer });
      const { order, submission, outcome } = await trader.submit(restingAt(trader, -5));
      expect(outcome).toMatchObject({ kind: 'unknown' });
      const answered = await trader.answer(trader.harness.broker.query(order));
      expect(answered).toMatchObject({ kind: 'found', updates: [{ type: 'accepted' }] });
      const again = await trader.answer(trader.harness.broker.submit(submission));
      expect(again.kind).toBe('answered');
      expect(opened.standIn.orders()).toHaveLength(1);
    }),
  );

  it('that never arrived is not there for good only when it cannot arrive any more', () =>
    withDesk(venue, async ({ opened, trader, paths }) => {
      opened.standIn.arm({ path: paths.order, isCarriedOut: false, answer: null });
      const { order, submission, outcome } = await trader.submit(restingAt(trader, -5));
      expect(outcome).toMatchObject({ kind: 'unknown' });
      const { broker } = trader.harness;
      const soon = broker.query(order);
      await opened.passTime(50);
      expect(await soon).toEqual({ kind: 'not_found', final: false });
      expect(await trader.answer(broker.submit(submission))).toMatchObject({ kind: 'unknown' });
      await opened.passTime(40_000);
      expect(await trader.answer(broker.query(order))).toEqual({ kind: 'not_found', final: true });
      expect(await trader.answer(broker.submit(submission))).toMatchObject({ kind: 'answered' });
    }));

  it('is not executed when nobody listens at the address', async () => {
    const opened = await openVenue(venue);
    const trader = new Trader(harnessOf(opened, '0.5'));
    await trader.quote(-1, 1);
    await opened.standIn.close();
    const { outcome } = await trader.submit(restingAt(trader, -5));
    expect(outcome).toMatchObject({ kind: 'not_executed' });
    await opened.broker.close();
  });

  it('names no key and no secret in what is told of failures', async () => {
    const { apiKey, secret } = venue.credentials;
    const outcome = JSON.stringify(await outcomeOf(venue, refused(venue.refusal('10003'))));
    expect(outcome).not.toContain(secret);
    if (venue.name !== 'hyperliquid') expect(outcome).not.toContain(apiKey);
  });
});
