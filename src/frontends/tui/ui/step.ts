import type { DeskView } from '../desk/view.ts';
import type { Deed, Leaving, Question } from './question.ts';
import { listOf } from './state.ts';
import type { ListId, Page, UiState } from './state.ts';

/** What a key came to: where the user is now, and what is to be done. */
export interface Step {
  readonly ui: UiState;
  readonly deed: Deed | ScreenDeed | null;
}

/** What is done on the screen alone. */
type ScreenDeed =
  | { readonly kind: 'redraw' }
  | { readonly kind: 'refuse'; readonly why: string }
  /** Reads a line of the command line. */
  | { readonly kind: 'read'; readonly line: string }
  /** Looks for the words that fit at the end of the text. */
  | { readonly kind: 'complete'; readonly text: string };

export interface ActContext {
  readonly view: DeskView;
  /** How many rows PgUp and PgDn go. */
  readonly pageRows: number;
}

export function stay(ui: UiState): Step {
  return { ui, deed: null };
}

export function ask(ui: UiState, question: Question): Step {
  return stay({ ...ui, mode: { kind: 'ask', question, typed: '' } });
}

export function refuse(ui: UiState, why: string): Step {
  return { ui, deed: { kind: 'refuse', why } };
}

export function leave(ui: UiState, how: Leaving): Step {
  return { ui, deed: { kind: 'leave', how } };
}

/** The list that the keys act on. */
export function currentList({ panel, tab }: UiState): ListId {
  return listOf(panel, tab);
}

export function openPage(ui: UiState, page: Page): Step {
  return stay({ ...ui, mode: { kind: 'page', page, top: 0 } });
}
