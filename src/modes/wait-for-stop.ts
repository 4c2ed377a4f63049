import type { Clock } from '../ports/clock.ts';
import { EXIT } from './cli/exit-code.ts';

/** Why a run ends, and what it tells the shell. */
export interface Stop {
  readonly why: string;
  readonly exitCode: number;
}

const SIGNALS = { SIGINT: EXIT.interrupted, SIGTERM: EXIT.terminated, SIGHUP: EXIT.terminated } as const;

/**
 * Waits until the user or a supervisor ends the program, or its time is over. After it has settled a second signal ends the
 * process at once: everything durable is on the disk already.
 * @param forMs wall time to run, undefined: until a signal comes
 * @param asked settles when the program itself wants to end
 */
export function waitForStop(clock: Clock, forMs: number | undefined, asked?: Promise<Stop>): Promise<Stop> {
  return new Promise((resolve) => {
    const timer = forMs === undefined ? null : clock.setTimer(forMs, () => stop('its time is over', EXIT.done));
    const listeners = Object.entries(SIGNALS).map(([signal, exitCode]) => {
      const listener = (): void => stop(signal, exitCode);
      process.on(signal, listener);
      return { signal, exitCode, listener };
    });
    void asked?.then(({ why, exitCode }) => stop(why, exitCode));
    function stop(why: string, exitCode: number): void {
      timer?.cancel();
      for (const each of listeners) {
        process.off(each.signal, each.listener);
        process.on(each.signal, () => process.exit(each.exitCode));
      }
      resolve({ why, exitCode });
    }
  });
}
