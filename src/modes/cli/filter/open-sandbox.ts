import { createSystemClock } from '../../../adapters/clock/system/clock.ts';
import { createIsolatedVmSandbox } from '../../../adapters/sandbox/isolated-vm/sandbox.ts';
import type { FilterSandbox, SandboxLimits } from '../../../ports/filter-sandbox.ts';
import { sandboxCommand } from '../../assets.ts';
import { quietLogger } from '../../quiet-logger.ts';

/**
 * Opens the sandbox that traders' checks run in, for the time of `work`.
 * @param limits others than those of traders
 */
export async function withSandbox<Answer>(
  work: (sandbox: FilterSandbox) => Promise<Answer>,
  limits: Partial<SandboxLimits> = {},
): Promise<Answer> {
  const parts = { command: sandboxCommand(), clock: createSystemClock(), logger: quietLogger };
  const sandbox = createIsolatedVmSandbox({ ...parts, processes: 1, limits });
  try {
    return await work(sandbox);
  } finally {
    await sandbox.close();
  }
}
