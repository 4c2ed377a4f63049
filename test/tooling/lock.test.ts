import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { plantTree, REPOSITORY } from './plant.ts';

interface Lock {
  packages: Record<string, { resolved?: string; integrity?: string }>;
}

function checkLock(lock: Lock): { status: number | null; stderr: string } {
  const cwd = plantTree({
    'package.json': readFileSync(join(REPOSITORY, 'package.json'), 'utf8'),
    '.npmrc': readFileSync(join(REPOSITORY, '.npmrc'), 'utf8'),
    'package-lock.json': JSON.stringify(lock),
  });
  const env = { ...process.env, npm_config_offline: 'true' };
  return spawnSync(process.execPath, [join(REPOSITORY, 'tools/check-lock.ts')], { cwd, env, encoding: 'utf8' });
}

const readLock = (): Lock => JSON.parse(readFileSync(join(REPOSITORY, 'package-lock.json'), 'utf8')) as Lock;

it('a complete lock passes', () => {
  expect(checkLock(readLock())).toMatchObject({ status: 0, stderr: '' });
});

it('a lock with a registry address, without a checksum or without a package is refused, naming each', () => {
  const lock = readLock();
  Object.assign(lock.packages['node_modules/zod'] ?? {}, { resolved: 'https://registry.example/zod.tgz' });
  delete lock.packages['node_modules/pino']?.integrity;
  delete lock.packages['node_modules/esbuild'];
  delete lock.packages['node_modules/commander'];

  const { status, stderr } = checkLock(lock);
  expect(status).toBe(1);
  expect(stderr).toContain('node_modules/zod is tied to https://registry.example/zod.tgz');
  expect(stderr).toContain('node_modules/pino has no integrity checksum');
  expect(stderr).toContain("'npm ci --dry-run' fails");
});
