import { createHmac } from 'node:crypto';
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

import { createCcxtBroker } from '../src/adapters/broker/ccxt/ccxt.ts';
import { asId } from '../src/domain/ids.ts';
import type { OrderId } from '../src/domain/ids.ts';
import { clientOrderId } from '../src/domain/order/client-order-id.ts';
import { markRiskApproved } from '../src/domain/risk-approval.ts';
import { Secret } from '../src/lib/secret.ts';
import { loadCcxtVenue } from '../src/modes/assets.ts';
import type { Broker, Submission } from '../src/ports/broker.ts';
import { createSystemClock } from '../src/adapters/clock/system/clock.ts';
import { idAt } from '../src/testkit/builders/example.ts';
import { orderIntent } from '../src/testkit/builders/orders.ts';
import { silentLogger } from '../src/testkit/silent-logger.ts';
import { percentile } from './harness.ts';
import type { BenchRow } from './harness.ts';

const ORDERS = 2_000;
const WARM_UP = 300;
const INSTANCE = 'test';
const KEY = 'k'.repeat(64);
const SECRET = 's'.repeat(64);
const ORDER_PATH = '/api/v3/order';

/** A venue that takes every order and says so at once, and when the bytes of a request were handed to its socket. */
async function openVenue(): Promise<{ readonly url: string; readonly close: () => void }> {
  const server = createServer((request, response) => {
    request.resume();
    const isTime = request.url?.startsWith('/api/v3/time') === true;
    const order = { symbol: 'BTCUSDT', orderId: 1, clientOrderId: 'x', executedQty: '0', status: 'NEW', fills: [] };
    const body = JSON.stringify(isTime ? { serverTime: Date.now() } : order);
    response.writeHead(200, { 'content-type': 'application/json' }).end(body);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    url,
    close() {
      server.closeAllConnections();
      server.close();
    },
  };
}

/** Times from the call to the moment at which the request's body was written, in milliseconds. */
async function timesToTheSocket(send: (number: number) => Promise<unknown>): Promise<readonly number[]> {
  const times: number[] = [];
  let startedAt = 0;
  const written = (message: unknown): void => {
    const { path } = (message as { readonly request: { readonly path: string } }).request;
    if (path.startsWith(ORDER_PATH)) times.push(performance.now() - startedAt);
  };
  subscribe('undici:request:bodySent', written);
  try {
    for (let number = 1; number <= WARM_UP + ORDERS; number += 1) {
      startedAt = performance.now();
      await send(number);
    }
  } finally {
    unsubscribe('undici:request:bodySent', written);
  }
  if (times.length !== WARM_UP + ORDERS) throw new Error(`${times.length} requests were seen`);
  return times.slice(WARM_UP);
}

function submissionAt(number: number): Submission {
  const intent = orderIntent({ id: idAt<OrderId>(number) });
  const id = clientOrderId({ instance: INSTANCE, subject: intent.id, leg: 'entry', number: 1 });
  return { intent: markRiskApproved(intent), clientOrderId: id, attempt: 1 };
}

async function openBroker(rest: string): Promise<Broker> {
  return createCcxtBroker({
    account: { id: asId('a'), userId: asId('u'), venue: 'binance', market: 'spot', money: 'live', label: 'bench' },
    venueClass: await loadCcxtVenue('binance'),
    ...{ apiKey: new Secret(KEY), secret: new Secret(SECRET), hosts: { rest, userStream: 'ws://127.0.0.1:9' } },
    ...{ clock: createSystemClock(), chance: { next: () => 0 }, logger: silentLogger, instance: INSTANCE },
    instruments: async () => [],
    openSocket: () => ({ send: () => undefined, close: () => undefined }),
  });
}

/** The same order, signed and sent by hand. */
async function sendBare(rest: string, number: number): Promise<void> {
  const { clientOrderId: id } = submissionAt(number);
  const order = {
    symbol: 'BTCUSDT',
    side: 'BUY',
    quantity: '1',
    newClientOrderId: id,
    type: 'MARKET',
    recvWindow: '5000',
  };
  const params = new URLSearchParams({ ...order, timestamp: String(Date.now()) });
  params.set('signature', createHmac('sha256', SECRET).update(params.toString()).digest('hex'));
  const answer = await fetch(`${rest}${ORDER_PATH}`, {
    method: 'POST',
    headers: { 'X-MBX-APIKEY': KEY, 'content-type': 'application/x-www-form-urlencoded' },
    body: params.toString(),
  });
  await answer.json();
}

function row(
  label: string,
  share: number,
  { ours, bare }: { readonly ours: readonly number[]; readonly bare: readonly number[] },
): BenchRow {
  const [value, referenceValue] = [percentile(ours, share), percentile(bare, share)];
  return {
    name: `approved order to bytes on the socket, signed by ccxt, ${label}`,
    ...{ value, unit: 'ms', reference: `the same order signed by hand, sent by fetch, ${label}` },
    ...{ referenceValue, ratio: value / referenceValue },
  };
}

/** From the order that the risk engine has let pass to its bytes on the socket, signed by ccxt. */
export async function benchLive(): Promise<BenchRow[]> {
  const venue = await openVenue();
  const broker = await openBroker(venue.url);
  try {
    const ours = await timesToTheSocket(async (number) => {
      const { kind } = await broker.submit(submissionAt(number));
      if (kind !== 'answered') throw new Error(`an order came to "${kind}"`);
    });
    const bare = await timesToTheSocket(async (number) => sendBare(venue.url, number));
    return [row('p50', 0.5, { ours, bare }), row('p99', 0.99, { ours, bare })];
  } finally {
    await broker.close();
    venue.close();
  }
}
