import { once } from 'node:events';

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';

import type { ChangeMessage, SnapshotMessage } from '../../src/frontends/shared/wire/live.ts';
import type { Store } from '../../src/ports/store/store.ts';
import { marketRow } from '../../src/testkit/scripted-engine.ts';
import { SqliteFolder } from '../store/sqlite-folder.ts';
import { HOLDINGS, openApi, TOKEN } from './api-world.ts';

const CLIENTS = 1_000;
const SYMBOLS = 100;
const TURNS = 5;

const database = new SqliteFolder();
let store: Store;
beforeAll(async () => {
  store = await database.open();
});
afterAll(() => database.dispose());

const rowsAt = (turn: number) => Array.from({ length: SYMBOLS }, (_, index) => marketRow(`S${index}USDT`, turn));

/** A client that counts, and holds the numbers against each other. */
class Counter {
  readonly socket: WebSocket;
  last = -1;
  changes = 0;
  final = 0;

  constructor(address: string) {
    this.socket = new WebSocket(`${address.replace('http', 'ws')}/ws`, {
      headers: { authorization: `Bearer ${TOKEN}` },
    });
    this.socket.on('message', (data: Buffer) =>
      this.#take(JSON.parse(data.toString()) as ChangeMessage | SnapshotMessage),
    );
  }

  #take({ type, seq, data }: ChangeMessage | SnapshotMessage): void {
    if (type === 'heartbeat') return;
    if (type !== 'snapshot' && seq !== this.last + 1) throw new Error(`change ${seq} came after ${this.last}`);
    this.last = seq;
    if (type === 'snapshot') return;
    this.changes += 1;
    if ((data as { last: number }).last === TURNS) this.final += 1;
  }
}

describe('1,000 WebSocket clients on 100 symbols', () => {
  it('each hear every change once and in order, and leave nothing behind', { timeout: 120_000 }, async () => {
    const world = await openApi(store, { limits: { lookMs: 50 } }, { ...HOLDINGS, markets: rowsAt(0) });
    const clients = Array.from({ length: CLIENTS }, () => new Counter(world.server.address));
    await Promise.all(clients.map(({ socket }) => once(socket, 'open')));
    for (const { socket } of clients) socket.send('{"type":"subscribe","data":{"channels":["tickers"]}}');
    const all = async (isSo: (client: Counter) => boolean): Promise<void> => {
      while (!clients.every(isSo)) await new Promise((resolve) => setTimeout(resolve, 10));
    };
    await all(({ last }) => last >= 0);
    for (let turn = 1; turn <= TURNS; turn += 1) {
      world.engine.moveTo(rowsAt(turn));
      await all(({ changes }) => changes >= turn * SYMBOLS);
    }
    expect(new Set(clients.map(({ changes, final }) => `${changes} ${final}`))).toEqual(
      new Set([`${TURNS * SYMBOLS} ${SYMBOLS}`]),
    );
    expect((await world.metrics.read()).text).toContain(`api_websocket_clients ${CLIENTS}`);
    for (const { socket } of clients) socket.close();
    await Promise.all(
      clients.filter(({ socket }) => socket.readyState !== WebSocket.CLOSED).map(({ socket }) => once(socket, 'close')),
    );
    while (!(await world.metrics.read()).text.includes('api_websocket_clients 0'))
      await new Promise((resolve) => setTimeout(resolve, 10));
    await world.end();
  });
});
