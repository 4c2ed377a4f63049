import type { ErrorCode } from '../../domain/errors.ts';
import { asAitraderErrors } from './report-failure.ts';

/** What the program's end says to the shell; contracts 3. */
export const EXIT = {
  done: 0,
  answerIsNo: 1,
  usage: 2,
  outsideService: 3,
  conflict: 4,
  programFault: 70,
  interrupted: 130,
  terminated: 143,
} as const;

/** Codes whose exit code does not follow from whose fault it is. The disk counts as an outside service. */
const EXIT_BY_CODE: Partial<Record<ErrorCode, number>> = {
  ACCOUNT_IN_USE: EXIT.outsideService,
  ACCOUNT_LOCKED: EXIT.outsideService,
  API_ADDRESS_TAKEN: EXIT.conflict,
  CLOCK_REFUSED: EXIT.outsideService,
  CONTROL_UNREACHABLE: EXIT.conflict,
  DAEMON_UNREACHABLE: EXIT.outsideService,
  DATA_DIR_LOCKED: EXIT.conflict,
  DATABASE_BUSY: EXIT.conflict,
  DATABASE_CORRUPT: EXIT.outsideService,
  DISK_FULL: EXIT.outsideService,
  EXCHANGE_UNREACHABLE: EXIT.outsideService,
  HEDGE_MODE: EXIT.outsideService,
  KEYS_REFUSED: EXIT.outsideService,
  KEY_NOT_PERMITTED: EXIT.outsideService,
  NOT_RUNNING: EXIT.conflict,
  STORAGE_FAILED: EXIT.outsideService,
  TAPE_UNWRITABLE: EXIT.outsideService,
};

/** The exit code of a failure, by its first error: user faults are usage, what nobody foresaw is a fault of the program. */
export function exitCodeOf(failure: unknown): number {
  const [{ code, fault }] = asAitraderErrors(failure);
  return EXIT_BY_CODE[code] ?? (fault === 'user' ? EXIT.usage : EXIT.programFault);
}
