import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';

import { emptyFolder, runProgram } from './run-program.ts';

const PACKAGE = JSON.parse(readFileSync(join(import.meta.dirname, '../../package.json'), 'utf8')) as {
  version: string;
};

describe('the command line', () => {
  it('answers --version and --help on stdout', async () => {
    expect(await runProgram(['--version'])).toEqual({ exitCode: 0, stdout: `${PACKAGE.version}\n`, stderr: '' });
    const help = await runProgram(['--help']);
    expect(help).toMatchObject({ exitCode: 0, stderr: '' });
    for (const word of ['--daemon', '--monitor', '--sim', '--data-dir', 'config']) expect(help.stdout).toContain(word);
  });

  it.each([
    { args: ['--simm'], says: "unknown option '--simm'", hint: 'Did you mean --sim' },
    { args: ['deamon'], says: "unknown command 'deamon'", hint: 'Did you mean daemon?' },
    { args: ['config', 'chek'], says: "unknown command 'chek'", hint: 'Did you mean check?' },
    { args: ['config'], says: 'config needs a verb', hint: 'aitrader config check' },
    { args: ['--for', '3x'], says: '3x', hint: '30s, 5m, 4h' },
    { args: ['--daemon', '--deploy'], says: 'two modes', hint: 'Start the program once' },
    { args: ['help', 'concept'], says: "no help topic 'concept'", hint: 'Did you mean concepts?' },
    { args: ['--config', '/nowhere/config.env'], says: '/nowhere/config.env', hint: 'Allowed' },
  ])('refuses $args with what is wrong and what to do', async ({ args, says, hint }) => {
    const run = await runProgram(args);
    expect(run).toMatchObject({ exitCode: 2, stdout: '' });
    expect(run.stderr).toContain(says);
    expect(run.stderr).toContain(hint);
    expect(run.stderr.trim().split('\n').length).toBeLessThanOrEqual(3);
  });

  it('says a failure as one JSON object to programs', async () => {
    const run = await runProgram(['config', 'check', '--json'], { PORT: 'eighty' });
    expect(run).toMatchObject({ exitCode: 2, stdout: '' });
    expect(JSON.parse(run.stderr)).toMatchObject({ error: { code: 'CONFIG_INVALID' } });
  });

  it('explains the words', async () => {
    const run = await runProgram(['help', 'concepts']);
    expect(run.exitCode).toBe(0);
    expect(run.stdout).toBe(readFileSync(join(import.meta.dirname, '../../docs/concepts.md'), 'utf8'));
  });
});

describe('aitrader config check', () => {
  it('prints every value with its source, the process before the file before the default', async () => {
    const dataDir = emptyFolder();
    writeFileSync(join(dataDir, 'config.env'), '# mine\nPORT=9000\nFEE_BPS=7\n', { mode: 0o600 });
    const run = await runProgram(['config', 'check', '--json', '--data-dir', dataDir], { PORT: '9100' });
    expect(run).toMatchObject({ exitCode: 0, stderr: '' });
    const rows = JSON.parse(run.stdout) as { name: string; value: string; source: string }[];
    const shown = (name: string): unknown => rows.find((row) => row.name === name);
    expect(shown('PORT')).toEqual({ name: 'PORT', value: '9100', source: 'environment' });
    expect(shown('FEE_BPS')).toEqual({ name: 'FEE_BPS', value: '7', source: 'config.env:3' });
    expect(shown('PAPER_BALANCE')).toEqual({ name: 'PAPER_BALANCE', value: '10000', source: 'default' });
    expect(shown('AITRADER_HOME')).toEqual({ name: 'AITRADER_HOME', value: dataDir, source: 'flag --data-dir' });
  });

  it('names every wrong variable with what is allowed, and shows no secret', async () => {
    const token = 'short-but-secret-9f2';
    const run = await runProgram(['config', 'check'], {
      AITRADER_TOKEN: token,
      API_KEY: 'another-long-secret-one',
      PORT: '99999',
      MARGIN_MODE: 'crossed',
      MAX_DAILY_LOSS_PCT: 'five',
    });
    expect(run).toMatchObject({ exitCode: 2, stdout: '' });
    for (const name of ['PORT', 'MARGIN_MODE', 'MAX_DAILY_LOSS_PCT']) expect(run.stderr).toContain(name);
    expect(run.stderr).not.toContain(token);
    expect(run.stderr).not.toContain('another-long-secret-one');
  });

  it('looks at no exchange key while the money is not real', async () => {
    const run = await runProgram(['config', 'check', '--paper'], {
      PAPER_TRADING: 'false',
      BINANCE_API_KEY: 'not a key at all',
      BINANCE_SECRET_KEY: '/nowhere/key.pem',
    });
    expect(run.exitCode).toBe(0);
    expect(run.stdout).toMatch(/BINANCE_API_KEY +not read/);
  });
});
