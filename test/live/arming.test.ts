/** What stands before the first order of real money: arming, keys, the account's mode, and who else trades there. */
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';

import { asId } from '../../src/domain/ids.ts';
import type { OrderId } from '../../src/domain/ids.ts';
import { clientOrderId } from '../../src/domain/order/client-order-id.ts';
import { createSortableIds } from '../../src/lib/sortable-id.ts';
import { emptyFolder, LAUNCHER } from '../cli/run-program.ts';
import type { Run } from '../cli/run-program.ts';
import { request } from '../sim/signed-request.ts';
import { LiveExchange } from './live-exchange.ts';
import type { WireRequest } from './live-exchange.ts';
import { LiveProgram } from './live-program.ts';
import type { DeskTerms } from './live-program.ts';

/** Gives a program a terminal of its own. https://man7.org/linux/man-pages/man1/script.1.html */
const SCRIPT = '/usr/bin/script';
const CTRL_C = '\x03';
/** A start takes a second; on a busy machine many. */
const PATIENCE_MS = 300_000;

let exchange: LiveExchange;
let asked: WireRequest[] = [];
beforeAll(async () => {
  exchange = await LiveExchange.open();
  exchange.judge = (wire) => {
    asked.push(wire);
    return 'pass';
  };
}, PATIENCE_MS);
afterAll(() => exchange.close());

/** Starts the program, which is not to get as far as trading. */
function refused(env: Record<string, string>, terms: Partial<DeskTerms> = {}): Promise<Run> {
  asked = [];
  return LiveProgram.start(exchange, { market: 'spot', env, ...terms }).running.ended;
}

describe('arming', { timeout: PATIENCE_MS }, () => {
  it.each([
    ['without a confirmation', { LIVE_CONFIRM: '' }, 'LIVE_CONFIRM is not set'],
    ['with that of another account', { LIVE_CONFIRM: 'other' }, 'LIVE_CONFIRM is "other"'],
    [
      'of a daemon without a confirmation',
      { LIVE_CONFIRM: '', FLY_APP_NAME: 'desk', AITRADER_TOKEN: 'x'.repeat(40) },
      'LIVE_CONFIRM',
    ],
    ['without keys', { BINANCE_API_KEY: '', BINANCE_SECRET_KEY: '' }, 'BINANCE_API_KEY is not set'],
  ])('%s is refused before anything is asked', async (_, env, problem) => {
    const run = await refused(env);
    expect(run.stderr).toContain(problem);
    expect(run.exitCode).toBe(2);
    expect(asked).toEqual([]);
  });

  it.each([['--paper'], ['--sim']])(
    'is not asked for with %s, which reads no key and asks nothing in its name',
    async (flag) => {
      const env = { LIVE_CONFIRM: '', BINANCE_SECRET_KEY: '/no/such/key.pem' };
      const run = await refused(env, { args: [flag, '--for', '1s'] });
      expect(run.stderr).toContain(`${flag.slice(2)} money`);
      expect(run.exitCode).toBe(0);
      expect(asked.filter(({ params }) => params.has('signature'))).toEqual([]);
    },
  );

  /** Types into the program's terminal once it asks. */
  const typed = (answer: string): Promise<{ readonly exitCode: number | null; readonly shown: string }> =>
    new Promise((resolve) => {
      const dataDir = join(emptyFolder(), 'd');
      const command = `${process.execPath} ${LAUNCHER} --no-tui --data-dir ${dataDir}`;
      const env = { PATH: process.env['PATH'], HOME: emptyFolder(), TERM: 'xterm', ...exchange.environment('spot') };
      const terminal = spawn(SCRIPT, ['-qec', command, '/dev/null'], { env, stdio: ['pipe', 'pipe', 'inherit'] });
      let shown = '';
      terminal.stdout.setEncoding('utf8').on('data', (text: string) => {
        const before = shown;
        shown += text;
        const appears = (words: string): boolean => shown.includes(words) && !before.includes(words);
        if (appears('to trade:')) terminal.stdin.write(`${answer}\r`);
        if (appears('LIVE ready')) terminal.stdin.write(CTRL_C);
      });
      terminal.on('close', (exitCode) => resolve({ exitCode, shown }));
    });

  it.skipIf(!existsSync(SCRIPT))("takes the account's name at a terminal, whatever LIVE_CONFIRM says", async () => {
    const [right, wrong] = await Promise.all([typed('main'), typed('mine')]);
    expect(right.shown).toContain('LIVE REAL MONEY');
    expect(right.shown).toContain('LIVE ready');
    expect(right.exitCode).toBe(130);
    expect(wrong.shown).toContain('"mine" was typed');
    expect(wrong.exitCode).toBe(2);
  });
});

describe('an account that cannot be traded', { timeout: PATIENCE_MS }, () => {
  it('refuses wrong keys', async () => {
    const run = await refused({ BINANCE_API_KEY: 'x'.repeat(64) });
    expect(run.stderr).toMatch(/refuses the API key.*-2015/);
    expect(run.stderr).not.toContain(exchange.addresses.apiSecret);
    expect(run.exitCode).toBe(3);
  });

  it('refuses a wrong secret', async () => {
    const run = await refused({ BINANCE_SECRET_KEY: 'y'.repeat(64) }, { market: 'futures' });
    expect(run.stderr).toMatch(/refuses the API key.*-1022/);
    expect(run.exitCode).toBe(3);
  });

  it('refuses a key that may only look', async () => {
    await exchange.arm({ kind: 'refuse', endpoint: 'POST /fapi/v1/order/test', refusal: 'REJECTED_KEY' });
    const run = await refused({}, { market: 'futures' });
    expect(run.stderr).toMatch(/lets the API key look, and not trade futures/);
    expect(run.stderr).toContain('Enable Futures');
    expect(run.exitCode).toBe(3);
  });

  it('refuses hedge mode', async () => {
    const { addresses } = exchange;
    await request(addresses, 'POST /fapi/v1/positionSide/dual', { dualSidePosition: 'true' });
    const run = await refused({}, { market: 'futures' });
    await request(addresses, 'POST /fapi/v1/positionSide/dual', { dualSidePosition: 'false' });
    expect(run.stderr).toContain('hedge mode');
    expect(run.exitCode).toBe(3);
  });

  it('refuses when another instance of the program has working orders, until it is told to take over', async () => {
    const subject = asId<OrderId>(createSortableIds({ now: () => Date.now(), random: () => 0.5 }).next());
    const newClientOrderId = clientOrderId({ instance: 'them', subject, leg: 'entry', number: 1 });
    const limit = { symbol: 'AAAUSDT', side: 'BUY', type: 'LIMIT', timeInForce: 'GTC', price: '90', quantity: '1' };
    await request(exchange.addresses, 'POST /api/v3/order', { ...limit, newClientOrderId });
    const dataDir = join(emptyFolder(), 'd');
    const run = await refused({}, { dataDir });
    expect(run.stderr).toContain('instance them has a working order in AAAUSDT');
    expect(run.exitCode).toBe(3);
    const started = async (args: readonly string[]): Promise<Run> => {
      const program = await LiveProgram.start(exchange, { market: 'spot', dataDir, args }).ready();
      return program.stop();
    };
    const takeOver = await started(['--take-over']);
    expect(takeOver.stderr).toContain('taken over from instance them');
    expect(takeOver.exitCode).toBe(143);
    expect((await started([])).exitCode).toBe(143);
    const { accounts } = await exchange.state();
    expect(accounts['main']?.spot.openOrders.map((order) => order.clientOrderId)).toEqual([newClientOrderId]);
  });
});

describe('an exchange in trouble', { timeout: PATIENCE_MS }, () => {
  let troubled: LiveExchange;
  beforeEach(async () => {
    troubled = await LiveExchange.open();
  });
  afterEach(() => troubled.close());

  it('is waited for a while; then the program trades, and has ordered nothing meanwhile', async () => {
    await troubled.arm({ kind: 'error_before', endpoint: 'GET /fapi/v1/', count: 3 });
    const program = LiveProgram.start(troubled, { market: 'futures' });
    await program.running.sees(/the start waits for the exchange: no good answer about the symbols/);
    await program.ready();
    expect((await troubled.state()).accounts['main']?.futures.orders).toEqual([]);
    expect((await program.stop()).exitCode).toBe(143);
  });

  it.each([
    ['SIGTERM', 143, 'the symbols', 'GET /fapi/v1/exchangeInfo'],
    ['SIGINT', 130, 'the symbols', 'GET /fapi/v1/exchangeInfo'],
    ['SIGTERM', 143, 'its time', 'GET /fapi/v1/time'],
  ] as const)('is waited for no longer after %s (%i), when asked for %s', async (signal, exitCode, what, endpoint) => {
    await troubled.arm({ kind: 'error_before', endpoint, count: 1_000 });
    const { running } = LiveProgram.start(troubled, { market: 'futures' });
    await running.sees(new RegExp(`about ${what}, asked again in 4 s`));
    running.process.kill(signal);
    const run = await running.ended;
    expect(run.stderr).toContain(`the start was given up: ${signal}`);
    expect(run.stderr).not.toContain('asked again in 8 s');
    expect(run.exitCode).toBe(exitCode);
  });
});
