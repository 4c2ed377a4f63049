/**
 * Fails when package-lock.json names a registry, lacks a checksum, or does not let `npm ci` install everything: npm
 * writes a lock without a platform's package when the registry lacks it, and only the next `npm ci` tells.
 */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

interface LockedPackage {
  resolved?: string;
  integrity?: string;
}

const REMEDY = "Delete package-lock.json and run 'npm install' with this repository's .npmrc, under Node 24.";

function faultsOf(path: string, { resolved, integrity }: LockedPackage): string[] {
  if (path === '') return [];
  return [
    ...(resolved === undefined ? [] : [`${path} is tied to ${resolved}`]),
    ...(integrity === undefined ? [`${path} has no integrity checksum`] : []),
  ];
}

function installFault(): string[] {
  try {
    execFileSync('npm', ['ci', '--dry-run', '--no-audit', '--no-fund'], { stdio: ['ignore', 'ignore', 'pipe'] });
    return [];
  } catch (error) {
    const { stderr } = error as { stderr?: Buffer };
    const [reason = ''] = (stderr?.toString() ?? String(error)).split('Clean install a project'); // its usage follows
    return [`'npm ci --dry-run' fails: ${reason.trim()}`];
  }
}

const lock = JSON.parse(readFileSync('package-lock.json', 'utf8')) as { packages: Record<string, LockedPackage> };
const faults = [...Object.entries(lock.packages).flatMap(([path, entry]) => faultsOf(path, entry)), ...installFault()];
if (faults.length > 0) {
  process.stderr.write(`package-lock.json:\n${faults.map((fault) => `  ${fault}\n`).join('')}${REMEDY}\n`);
  process.exitCode = 1;
}
