/** The built program with real money at the simulated exchange: what it trades, what it refuses, and who may trade beside it. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { asId } from '../../src/domain/ids.ts';
import type { OrderId } from '../../src/domain/ids.ts';
import type { Market } from '../../src/domain/instrument.ts';
import { clientOrderId, parseClientOrderId } from '../../src/domain/order/client-order-id.ts';
import { createSortableIds } from '../../src/lib/sortable-id.ts';
import { request } from '../sim/signed-request.ts';
import { differences } from './books.ts';
import { LiveExchange } from './live-exchange.ts';
import { LiveProgram, until } from './live-program.ts';

const MARKETS: readonly Market[] = ['spot', 'futures'];
const ORDER_PATH = { spot: '/api/v3/order', futures: '/fapi/v1/order' } as const;
/** A start takes a second; on a busy machine many. */
const PATIENCE_MS = 300_000;

describe.each(MARKETS)('real money on %s', { timeout: PATIENCE_MS }, (market) => {
  let exchange: LiveExchange;
  let program: LiveProgram;
  beforeAll(async () => {
    exchange = await LiveExchange.open();
    program = await LiveProgram.start(exchange, { market }).ready();
  }, PATIENCE_MS);
  afterAll(async () => {
    await program.crash();
    await exchange.close();
  });

  const agreed = async (): Promise<boolean> => {
    const found = differences(program.dataDir, await exchange.state(), market);
    if (found.length > 0) throw new Error(found.join('; '));
    return true;
  };

  it('says LIVE wherever it is asked', async () => {
    expect(await program.ask('status')).toMatchObject({ money: 'live', account: { label: 'main', venue: 'binance' } });
  });

  it('opens positions with their stop at the exchange, and closes them by target, by stop and by hand', async () => {
    await Promise.all(['AAAUSDT', 'BBBUSDT', 'CCCUSDT'].map((symbol) => program.open(symbol)));
    await until('books and exchange agree', agreed);
    exchange.setPrice('AAAUSDT', 103.5);
    exchange.setPrice('BBBUSDT', 97.5);
    await program.ask('close', { id: 'CCCUSDT' });
    await until('all are closed', async () => ((await program.ask('positions')) as unknown[]).length === 0);
    await until('books and exchange agree', agreed);
    const trades = (await program.ask('trades')) as { symbol: string; reason: string }[];
    expect(Object.fromEntries(trades.map(({ symbol, reason }) => [symbol, reason]))).toEqual({
      ...{ AAAUSDT: 'target', BBBUSDT: 'stop', CCCUSDT: 'manual' },
    });
  });

  it('by a kill closes all in the right order, and leaves alone what others have ordered', async () => {
    const newClientOrderId = 'by-hand';
    const order = { symbol: 'HHHUSDT', side: 'BUY', type: 'LIMIT', timeInForce: 'GTC', price: '98', quantity: '1' };
    const byHand = await request(exchange.addresses, `POST ${ORDER_PATH[market]}`, { ...order, newClientOrderId });
    expect(byHand.body).toMatchObject({ clientOrderId: newClientOrderId });
    await Promise.all(['DDDUSDT', 'EEEUSDT'].map((symbol) => program.open(symbol)));
    const acts = new Map<string, string[]>();
    exchange.judge = ({ method, params }) => {
      const named = ['newClientOrderId', 'origClientOrderId', 'clientAlgoId'].map((name) => params.get(name));
      const subject = method === 'GET' ? null : parseClientOrderId(named.find((id) => id !== null) ?? '')?.subject;
      if (subject) acts.set(subject, [...(acts.get(subject) ?? []), `${method} ${params.get('type') ?? ''}`.trim()]);
      return 'pass';
    };
    await program.ask('kill', { reason: 'a test' });
    await until('all are closed', async () => ((await program.ask('positions')) as unknown[]).length === 0);
    await until('books and exchange agree', agreed);
    const inOrder = market === 'spot' ? ['DELETE', 'POST MARKET'] : ['POST MARKET', 'DELETE'];
    expect([...acts.values()]).toEqual([inOrder, inOrder]);
    await program.ask('resume');
    const cancelled = await request(exchange.addresses, `DELETE ${ORDER_PATH[market]}`, {
      ...{ symbol: 'HHHUSDT', origClientOrderId: newClientOrderId },
    });
    expect(cancelled.body).toMatchObject({ status: 'CANCELED' });
  });

  it('stops opening when another instance of the program appears on the account', async () => {
    const subject = asId<OrderId>(createSortableIds({ now: () => Date.now(), random: () => 0.5 }).next());
    const newClientOrderId = clientOrderId({ instance: 'them', subject, leg: 'entry', number: 1 });
    const order = { symbol: 'GGGUSDT', side: 'BUY', type: 'LIMIT', timeInForce: 'GTC', price: '95', quantity: '1' };
    await request(exchange.addresses, `POST ${ORDER_PATH[market]}`, { ...order, newClientOrderId });
    await until('opening is paused', async () => {
      const { opening } = (await program.ask('status')) as { opening: { allowed: boolean; reason: string | null } };
      return !opening.allowed && opening.reason?.includes('instance them') === true;
    });
  });
});
