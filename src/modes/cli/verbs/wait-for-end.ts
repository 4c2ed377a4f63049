import { setTimeout as wait } from 'node:timers/promises';

import { identityOf, isRunning } from '../../../adapters/data-dir/process-identity.ts';

/** An end takes 5 s, 30 s at most in daemon mode. */
const LONGEST_MS = 35_000;
const BETWEEN_LOOKS_MS = 50;

/**
 * Waits until the process that was asked to stop is gone; when that takes too long, stderr says so.
 * @param answer of the verb `stop`
 * @returns whether it is gone
 */
export async function waitForEnd(answer: unknown): Promise<boolean> {
  const { pid } = answer as { readonly pid: number };
  const known = identityOf(pid);
  for (let waitedMs = 0; waitedMs < LONGEST_MS; waitedMs += BETWEEN_LOOKS_MS) {
    if (!isRunning(known)) return true;
    await wait(BETWEEN_LOOKS_MS);
  }
  process.stderr.write(`aitrader: pid ${pid} is still ending; \`aitrader logs\` shows what it does\n`);
  return false;
}
