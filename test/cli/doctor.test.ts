import { chmodSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';

import { emptyFolder, runProgram, startProgram } from './run-program.ts';

interface Finding {
  readonly check: string;
  readonly verdict: 'ok' | 'warning' | 'failed';
  readonly remedy: string | null;
}

async function examine(
  args: readonly string[],
  env: Record<string, string> = {},
): Promise<{ exitCode: number | null; verdicts: Record<string, string>; findings: readonly Finding[] }> {
  const { exitCode, stdout } = await runProgram(['doctor', '--json', ...args], { PORT: '0', ...env });
  const findings = JSON.parse(stdout) as readonly Finding[];
  return { exitCode, findings, verdicts: Object.fromEntries(findings.map(({ check, verdict }) => [check, verdict])) };
}

describe('aitrader doctor', () => {
  it('finds an exchange that answers, and its clock', async () => {
    const exchange = startProgram(['sim', '--symbols', '2']);
    const { spotRest } = JSON.parse(await exchange.says(/listening.*\n/)) as { spotRest: string };
    try {
      const { exitCode, verdicts } = await examine(['--data-dir', emptyFolder()], { BINANCE_REST_URL: spotRest });
      expect(exitCode).toBe(0);
      expect(verdicts).toMatchObject({ exchange: 'ok', 'exchange clock': 'ok', databases: 'ok', port: 'ok' });
    } finally {
      exchange.process.kill('SIGTERM');
      await exchange.ended;
    }
  });

  it('looks at the account that real money is to be traded with', async () => {
    const exchange = startProgram(['sim', '--symbols', '2']);
    const told = JSON.parse(await exchange.says(/listening.*\n/)) as Record<
      'spotRest' | 'apiKey' | 'apiSecret',
      string
    >;
    const live = { BINANCE_REST_URL: told.spotRest, PAPER_TRADING: 'false', MARKET_TYPE: 'futures' };
    const keys = { BINANCE_API_KEY: told.apiKey, BINANCE_SECRET_KEY: told.apiSecret };
    try {
      const [right, wrong] = await Promise.all([
        examine(['--data-dir', emptyFolder()], { ...live, ...keys }),
        examine(['--data-dir', emptyFolder()], { ...live, ...keys, BINANCE_SECRET_KEY: 'x'.repeat(64) }),
      ]);
      expect(right.verdicts).toMatchObject({ account: 'ok', 'key rights': 'ok' });
      expect(right.exitCode).toBe(0);
      expect(wrong.findings).toContainEqual(expect.objectContaining({ check: 'account', verdict: 'failed' }));
      expect(wrong.exitCode).toBe(1);
    } finally {
      exchange.process.kill('SIGTERM');
      await exchange.ended;
    }
  });

  it('says what has failed and what to do about it', async () => {
    const dataDir = emptyFolder();
    writeFileSync(join(dataDir, 'paper.db'), 'no database '.repeat(1_000));
    const { exitCode, findings, verdicts } = await examine(['--data-dir', dataDir], {
      BINANCE_REST_URL: 'http://127.0.0.1:40009',
    });
    expect(exitCode).toBe(1);
    expect(verdicts).toMatchObject({ 'paper.db': 'failed', exchange: 'failed', 'data folder': 'ok' });
    const unmended = findings.filter(({ verdict, remedy }) => verdict !== 'ok' && !remedy);
    expect(unmended).toEqual([]);
  });

  it('names every wrong setting', async () => {
    const { exitCode, findings } = await examine([], { LEVERAGE: 'much', LATENCY_MS: '-1' });
    expect(exitCode).toBe(1);
    expect(findings.filter(({ check }) => check === 'configuration')).toHaveLength(2);
  });

  it('warns of settings that others may read', async () => {
    const dataDir = emptyFolder();
    const file = join(dataDir, 'config.env');
    const verdict = async (mode: number): Promise<string | undefined> => {
      writeFileSync(file, 'FEE_BPS=7\n');
      chmodSync(file, mode);
      return (await examine(['--sim', '--data-dir', dataDir])).verdicts['config file'];
    };
    expect(await verdict(0o644)).toBe('warning');
    expect(await verdict(0o600)).toBe('ok');
  });
});
