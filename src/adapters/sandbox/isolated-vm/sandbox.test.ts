import { sandboxCommand } from '../../../modes/assets.ts';
import { silentLogger } from '../../../testkit/silent-logger.ts';
import { describeSandboxContract } from '../../../testkit/sandbox-suite.ts';
import { createSystemClock } from '../../clock/system/clock.ts';
import { createIsolatedVmSandbox } from './sandbox.ts';

describeSandboxContract('isolated-vm', (limits) =>
  createIsolatedVmSandbox({
    command: sandboxCommand(),
    clock: createSystemClock(),
    logger: silentLogger,
    processes: 1,
    graceMs: 2_000,
    limits,
  }),
);
