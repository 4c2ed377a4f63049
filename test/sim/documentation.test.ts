import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import type { Market } from '../../src/domain/instrument.ts';
import { venueEndpoints } from '../../src/sim/endpoints.ts';
import type { Topic } from '../../src/sim/streams/topics.ts';
import { isServedOn, parseTopic } from '../../src/sim/streams/topics.ts';
import type { Endpoint } from '../../src/sim/transport/endpoint.ts';
import type { OpenExchange } from './exchange.ts';
import { openExchange } from './exchange.ts';
import { FUTURES_EVENTS } from './shapes/futures.ts';
import { SPOT_EVENTS } from './shapes/spot.ts';

const DOCUMENT = readFileSync('docs/simulated-exchange.md', 'utf8');

/** The cells of the table rows below a heading, without their backticks. */
function rowsBelow(heading: string): string[][] {
  const [, section = ''] = DOCUMENT.split(`\n## ${heading}\n`);
  const rows = (section.split('\n## ')[0] ?? '').split('\n').filter((line) => line.startsWith('| `'));
  return rows.map((line) =>
    line
      .split('|')
      .slice(1, -1)
      .map((cell) => cell.trim().replaceAll('`', '')),
  );
}

/** A stream of each kind, as it is named on either market. */
const KINDS: Readonly<Record<Topic['kind'], readonly string[]>> = {
  trade: ['btcusdt@trade'],
  aggTrade: ['btcusdt@aggTrade'],
  bookTicker: ['btcusdt@bookTicker', '!bookTicker'],
  depth: ['btcusdt@depth'],
  partialDepth: ['btcusdt@depth5'],
  kline: ['btcusdt@kline_1m'],
  ticker: ['btcusdt@ticker', '!ticker@arr'],
  miniTicker: ['btcusdt@miniTicker', '!miniTicker@arr'],
  windowTicker: ['btcusdt@ticker_1h'],
  avgPrice: ['btcusdt@avgPrice'],
  markPrice: ['btcusdt@markPrice', '!markPrice@arr'],
  forceOrder: ['btcusdt@forceOrder', '!forceOrder@arr'],
  contractInfo: ['!contractInfo'],
};

function keyOf({ kind, symbol }: Topic): string {
  return symbol === null ? `${kind} of all` : kind;
}

function documentedTopics(market: Market): { readonly topic: Topic; readonly cells: readonly string[] }[] {
  return rowsBelow(`Streams of ${market}`).map((cells) => {
    const topic = parseTopic(market, (cells[0] ?? '').replace('<symbol>', 'btcusdt'));
    if (topic === null) throw new Error(`${cells[0]} is no stream of ${market}`);
    return { topic, cells };
  });
}

describe('the documentation of the simulated exchange has a line for', () => {
  let exchange: OpenExchange;
  let endpoints: Endpoint[];
  beforeAll(async () => {
    exchange = await openExchange();
    endpoints = venueEndpoints(exchange.server.venue, exchange.server.listenKeys);
  });
  afterAll(() => exchange.close());

  it('every endpoint, with its method of the WebSocket API', () => {
    const documented = ['Spot', 'What clients ask for on the way', 'USD-M futures']
      .flatMap(rowsBelow)
      .filter(([request = '']) => request.includes(' /'));
    const served = endpoints.map(({ method, path, webSocketMethod }) => [`${method} ${path}`, webSocketMethod ?? '']);
    expect(documented.map((cells) => cells.slice(0, 2)).sort()).toEqual(served.sort());
  });

  it.each(['spot', 'futures'] as const)('every stream of %s', (market) => {
    const served = Object.values(KINDS)
      .flat()
      .flatMap((name) => parseTopic(market, name) ?? []);
    const documented = documentedTopics(market);
    expect(documented.map(({ topic }) => keyOf(topic)).sort()).toEqual(served.map(keyOf).sort());
  });

  it('the route of every stream of futures', () => {
    for (const { topic, cells } of documentedTopics('futures')) {
      const routes = (['public', 'market', 'private', 'unrouted'] as const).filter((route) => isServedOn(route, topic));
      expect(routes, topic.name).toEqual([cells[1]]);
    }
  });

  it('every event of an account', () => {
    const documented = rowsBelow('Events of an account').map(([name]) => name);
    const sent = [...Object.keys(SPOT_EVENTS), ...Object.keys(FUTURES_EVENTS), 'listenKeyExpired', 'serverShutdown'];
    expect(documented.sort()).toEqual(sent.sort());
  });
});
