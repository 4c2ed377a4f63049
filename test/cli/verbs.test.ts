import {
  appendFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { spawn } from 'node:child_process';
import { join } from 'node:path';

import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';

import { createSystemClock } from '../../src/adapters/clock/system/clock.ts';
import { money } from '../../src/domain/decimal.ts';
import { asId } from '../../src/domain/ids.ts';
import type { UserId } from '../../src/domain/ids.ts';
import type { Signal } from '../../src/domain/signal.ts';
import { startControlServer } from '../../src/frontends/control/server.ts';
import type { ControlServer } from '../../src/frontends/control/server.ts';
import { printable } from '../../src/lib/printable.ts';
import type { Store } from '../../src/ports/store/store.ts';
import { arbitraryTrade } from '../../src/testkit/builders/arbitrary-holdings.ts';
import { arbitrarySignal } from '../../src/testkit/builders/arbitrary-signals.ts';
import { example, idAt } from '../../src/testkit/builders/example.ts';
import { fill } from '../../src/testkit/builders/fills.ts';
import { pendingOrder } from '../../src/testkit/builders/orders.ts';
import { openedPosition } from '../../src/testkit/builders/positions.ts';
import { marketRow, ScriptedEngine } from '../../src/testkit/scripted-engine.ts';
import { silentLogger } from '../../src/testkit/silent-logger.ts';
import { NOW, scriptedDesk, ShortFolder } from '../control/scripted-desk.ts';
import { SqliteFolder } from '../store/sqlite-folder.ts';
import { runProgram, startProgram } from './run-program.ts';
import type { Run } from './run-program.ts';

/** What somebody hostile would like to write to a terminal. */
const HOSTILE = '\u001b[2Jgone\u202e';

const position = openedPosition(fill({ price: '100', quantity: '2' }), { id: idAt(30_001) });
const signal = (fields: Partial<Signal> = {}): Signal =>
  example(arbitrarySignal, { id: idAt(10_001), symbol: asId('BTCUSDT'), conditions: ['RSI low', HOSTILE], ...fields });
const waiting = signal({ state: { status: 'awaiting_approval', reason: '', since: NOW, expiresAt: NOW + 1_000 } });

describe('verbs that ask a running aitrader', () => {
  const database = new SqliteFolder();
  let store: Store;
  let folder: ShortFolder;
  let engine: ScriptedEngine;
  let server: ControlServer;
  beforeAll(async () => {
    store = await database.open();
  });
  afterAll(() => database.dispose());
  beforeEach(() => {
    folder = new ShortFolder();
    engine = new ScriptedEngine(NOW, {
      positions: [position],
      orders: [pendingOrder({ id: idAt(20_001) })],
      signals: [waiting],
      balances: [
        { accountId: asId('account'), asset: 'USDT', free: money('9800'), locked: money('200'), updatedAt: NOW },
      ],
      markets: [marketRow('BTCUSDT', 110), marketRow('ETHUSDT', 50)],
    });
  });
  afterEach(async () => {
    await server.close();
    folder.dispose();
  });

  async function serve(running: Parameters<typeof scriptedDesk>[1] = {}): Promise<void> {
    const desk = scriptedDesk({ dataDir: folder.path, store, engine }, running);
    server = await startControlServer({ desk, clock: createSystemClock(), logger: silentLogger });
  }
  const run = (...args: string[]): Promise<Run> => runProgram([...args, '--data-dir', folder.path]);
  async function json(...args: string[]): Promise<unknown> {
    const { exitCode, stdout, stderr } = await run(...args, '--json');
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
    return JSON.parse(stdout);
  }

  it('read with --json as one value in the field names of the API', async () => {
    await serve();
    expect(await json('status')).toMatchObject({ running: true, money: 'paper', equity: '10000', positionsOpen: 1 });
    expect(await json('positions')).toMatchObject([
      { symbol: 'BTCUSDT', quantity: '2', unrealizedPnl: '20', openedAt: 1_700_000_000_000 },
    ]);
    expect(await json('orders')).toMatchObject([{ symbol: 'BTCUSDT', status: 'pending', quantity: '1' }]);
    expect(await json('signals')).toMatchObject([{ id: waiting.id, status: 'awaiting_approval' }]);
    expect(await json('balance')).toMatchObject([{ asset: 'USDT', free: '9800', total: '10000' }]);
    expect(await json('stats', '--by', 'day')).toMatchObject({ by: 'day', total: { trades: 0 }, groups: [] });
    for (const list of ['trades', 'journal', 'traders']) expect(await json(list)).toEqual([]);
  });

  it('read for people: tables, one line an entry, free of what steers a terminal', async () => {
    await serve();
    const { stdout } = await run('position');
    const lines = stdout.trimEnd().split('\n');
    expect(lines).toHaveLength(2);
    expect(lines[0]).toMatch(/^OPENED +ID +SYMBOL/);
    for (const word of ['BTCUSDT', 'long', '+20.00', '+10.00%', 'NONE']) expect(lines[1]).toContain(word);
    for (const shown of [await run('signals'), await run('signals', '--json')]) {
      expect(shown.stdout).toContain(printable(HOSTILE));
      expect(shown.stdout).not.toContain('\u001b');
      expect(shown.stdout).not.toContain('\u202e');
    }
  });

  it('say what to do next where there is nothing', async () => {
    engine = new ScriptedEngine(NOW);
    await serve();
    for (const verb of ['signals', 'orders', 'positions', 'trades', 'traders', 'stats', 'balance']) {
      expect((await run(verb)).stdout, verb).toMatch(/^No .*aitrader/);
    }
  });

  it('act, by the end of an id or the symbol', async () => {
    await serve();
    expect(await json('pause', '--reason', 'lunch')).toMatchObject({ opening: { allowed: false, reason: 'lunch' } });
    expect(await json('resume')).toMatchObject({ opening: { allowed: true } });
    expect(await json('close', 'btc', '--fraction', '0.5')).toMatchObject({ quantity: '1' });
    expect(await json('cancel', '20001')).toMatchObject({ status: 'cancelled' });
    expect(await json('approve', '10001')).toMatchObject({ status: 'approved' });
    expect(await json('kill', '--keep-positions')).toMatchObject({ positionsOpen: 1 });
    expect((await run('kill')).stdout).toBe('opening is stopped (asked for by the user); nothing is left open\n');
    expect(engine.commands.map(({ type }) => type)).toEqual([
      ...['pause_opening', 'resume_opening', 'close_position', 'cancel_order', 'approve_signal', 'kill', 'kill'],
    ]);
  });

  it('refused leave stdout empty and say code, message and hint', async () => {
    await serve();
    const asJson = await run('close', 'DOGE', '--json');
    expect(asJson).toMatchObject({ exitCode: 2, stdout: '' });
    expect(JSON.parse(asJson.stderr)).toEqual({
      error: {
        code: 'NOT_FOUND',
        message: 'no open position DOGE',
        hint: '`aitrader positions` lists those that are open.',
      },
    });
    const wrong = await run('stats', '--by', 'moon');
    expect(wrong).toMatchObject({ exitCode: 2, stdout: '' });
    expect(wrong.stderr).toContain('by is "moon"');
  });

  it('put filters to work, with every setting as a flag', async () => {
    await serve();
    writeFileSync(join(folder.path, 'mine.js'), 'code of mine');
    const flags =
      '--name Mine --symbols BTC,ETH/USDT --every 15m --param period=21 --mode semi_auto --risk-pct 1 --stop-loss 2% ' +
      '--take-profit 1.5r:0.5,3r --trailing 1% --break-even 1r --max-hold 12h --cooldown 30m --max-positions 2 --reverse';
    const settings = {
      name: 'Mine',
      symbols: ['BTCUSDT', 'ETHUSDT'],
      every: '15m',
      params: { period: 21 },
      mode: 'semi_auto',
      size: { riskPct: 1 },
      exits: {
        stopLoss: '2%',
        takeProfit: [{ at: '1.5r', part: 0.5 }, '3r'],
        trailing: '1%',
        breakEven: '1r',
        maxHold: '12h',
      },
      maxPositions: 2,
      cooldown: '30m',
      reverse: true,
    };
    expect(await json('trader', 'add', join(folder.path, 'mine.js'), ...flags.split(' '))).toMatchObject({
      ...settings,
      filter: 'mine',
    });
    expect(
      await json('trader', 'set', 'mine', '--trailing', 'none', '--cooldown', 'none', '--no-reverse', '--size', '50'),
    ).toMatchObject({
      ...settings,
      exits: { ...settings.exits, trailing: null },
      cooldown: null,
      reverse: false,
      size: { quote: '50' },
    });
    expect((await run('traders')).stdout).toContain('Mine');
    expect((await run('trader', 'show', 'Mine')).stdout).toContain('stop 2%');
    expect(await json('trader', 'pause', 'Mine')).toMatchObject({ state: 'paused' });
    expect(await json('trader', 'remove', 'Mine')).toMatchObject({ name: 'Mine' });
    const both = await run('trader', 'add', 'mine', '--size', '1', '--size-pct', '2');
    expect(both).toMatchObject({ exitCode: 2, stdout: '' });
  });

  it('follow with one JSON a line, until they are interrupted', async () => {
    await serve();
    const program = startProgram(['signals', '--follow', '--json', '--data-dir', folder.path]);
    const lines = linesOf(program.process.stdout);
    expect(JSON.parse((await lines.next()).value ?? '')).toMatchObject({ id: waiting.id, score: waiting.score });
    engine.putSignal({ ...waiting, score: 77 });
    expect(JSON.parse((await lines.next()).value ?? '')).toMatchObject({ id: waiting.id, score: 77 });
    program.process.kill('SIGINT');
    expect((await program.ended).exitCode).toBe(130);
  });

  it('follow until the other side ends', async () => {
    await serve();
    const program = startProgram(['positions', '-f', '--data-dir', folder.path]);
    const lines = linesOf(program.process.stdout);
    await lines.next();
    await server.close();
    expect(await program.ended).toMatchObject({ exitCode: 0, stderr: 'aitrader: the running aitrader hung up\n' });
  });

  it('stop, and come back when the process is gone', async () => {
    const other = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { stdio: 'ignore' });
    let isGone = false;
    other.once('exit', () => (isGone = true));
    const stop = (): void => void server.close().then(() => other.kill());
    await serve({ pid: other.pid ?? 0, stop });
    const { exitCode, stdout } = await run('stop');
    expect({ exitCode, stdout, isGone }).toEqual({
      exitCode: 0,
      stdout: `pid ${other.pid ?? 0} is ending; 1 positions stay open\nit has ended\n`,
      isGone: true,
    });
  });

  it('with a process that holds the folder and does not answer end with 4', async () => {
    await serve();
    await server.close();
    writeFileSync(
      join(folder.path, 'lock.1'),
      JSON.stringify({ pid: process.pid, startedInBoot: null, since: 1, released: false }),
    );
    rmSync(join(folder.path, 'paper.db'), { force: true });
    writeFileSync(join(folder.path, 'paper.db'), '');
    const silent = await run('status', '--json');
    const unheard = await run('kill', '--json');
    for (const { exitCode, stdout, stderr } of [silent, unheard]) {
      expect({ exitCode, stdout }).toEqual({ exitCode: 4, stdout: '' });
      expect(JSON.parse(stderr)).toMatchObject({ error: { code: 'CONTROL_UNREACHABLE' } });
    }
  });
});

describe('verbs while nothing runs', () => {
  let folder: ShortFolder;
  beforeEach(() => {
    folder = new ShortFolder();
  });
  afterEach(() => folder.dispose());
  const run = (...args: string[]): Promise<Run> => runProgram([...args, '--data-dir', folder.path]);

  it('leave no trace where nothing was ever stored', async () => {
    const dataDir = join(folder.path, 'not', 'there');
    for (const verb of [
      'status',
      'signals',
      'orders',
      'positions',
      'trades',
      'stats',
      'balance',
      'journal',
      'traders',
    ]) {
      const { exitCode, stderr } = await runProgram([verb, '--json', '--data-dir', dataDir]);
      expect({ verb, exitCode }).toEqual({ verb, exitCode: 0 });
      expect(stderr).toContain('nothing is running');
    }
    expect(existsSync(dataDir)).toBe(false);
  });

  it.each(['pause', 'resume', 'kill', 'close x', 'cancel x', 'approve x', 'reject x', 'stop', 'signals -f'])(
    'refuse `%s` with 4 and say how to start',
    async (line) => {
      const { exitCode, stdout, stderr } = await run(...line.split(' '), '--json');
      expect({ exitCode, stdout }).toEqual({ exitCode: 4, stdout: '' });
      expect(JSON.parse(stderr)).toMatchObject({
        error: { code: 'NOT_RUNNING', hint: expect.stringContaining('aitrader --sim') as string },
      });
      expect(readdirSync(folder.path)).toEqual([]);
    },
  );

  it('read what was stored, by kind of money', async () => {
    const database = new SqliteFolder();
    const store = await database.open();
    const userId = asId<UserId>('local');
    const trade = example(arbitraryTrade, { userId, pnl: money('12.5'), symbol: asId('BTCUSDT') });
    const own = openedPosition(fill(), { id: trade.positionId, userId, accountId: trade.accountId });
    await store.commit(
      [
        { kind: 'position', position: own },
        { kind: 'trade', trade: { ...trade, traderId: null, signalId: null, portfolioId: null } },
        { kind: 'signal', signal: signal({ userId }) },
      ],
      'durable',
    );
    await store.close();
    renameSync(database.path, join(folder.path, 'paper.db'));
    await database.dispose();
    const trades = await run('trades', '--json');
    expect(JSON.parse(trades.stdout)).toMatchObject([{ symbol: 'BTCUSDT', pnl: '12.5' }]);
    expect(trades.stderr).toBe(
      `aitrader: nothing is running in ${folder.path}; this is what was stored last (paper money)\n`,
    );
    expect(JSON.parse((await run('stats', '--json')).stdout)).toMatchObject({ total: { trades: 1, pnl: '12.5' } });
    expect(JSON.parse((await run('signals', '--json')).stdout)).toMatchObject([{ id: idAt(10_001) }]);
    expect(JSON.parse((await run('trades', '--json', '--sim')).stdout)).toEqual([]);
    expect(JSON.parse((await run('status', '--json')).stdout)).toMatchObject({ running: false, money: 'paper' });
  });

  it('keep changes of traders for the next start', async () => {
    const added = await run('trader', 'add', 'rsi-reversal', '--symbols', 'top:5', '--param', 'period=20', '--json');
    expect(added).toMatchObject({
      exitCode: 0,
      stderr: expect.stringContaining('stored for the next start') as string,
    });
    expect(JSON.parse(added.stdout)).toMatchObject({
      filter: 'rsi-reversal',
      symbols: { top: 5 },
      params: { period: 20 },
    });
    const { name } = JSON.parse(added.stdout) as { name: string };
    expect(JSON.parse((await run('trader', 'pause', name, '--json')).stdout)).toMatchObject({ state: 'paused' });
    expect(JSON.parse((await run('traders', '--json')).stdout)).toMatchObject([
      { name, state: 'paused', funnel: null },
    ]);
    expect(await run('trader', 'remove', name)).toMatchObject({ exitCode: 0 });
    expect(JSON.parse((await run('trader', 'list', '--json')).stdout)).toEqual([]);
  });

  it('name the filter that is near, and what is wrong with one', async () => {
    expect((await run('trader', 'add', 'rsi-revrsal')).stderr).toContain('Did you mean rsi-reversal?');
    const file = join(folder.path, 'broken.js');
    writeFileSync(file, 'export const meta = {\n');
    const broken = await run('trader', 'add', file, '--json');
    expect(broken).toMatchObject({ exitCode: 2, stdout: '' });
    expect(JSON.parse(broken.stderr)).toMatchObject({ error: { code: 'FILTER_REFUSED' } });
  });

  it.each([
    ['positons', 'Did you mean positions?'],
    ['signals --limt 5', 'Did you mean --limit'],
    ['trader ad x', 'Did you mean add?'],
    ['close', "missing required argument 'id'"],
  ])('name what is nearest to `%s`', async (line, says) => {
    const { exitCode, stdout, stderr } = await run(...line.split(' '));
    expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: '' });
    expect(stderr).toContain(says);
  });
});

describe('aitrader logs', () => {
  let folder: ShortFolder;
  beforeEach(() => {
    folder = new ShortFolder();
    mkdirSync(join(folder.path, 'logs'));
    startFile(1);
  });
  afterEach(() => folder.dispose());
  const file = (number: number): string => join(folder.path, 'logs', `aitrader.${number}.log`);
  const log = (number: number, msg: string): void =>
    appendFileSync(file(number), `${JSON.stringify({ level: 'info', time: NOW, msg })}\n`);
  /** As pino-roll does when a file is full. */
  function startFile(number: number): void {
    appendFileSync(file(number), '');
    rmSync(join(folder.path, 'logs', 'current.log'), { force: true });
    symlinkSync(file(number), join(folder.path, 'logs', 'current.log'));
  }

  it('shows the last lines, readable, and survives one that is torn', async () => {
    for (const word of ['one', 'two', 'three']) log(1, word);
    appendFileSync(file(1), '{"level":"in\n');
    const { stdout } = await runProgram(['logs', '-n', '3', '--data-dir', folder.path]);
    expect(stdout).not.toContain('one');
    expect(stdout).toMatch(/12:00:00.*two\n.*three\n\{"level":"in\n$/);
    const asJson = await runProgram(['logs', '--json', '--data-dir', folder.path]);
    expect(JSON.parse(asJson.stdout)).toMatchObject([{ msg: 'one' }, { msg: 'two' }, { msg: 'three' }, '{"level":"in']);
  });

  it('follows what is added, also into the next file', async () => {
    log(1, 'before');
    const program = startProgram(['logs', '-f', '--json', '--data-dir', folder.path]);
    const lines = linesOf(program.process.stdout);
    const next = async (): Promise<unknown> => (JSON.parse((await lines.next()).value ?? '') as { msg: string }).msg;
    expect(await next()).toBe('before');
    log(1, 'l\u00e4ter');
    expect(await next()).toBe('l\u00e4ter');
    log(1, 'last of the file');
    startFile(2);
    log(2, 'first of the next');
    expect([await next(), await next()]).toEqual(['last of the file', 'first of the next']);
    program.process.kill('SIGTERM');
    expect((await program.ended).exitCode).toBe(143);
  });
});

/** The lines of a stream as they come. */
async function* linesOf(stream: NodeJS.ReadableStream): AsyncGenerator<string, undefined> {
  let rest = '';
  for await (const text of stream) {
    const parts = (rest + String(text)).split('\n');
    rest = parts.pop() ?? '';
    yield* parts;
  }
  return undefined;
}
