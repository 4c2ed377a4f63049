import type { Sorting } from '../panels/listing.ts';
import { UNSORTED } from '../panels/listing.ts';
import type { Question } from './question.ts';
import type { Tone } from '../style/line.ts';

/** The panels in the order of their number keys. */
export const PANELS = ['markets', 'traders', 'signals', 'positions', 'ai', 'logs', 'deploy'] as const;
export type PanelId = (typeof PANELS)[number];

export const POSITION_TABS = ['open', 'closed', 'orders'] as const;
export type PositionTab = (typeof POSITION_TABS)[number];

/** Each list keeps its own cursor and sorting. */
export type ListId = Exclude<PanelId, 'positions'> | PositionTab;

/** A page that takes the place of the panels until Esc. */
export type Page =
  | { readonly kind: 'help' }
  | { readonly kind: 'statistics' }
  | { readonly kind: 'details'; readonly list: ListId; readonly key: string }
  /** What a command answered. */
  | { readonly kind: 'answer'; readonly title: string; readonly lines: readonly string[] };

/** A command is being typed. */
export interface CommandMode {
  readonly kind: 'command';
  readonly text: string;
  /** How many lines back in the history the text was taken from; 0: it is new. */
  readonly back: number;
  /** The words that fit, after Tab. */
  readonly offers: readonly string[];
}

/** What the keys mean now. */
export type Mode =
  | { readonly kind: 'browse' }
  | { readonly kind: 'find'; readonly text: string }
  | CommandMode
  | { readonly kind: 'ask'; readonly question: Question; readonly typed: string }
  /** `top`: the first line shown. */
  | { readonly kind: 'page'; readonly page: Page; readonly top: number };

/** What an action came to, shown for a while. */
export interface Notice {
  readonly text: string;
  readonly tone: Tone;
}

/** Where the user is. */
export interface UiState {
  readonly panel: PanelId;
  readonly isEnlarged: boolean;
  readonly tab: PositionTab;
  readonly mode: Mode;
  /** The row that the keys act on, by its key, with the place it had; absent: the list's own beginning. */
  readonly cursors: Readonly<Partial<Record<ListId, Cursor>>>;
  readonly sortings: Readonly<Partial<Record<ListId, Sorting>>>;
  /** What `n` looks for; empty: nothing. */
  readonly find: string;
  /** The lines that were typed into the command line, the latest last. */
  readonly history: readonly string[];
}

export interface Cursor {
  readonly key: string;
  readonly index: number;
}

export const FIRST_STATE: UiState = {
  panel: 'positions',
  isEnlarged: false,
  tab: 'open',
  mode: { kind: 'browse' },
  cursors: {},
  sortings: {},
  find: '',
  history: [],
};

export function listOf(panel: PanelId, tab: PositionTab): ListId {
  return panel === 'positions' ? tab : panel;
}

export function sortingOf(state: UiState, list: ListId): Sorting {
  return state.sortings[list] ?? UNSORTED;
}

/**
 * The row that the keys act on: the one under the cursor, also when it moved; when it is gone, what stands in its place.
 * Null where there is none, and where a list that follows its end was not held.
 */
export function chosenIndex(
  state: UiState,
  list: ListId,
  of: { keys: readonly string[]; follows: boolean },
): number | null {
  const cursor = state.cursors[list];
  if (of.keys.length === 0) return null;
  if (cursor === undefined) return of.follows ? null : 0;
  const found = of.keys.indexOf(cursor.key);
  return found === -1 ? Math.min(cursor.index, of.keys.length - 1) : found;
}
