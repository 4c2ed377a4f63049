import { spawnSync } from 'node:child_process';
import { chmodSync, readFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { plantTree, REPOSITORY } from './plant.ts';

interface Outcome {
  check: number;
  test: number;
  /** What vitest left in .cache/test-results.json; null for nothing. */
  results: object | null;
}

/** Runs .ci/run with a stand-in for make, and gives its exit code and last line. */
function ciRun({ check, test, results }: Outcome): { status: number | null; lastLine: string | undefined } {
  const writeResults =
    results === null ? ':' : `mkdir -p .cache && echo '${JSON.stringify(results)}' > .cache/test-results.json`;
  const root = plantTree({
    '.ci/run': readFileSync(join(REPOSITORY, '.ci/run'), 'utf8'),
    'bin/make': `#!/bin/sh\ncase "$*" in *check) exit ${check};; esac\n${writeResults}\nexit ${test}\n`,
    '.cache/test-results.json': '{"left": "by the run before"}',
  });
  chmodSync(join(root, 'bin/make'), 0o755);
  const env = { ...process.env, PATH: `${join(root, 'bin')}${delimiter}${process.env['PATH']}` };
  const { status, stdout } = spawnSync('bash', [join(root, '.ci/run')], { env, encoding: 'utf8' });
  return { status, lastLine: stdout.trimEnd().split('\n').at(-1) };
}

const passedFile = { status: 'passed', assertionResults: [{ status: 'passed' }] };
const failedFile = { status: 'failed', assertionResults: [{ status: 'failed' }] };
const unloadedFile = { status: 'failed', assertionResults: [] };

describe('.ci/run', () => {
  it('counts the checks as one passed test', () => {
    const results = { numPassedTests: 5, numFailedTests: 0, testResults: [passedFile] };
    expect(ciRun({ check: 0, test: 0, results })).toEqual({ status: 0, lastLine: '6 passed, 0 failed' });
  });

  it('counts failed checks as one failed test and still runs the tests', () => {
    const results = { numPassedTests: 5, numFailedTests: 0, testResults: [passedFile] };
    expect(ciRun({ check: 2, test: 0, results })).toEqual({ status: 1, lastLine: '5 passed, 1 failed' });
  });

  it('counts failed tests once, and a test file that could not be loaded as one', () => {
    const results = { numPassedTests: 5, numFailedTests: 1, testResults: [passedFile, failedFile, unloadedFile] };
    expect(ciRun({ check: 0, test: 1, results })).toEqual({ status: 1, lastLine: '6 passed, 2 failed' });
  });

  it('counts a failure outside any test', () => {
    const results = { numPassedTests: 5, numFailedTests: 0, testResults: [passedFile] };
    expect(ciRun({ check: 0, test: 1, results })).toEqual({ status: 1, lastLine: '6 passed, 1 failed' });
  });

  it('counts tests that never ran as one failure, whatever an earlier run left behind', () => {
    expect(ciRun({ check: 0, test: 2, results: null })).toEqual({ status: 1, lastLine: '1 passed, 1 failed' });
  });

  it('fails when the tests say nothing, even with exit code 0', () => {
    expect(ciRun({ check: 0, test: 0, results: null }).status).toBe(1);
  });
});

it('make help lists every target that others rely on', () => {
  const { stdout } = spawnSync('make', ['help'], { cwd: REPOSITORY, encoding: 'utf8' });
  const listed = stdout.split('\n').map((line) => /make (\S+) +\S/.exec(line)?.[1]);
  expect(listed).toEqual(
    expect.arrayContaining(['help', 'setup', 'run', 'test', 'check', 'bench', 'simulate', 'dist', 'clean']),
  );
});
