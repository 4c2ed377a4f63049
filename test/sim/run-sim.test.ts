import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

import type { SimCommand } from '../../src/modes/sim.ts';
import { runSim } from '../../src/modes/sim.ts';
import type { SimAddresses } from '../../src/sim/server.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'aitrader-sim-'));
});
afterEach(() => {
  vi.restoreAllMocks();
  rmSync(folder, { recursive: true });
});

function file(name: string, content: string): string {
  writeFileSync(join(folder, name), content);
  return join(folder, name);
}

/** Runs the exchange, does something with it, and says what it printed on stdout and how it ended. */
async function run(
  command: SimCommand,
  use: (addresses: SimAddresses) => Promise<void>,
): Promise<{ lines: string[]; exitCode: number }> {
  const lines: string[] = [];
  const ready = Promise.withResolvers<SimAddresses>();
  vi.spyOn(process.stdout, 'write').mockImplementation((text) => {
    lines.push(String(text));
    ready.resolve(JSON.parse(String(text)) as SimAddresses);
    return true;
  });
  const ended = runSim({ for: 1_000, ...command });
  await use(await Promise.race([ready.promise, ended.then(() => Promise.reject(new Error('it ended at once')))]));
  return { lines, exitCode: await ended };
}

async function get(url: string): Promise<unknown> {
  return (await fetch(url)).json();
}

const KEYS = [
  'event',
  'spotRest',
  'futuresRest',
  'spotWs',
  'futuresWs',
  'spotWsApi',
  'futuresWsApi',
  'apiKey',
  'apiSecret',
];

describe('aitrader sim', () => {
  it('prints one line with its addresses and keys, and answers with the time of the host', async () => {
    const { lines, exitCode } = await run(
      { symbols: '5', seed: '3', apiKey: 'my-key', apiSecret: 'my-secret' },
      async (addresses) => {
        const { serverTime } = (await get(`${addresses.spotRest}/api/v3/time`)) as { serverTime: number };
        expect(Math.abs(serverTime - Date.now())).toBeLessThan(500);
        const { symbols } = (await get(`${addresses.futuresRest}/fapi/v1/exchangeInfo`)) as { symbols: unknown[] };
        expect(symbols).toHaveLength(5);
      },
    );
    expect([lines.length, exitCode]).toEqual([1, 0]);
    const line = JSON.parse(lines[0] ?? '') as Record<string, string>;
    expect(Object.keys(line)).toEqual(KEYS);
    expect(line).toMatchObject({ event: 'listening', apiKey: 'my-key', apiSecret: 'my-secret' });
    expect(line['spotWs']).toMatch(/^ws:\/\/127\.0\.0\.1:\d+\/stream\/ws$/);
  });

  it('opens the account and the faults that files describe', async () => {
    const account = file('account.json', '{"spot": {"balances": {"BTC": "0.25"}}}');
    const faults = file('faults.json', '[{"kind": "clock_skew", "skewMs": 7}]');
    await run({ account, faults, paused: true }, async ({ spotRest }) => {
      const state = (await get(`${spotRest}/sim/state`)) as {
        clock: unknown;
        accounts: Record<string, { spot: { balances: unknown } }>;
      };
      expect(state.clock).toMatchObject({ paused: true, skewMs: 7 });
      expect(Object.values(state.accounts)[0]?.spot.balances).toEqual([
        { asset: 'BTC', free: '0.25000000', locked: '0.00000000' },
      ]);
    });
  });

  it.each<[SimCommand, RegExp]>([
    [{ port: '70000' }, /--port 70000/],
    [{ speed: '-1' }, /--speed -1/],
    [{ seed: 'x' }, /--seed x/],
    [{ balance: 'USDT' }, /--balance USDT/],
    [{ apiKey: 'alone' }, /one of --api-key and --api-secret/],
    [{ symbols: '0' }, /0 symbols/],
    [{ tape: ['nowhere'] }, /nowhere/],
    [{ tape: ['nowhere'], symbols: '3' }, /--symbols beside --tape/],
    [{ faults: 'nowhere' }, /--faults nowhere/],
    [{ account: 'nowhere' }, /--account nowhere/],
  ])('refuses %j', async (command, problem) => {
    await expect(runSim({ for: 0, ...command })).rejects.toThrow(problem);
  });

  it('refuses what the files describe when it cannot be', async () => {
    const account = file('account.json', '{"spot": {"orders": [{"symbol": "NOPEUSDT"}]}}');
    await expect(runSim({ for: 0, account })).rejects.toThrow(/orders\[0\]/);
    const broken = file('broken.json', '{');
    await expect(runSim({ for: 0, faults: broken })).rejects.toThrow(/broken.json/);
  });
});
