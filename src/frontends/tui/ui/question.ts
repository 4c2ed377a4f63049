import type { EngineCommand } from '../../../domain/command.ts';
import type { ReadCommand } from '../options.ts';

/** How the user leaves: ends the desk, lets it go on without a screen, or has the simulated market started in its place. */
export type Leaving = 'quit' | 'headless' | 'simulate';

/** What is to be done after an answer. */
export type Deed =
  | { readonly kind: 'command'; readonly command: EngineCommand; readonly done: string }
  | { readonly kind: 'run'; readonly read: ReadCommand }
  | { readonly kind: 'leave'; readonly how: Leaving }
  /** Pauses opening, closes every position, and quits when none is left. */
  | { readonly kind: 'close_and_quit' };

/** One key that answers a question. */
export interface Choice {
  readonly key: string;
  readonly says: string;
  readonly deed: Deed;
}

/** Something that is asked before it is done. Esc, and any key that is no choice, means no. */
export interface Question {
  readonly text: string;
  readonly isDangerous: boolean;
  readonly answer:
    | { readonly kind: 'keys'; readonly choices: readonly Choice[] }
    /** Exactly these words, and Enter. */
    | { readonly kind: 'words'; readonly words: string; readonly deed: Deed };
}
