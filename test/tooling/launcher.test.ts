import { spawnSync } from 'node:child_process';
import { chmodSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { plantTree, REPOSITORY } from './plant.ts';

const LAUNCHER = { 'bin/aitrader.cjs': readFileSync(join(REPOSITORY, 'bin/aitrader.cjs'), 'utf8') };
const PROGRAM = { 'dist/main.js': 'process.stdout.write(`ran ${process.argv.slice(2)}`);' };
const MANIFEST = { 'package.json': '{"version":"7.8.9","type":"module"}' };

function launch(
  files: Record<string, string>,
  args: string[],
): { status: number | null; stdout: string; stderr: string } {
  const cwd = plantTree({ ...LAUNCHER, ...MANIFEST, ...files });
  return spawnSync(process.execPath, args, { cwd, encoding: 'utf8' });
}

/** The arguments that make this Node introduce itself as another version. */
const asNode = (version: string): string[] => [
  '--import',
  `data:text/javascript,Object.defineProperty(process, 'versions', { value: { node: '${version}' } })`,
];

describe('launcher', () => {
  it.each(['--version', '-V'])('answers %s from package.json without loading the program', (flag) => {
    const answer = launch({ 'dist/main.js': 'process.exit(9);' }, ['bin/aitrader.cjs', flag]);
    expect(answer).toMatchObject({ status: 0, stdout: '7.8.9\n', stderr: '' });
  });

  it('hands every other command line to the program', () => {
    const answer = launch(PROGRAM, ['bin/aitrader.cjs', 'backtest', '--version']);
    expect(answer).toMatchObject({ status: 0, stdout: 'ran backtest,--version', stderr: '' });
  });

  it.each(['20.20.2', '23.1.0', '25.0.0'])('refuses Node %s with exit code 2, saying which it needs', (version) => {
    const { status, stdout, stderr } = launch(PROGRAM, [...asNode(version), 'bin/aitrader.cjs']);
    expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
    expect(stderr).toContain(`needs Node 24, or 26 and later; this is Node ${version}`);
  });

  it('takes the Node that make has brought where its own does not fit', () => {
    const tools = { '.tools/node-24.0.0/bin/node': `#!/bin/sh\nexec "${process.execPath}" "$@"\n` };
    const cwd = plantTree({ ...LAUNCHER, ...MANIFEST, ...PROGRAM, ...tools });
    chmodSync(join(cwd, '.tools/node-24.0.0/bin/node'), 0o755);
    const args = [...asNode('20.20.2'), 'bin/aitrader.cjs', 'status', '--json'];
    const answer = spawnSync(process.execPath, args, { cwd, encoding: 'utf8' });
    expect(answer).toMatchObject({ status: 0, stdout: 'ran status,--json', stderr: '' });
  });

  it('starts under Node 26', () => {
    expect(launch(PROGRAM, [...asNode('26.3.0'), 'bin/aitrader.cjs'])).toMatchObject({ status: 0, stdout: 'ran ' });
  });

  it('says how to build a program that is not built', () => {
    const { status, stderr } = launch({}, ['bin/aitrader.cjs']);
    expect(status).toBe(70);
    expect(stderr).toContain('make build');
  });

  it('ends with exit code 70 and the stack when the program cannot be loaded', () => {
    const { status, stderr } = launch({ 'dist/main.js': "import './gone.js';" }, ['bin/aitrader.cjs']);
    expect(status).toBe(70);
    expect(stderr).toContain('gone.js');
  });
});
