import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';

const ANALYZE = 'systemd-analyze';
const UNIT = join(import.meta.dirname, '../../packaging/aitrader.service');

describe('the systemd unit', () => {
  it('is understood by systemd in every line', (context) => {
    if (spawnSync(ANALYZE, ['--version']).error !== undefined) context.skip('systemd-analyze is not here');
    // The program and its documents lie elsewhere than on a machine where it is installed.
    const text = readFileSync(UNIT, 'utf8')
      .replace(/^ExecStart=\S+/m, `ExecStart=${process.execPath}`)
      .replace(/^Documentation=.*\n/m, '')
      .replace(/^(User|Group)=.*$/gm, '$1=root');
    const path = join(mkdtempSync(join(tmpdir(), 'aitrader-unit-')), 'aitrader.service');
    writeFileSync(path, text);
    const { status, stdout, stderr } = spawnSync(ANALYZE, ['verify', path], { encoding: 'utf8' });
    expect({ status, output: stdout + stderr }).toEqual({ status: 0, output: '' });
  });

  it('gives the daemon more time to end than it takes, and does not start what cannot start', () => {
    const text = readFileSync(UNIT, 'utf8');
    expect(Number(/^TimeoutStopSec=(\d+)$/m.exec(text)?.[1])).toBeGreaterThan(30);
    expect(text).toMatch(/^RestartPreventExitStatus=2$/m);
    expect(text).toMatch(/^Restart=always$/m);
  });
});
