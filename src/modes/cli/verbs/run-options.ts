import type { Question } from '../../../frontends/control/client.ts';
import type { ProgramOptions } from '../program-options.ts';

/** The options that every verb has. */
export interface VerbOptions extends ProgramOptions {
  readonly json?: true;
  readonly follow?: true;
}

/** Has a verb carried out and prints its answer. @returns the exit code */
export type RunVerb = (question: Question, options: VerbOptions) => Promise<number>;
