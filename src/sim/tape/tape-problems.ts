import { AitraderError } from '../../domain/errors.ts';

/** A line of a tape that could not be read and was skipped. Lines count from 1; rows of a JSON array likewise. */
export interface TapeProblem {
  readonly path: string;
  readonly line: number;
  readonly problem: string;
}

/** So many malformed lines are skipped; one more, and the tape is not what it seems. */
const MOST_PROBLEMS = 100;

/** Counts and reports the malformed lines of a tape, all its files together. */
export class TapeProblems {
  readonly #report: (problem: TapeProblem) => void;
  #count = 0;

  constructor(report: (problem: TapeProblem) => void) {
    this.#report = report;
  }

  /**
   * Takes note of a malformed line.
   * @throws AitraderError `TAPE_REFUSED` when there are too many
   */
  add(problem: TapeProblem): void {
    this.#count += 1;
    if (this.#count > MOST_PROBLEMS) {
      const { path, line } = problem;
      throw new AitraderError('TAPE_REFUSED', { path, line, problem: problem.problem, allowed: MOST_PROBLEMS });
    }
    this.#report(problem);
  }
}
