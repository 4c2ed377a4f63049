import { createSystemClock } from '../../../adapters/clock/system/clock.ts';
import { createIsolatedVmSandbox } from '../../../adapters/sandbox/isolated-vm/sandbox.ts';
import type { Logger } from '../../../ports/logger.ts';
import type { FilterSandbox, SandboxLimits } from '../../../ports/filter-sandbox.ts';
import { sandboxCommand } from '../../assets.ts';

const ignore = (): void => undefined;

/** What the sandbox has to say comes back as faults; a verb that prints an answer keeps no log. */
const silent: Logger = {
  debug: ignore,
  info: ignore,
  warn: ignore,
  error: ignore,
  fatal: ignore,
  child: () => silent,
};

/**
 * Opens the sandbox that traders' checks run in, for the time of `work`.
 * @param limits others than those of traders
 */
export async function withSandbox<Answer>(
  work: (sandbox: FilterSandbox) => Promise<Answer>,
  limits: Partial<SandboxLimits> = {},
): Promise<Answer> {
  const parts = { command: sandboxCommand(), clock: createSystemClock(), logger: silent };
  const sandbox = createIsolatedVmSandbox({ ...parts, processes: 1, limits });
  try {
    return await work(sandbox);
  } finally {
    await sandbox.close();
  }
}
