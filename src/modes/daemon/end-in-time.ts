import { SECOND_MS } from '../../domain/time.ts';
import type { Clock, Timer } from '../../ports/clock.ts';
import type { Logger } from '../../ports/logger.ts';
import { EXIT } from '../cli/exit-code.ts';
import type { Stop } from '../wait-for-stop.ts';

/** A supervisor kills what takes longer. */
const LONGEST_END_MS = 30 * SECOND_MS;

export interface EndTerms {
  readonly clock: Clock;
  readonly logger: Logger;
  /** Ends the process at once. */
  readonly exit: (exitCode: number) => void;
}

/** Ends the process when an orderly end, once asked for, does not come. @returns calls that off: the end has come */
export function endInTime(stopped: Promise<Stop>, { clock, logger, exit }: EndTerms): Timer {
  let timer: Timer | null = null;
  let isOver = false;
  void stopped.then(() => {
    if (isOver) return;
    timer = clock.setTimer(LONGEST_END_MS, () => {
      logger.fatal(`the end has taken ${LONGEST_END_MS / SECOND_MS} s and is cut short; everything durable is stored`);
      exit(EXIT.programFault);
    });
  });
  return {
    cancel() {
      isOver = true;
      timer?.cancel();
    },
  };
}
