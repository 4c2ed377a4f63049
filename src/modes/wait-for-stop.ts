import type { Clock } from '../ports/clock.ts';
import { EXIT } from './cli/exit-code.ts';

/** Why a run ends, and what it tells the shell. */
export interface Stop {
  readonly why: string;
  readonly exitCode: number;
}

const SIGNALS = { SIGINT: EXIT.interrupted, SIGTERM: EXIT.terminated, SIGHUP: EXIT.terminated } as const;

const ALL_SIGNALS = Object.keys(SIGNALS) as StopSignal[];

export type StopSignal = keyof typeof SIGNALS;

export interface StopTerms {
  /** Wall time to run; undefined: until a signal comes. */
  readonly forMs?: number | undefined;
  /** Settles when the program itself wants to end. */
  readonly asked?: Promise<Stop>;
  /** The signals that end it; all three by default. */
  readonly signals?: readonly StopSignal[] | undefined;
  /** Asked when the terminal goes (`SIGHUP`): true, and the program goes on. */
  readonly outlivesTerminal?: () => boolean;
}

/**
 * Waits until the user or a supervisor ends the program, or its time is over. After it has settled a second signal ends the
 * process at once: everything durable is on the disk already.
 */
export function waitForStop(clock: Clock, terms: StopTerms): Promise<Stop> {
  const { forMs, asked, signals = ALL_SIGNALS, outlivesTerminal = () => false } = terms;
  const isMeant = (signal: StopSignal): boolean => signal !== 'SIGHUP' || !outlivesTerminal();
  return new Promise((resolve) => {
    const timer = forMs === undefined ? null : clock.setTimer(forMs, () => stop('its time is over', EXIT.done));
    const listeners = signals.map((signal) => {
      const exitCode = SIGNALS[signal];
      const listener = (): void => {
        if (isMeant(signal)) stop(signal, exitCode);
      };
      process.on(signal, listener);
      return { signal, exitCode, listener };
    });
    void asked?.then(({ why, exitCode }) => stop(why, exitCode));
    function stop(why: string, exitCode: number): void {
      timer?.cancel();
      for (const each of listeners) {
        process.off(each.signal, each.listener);
        process.on(each.signal, () => {
          if (isMeant(each.signal)) process.exit(each.exitCode);
        });
      }
      resolve({ why, exitCode });
    }
  });
}
