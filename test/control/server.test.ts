import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';

import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';

import { asId } from '../../src/domain/ids.ts';
import type { Desk } from '../../src/frontends/shared/desk.ts';
import { startControlServer } from '../../src/frontends/control/server.ts';
import type { ControlServer, ControlServerOptions } from '../../src/frontends/control/server.ts';
import type { Logger } from '../../src/ports/logger.ts';
import type { Store } from '../../src/ports/store/store.ts';
import { arbitrarySignal } from '../../src/testkit/builders/arbitrary-signals.ts';
import { example, idAt } from '../../src/testkit/builders/example.ts';
import { createFakeClock } from '../../src/testkit/fake-clock.ts';
import type { FakeClock } from '../../src/testkit/fake-clock.ts';
import { ScriptedEngine } from '../../src/testkit/scripted-engine.ts';
import { silentLogger } from '../../src/testkit/silent-logger.ts';
import { SqliteFolder } from '../store/sqlite-folder.ts';
import { Peer } from './peer.ts';
import type { Reply } from './peer.ts';
import { NOW, scriptedDesk, ShortFolder, USER } from './scripted-desk.ts';

const LIMITS = { maxConnections: 3, maxRequestBytes: 2_000, maxUnreadBytes: 100_000, idleMs: 10_000, followMs: 500 };

describe('the control socket', () => {
  const database = new SqliteFolder();
  let store: Store;
  let folder: ShortFolder;
  let clock: FakeClock;
  let engine: ScriptedEngine;
  let server: ControlServer;
  let warnings: string[];

  const options = (fields: Partial<ControlServerOptions> = {}, desk: Partial<Desk> = {}): ControlServerOptions => ({
    desk: { ...scriptedDesk({ dataDir: folder.path, store, engine }), ...desk },
    clock,
    logger: { ...silentLogger, warn: (message) => warnings.push(message) } satisfies Logger,
    limits: LIMITS,
    ...fields,
  });

  beforeAll(async () => {
    store = await database.open();
  });
  afterAll(() => database.dispose());
  beforeEach(async () => {
    folder = new ShortFolder();
    clock = createFakeClock(NOW);
    engine = new ScriptedEngine(NOW);
    warnings = [];
    server = await startControlServer(options());
  });
  afterEach(async () => {
    await server.close();
    folder.dispose();
  });

  it('lies in the data folder, for its owner alone, and is gone after the end', async () => {
    expect(server.path).toBe(join(folder.path, 'control.sock'));
    expect(statSync(server.path).mode & 0o777).toBe(0o600);
    await server.close();
    expect(existsSync(server.path)).toBe(false);
  });

  it('that a killed process left is replaced', async () => {
    const code = `require('net').createServer().listen(process.argv[1], () => console.log('listening'))`;
    await server.close();
    const holder = spawn(process.execPath, ['-e', code, server.path], { stdio: ['ignore', 'pipe', 'inherit'] });
    await once(holder.stdout, 'data');
    await expect(startControlServer(options())).rejects.toMatchObject({
      code: 'CONTROL_SOCKET_UNUSABLE',
      context: { problem: 'another process answers on it' },
    });
    holder.kill('SIGKILL');
    await once(holder, 'exit');
    expect(existsSync(server.path)).toBe(true);
    server = await startControlServer(options());
    expect(await (await Peer.at(server.path)).told('status')).toMatchObject({ ok: { running: true } });
  });

  it('does not take the place of something that is no socket', async () => {
    await server.close();
    writeFileSync(server.path, 'mine');
    await expect(startControlServer(options())).rejects.toMatchObject({ code: 'CONTROL_SOCKET_UNUSABLE' });
    expect(statSync(server.path).isFile()).toBe(true);
  });

  it('says so when its path is longer than the system takes', async () => {
    const dataDir = join(folder.path, 'a'.repeat(120));
    mkdirSync(dataDir);
    await expect(startControlServer(options({}, { dataDir }))).rejects.toMatchObject({
      code: 'CONTROL_SOCKET_UNUSABLE',
      hint: expect.stringContaining('--data-dir') as string,
    });
  });

  it.each([
    ['not json', 'no JSON'],
    ['[]', 'no JSON object'],
    ['{"verb":"status"}', 'its id'],
    ['{"id":1}', 'no verb'],
    ['{"id":1,"verb":"status","follow":1}', 'follow'],
    ['{"id":1,"verb":"statsu"}', "no verb 'statsu'"],
    ['{"id":1,"verb":"toString"}', "no verb 'toString'"],
    ['{"id":1,"verb":"__proto__"}', 'no verb'],
    ['{"id":1,"verb":"stats","follow":true}', 'cannot be followed'],
    ['\u0000\u0001', 'no JSON'],
  ])('refuses %s and goes on', async (line, says) => {
    const peer = await Peer.at(server.path);
    peer.say(`${line}\n`);
    const reply = await peer.hears();
    expect(reply?.error?.code).toBe('CONTROL_REQUEST_REFUSED');
    expect(reply?.error?.message).toContain(says);
    expect(await peer.told('balance')).toEqual({ id: 'balance', ok: [] });
  });

  it.each([
    ['signals', { limit: 0 }, 'limit'],
    ['signals', { limit: 'many' }, 'limit'],
    ['signals', { limt: 5 }, 'limt'],
    ['stats', { by: 'moon' }, 'by'],
    ['close', {}, 'id'],
    ['close', { id: 'x', fraction: 0 }, 'fraction'],
    ['close', { id: 'x', fraction: '150%' }, 'fraction'],
    ['close', { id: 'x', fraction: NaN }, 'fraction'],
    ['kill', { keepPositions: 'yes' }, 'keepPositions'],
    ['pause', { reason: '' }, 'reason'],
    ['status', [], 'the set of arguments'],
  ])('refuses %s with the arguments %j, naming the one at fault', async (verb, args, name) => {
    const { error } = await (await Peer.at(server.path)).told(verb, args);
    expect(error).toMatchObject({ code: 'ARGUMENT_INVALID', context: { name } });
    expect(engine.commands).toEqual([]);
  });

  it('cuts off a line that is too long, whether it ends or not', async () => {
    for (const end of ['', '\n']) {
      const peer = await Peer.at(server.path);
      peer.say('x'.repeat(LIMITS.maxRequestBytes + 1) + end);
      expect((await peer.hears())?.error?.message).toContain('more than 2000 bytes');
      expect(await peer.hears()).toBeNull();
    }
  });

  it('answers requests that come in pieces, several at once, or before the peer ends its side, in their order', async () => {
    const peer = await Peer.at(server.path);
    const lines = ['balance', 'trades', 'journal'].map((verb) => `{"id":"${verb}","verb":"${verb}"}\n`).join('');
    for (const part of [lines.slice(0, 10), lines.slice(10, 50), lines.slice(50)]) {
      peer.say(part);
      await nextTurn();
    }
    peer.socket.end();
    for (const id of ['balance', 'trades', 'journal']) expect(await peer.hears()).toEqual({ id, ok: [] });
    expect(await peer.hears()).toBeNull();
  });

  it('refuses a line that the peer leaves without an end', async () => {
    const peer = await Peer.at(server.path);
    peer.socket.end('{"id":1,"verb":"status"}');
    expect((await peer.hears())?.error?.message).toContain('no end');
    expect(await peer.hears()).toBeNull();
  });

  it('closes connections that say nothing, or nothing whole, for too long', async () => {
    const silent = await Peer.at(server.path);
    const slow = await Peer.at(server.path);
    slow.say('{"id":1,');
    const lively = await Peer.at(server.path);
    await lively.told('balance');
    await clock.advance(LIMITS.idleMs - 1);
    await lively.told('balance');
    await clock.advance(1);
    await silent.closed;
    expect((await slow.hears())?.error?.message).toContain('does not come to an end');
    expect(await lively.told('balance')).toEqual({ id: 'balance', ok: [] });
  });

  it('turns away connections beyond its number, and takes new ones when others are closed', async () => {
    const peers = await Promise.all([1, 2, 3].map(() => Peer.at(server.path)));
    await Promise.all(peers.map((peer) => peer.told('balance')));
    const surplus = await Peer.at(server.path);
    expect((await surplus.hears())?.error?.message).toContain('3 connections');
    expect(await surplus.hears()).toBeNull();
    peers[0]?.socket.destroy();
    await peers[0]?.closed;
    expect(await toldWhenFree(server.path)).toEqual({ id: 'balance', ok: [] });
  });

  it('serves two peers at once', async () => {
    const [one, other] = [await Peer.at(server.path), await Peer.at(server.path)];
    one.ask('status');
    other.ask('balance');
    expect(await other.hears()).toEqual({ id: 'balance', ok: [] });
    expect(await one.hears()).toMatchObject({ id: 'status', ok: { running: true, mode: 'local' } });
  });

  it('cuts off a follower that does not read', async () => {
    const metadata = JSON.stringify('x'.repeat(60_000));
    const put = (number: number): void =>
      engine.putSignal(example(arbitrarySignal, { id: idAt(number), userId: USER, metadata }));
    const peer = await Peer.at(server.path);
    peer.socket.pause();
    peer.ask('signals', {}, { follow: true });
    for (let number = 1; warnings.length === 0 && number < 200; number += 1) {
      put(number);
      await clock.advance(LIMITS.followMs);
      await nextTurn();
    }
    expect(warnings).toEqual(['a slow reader of the control socket was cut off']);
    peer.socket.resume();
    await peer.closed;
  });

  it('tells a follower what is there, then what is new or other than before, until it hangs up', async () => {
    const signal = (number: number, score: number) =>
      example(arbitrarySignal, { id: idAt(number), userId: USER, traderId: asId('trader'), score });
    engine.putSignal(signal(1, 10));
    engine.putSignal(signal(2, 20));
    const peer = await Peer.at(server.path);
    peer.ask('signals', {}, { follow: true });
    expect(await peer.hears()).toMatchObject({ id: 'signals', next: { id: idAt(1), score: 10 } });
    expect(await peer.hears()).toMatchObject({ next: { id: idAt(2), score: 20 } });
    engine.putSignal(signal(1, 11));
    engine.putSignal(signal(3, 30));
    const hears = Promise.all([peer.hears(), peer.hears()]);
    await ticks(clock, hears);
    expect(await hears).toMatchObject([{ next: { id: idAt(1), score: 11 } }, { next: { id: idAt(3), score: 30 } }]);
    peer.socket.end();
    await peer.closed;
  });

  it('survives a peer that is killed in the middle of an answer', async () => {
    for (let round = 0; round < 20; round += 1) {
      const peer = await Peer.at(server.path);
      peer.ask('signals', {}, { follow: round % 2 === 0 });
      peer.socket.destroy();
      await peer.closed;
    }
    expect(await toldWhenFree(server.path)).toEqual({ id: 'balance', ok: [] });
  });

  it('answers a fault of the program without its details on the way, and goes on', async () => {
    await server.close();
    const broken = {
      ...store,
      trades: { ...store.trades, list: () => Promise.reject(new TypeError('no such thing')) },
    };
    server = await startControlServer(options({}, { store: broken }));
    const peer = await Peer.at(server.path);
    const { error } = await peer.told('trades');
    expect(error?.code).toBe('INTERNAL');
    expect(JSON.stringify(error)).not.toContain('.ts:');
    expect(await peer.told('balance')).toMatchObject({ ok: [] });
  });

  it('lets the answer to `stop` out before it closes', async () => {
    await server.close();
    const desk = options().desk;
    let closing: Promise<void> = Promise.resolve();
    const stop = (): void => void (closing = server.close());
    server = await startControlServer(options({}, { running: desk.running && { ...desk.running, stop } }));
    const peer = await Peer.at(server.path);
    expect(await peer.told('stop')).toMatchObject({ ok: { pid: process.pid, positionsOpen: 0 } });
    await closing;
  });

  it('speaks to netcat-like tools: one line in, one line out', () => {
    // The event loop must run while the tool asks.
    const code = `const s = require('net').connect(process.argv[1]); s.pipe(process.stdout); s.end('{"id":7,"verb":"balance"}\\n');`;
    const child = spawn(process.execPath, ['-e', code, server.path], { stdio: ['ignore', 'pipe', 'inherit'] });
    return new Promise<void>((resolve) => {
      child.stdout.on('data', (bytes: Buffer) => {
        expect(bytes.toString()).toBe('{"id":7,"ok":[]}\n');
        resolve();
      });
    });
  });
});

/** The answer of a server that may not have noticed yet that others hung up. */
async function toldWhenFree(path: string): Promise<Reply> {
  for (;;) {
    const reply = await (await Peer.at(path)).told('balance').catch(() => null);
    if (reply !== null && !('error' in reply)) return reply;
  }
}

/** Lets the clock go on until the promise has settled. */
async function ticks(clock: FakeClock, awaited: Promise<unknown>): Promise<void> {
  let isSettled = false;
  void awaited.finally(() => (isSettled = true));
  while (!isSettled) {
    await clock.advance(LIMITS.followMs);
    await nextTurn();
  }
}
