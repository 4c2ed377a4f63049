import type { ActionId } from '../keys/keymap.ts';
import type { Listing } from '../panels/listing.ts';
import { openCommandLine } from './command-line.ts';
import { act } from './deeds.ts';
import { listingOf } from './lists.ts';
import { chosenIndex, PANELS, POSITION_TABS, sortingOf } from './state.ts';
import type { UiState } from './state.ts';
import { currentList, leave, openPage, refuse, stay } from './step.ts';
import type { ActContext, Step } from './step.ts';

/** A key while the panels are before the user. */
export function browse(ui: UiState, action: ActionId, context: ActContext): Step {
  switch (action) {
    case 'panel_1':
    case 'panel_2':
    case 'panel_3':
    case 'panel_4':
    case 'panel_5':
    case 'panel_6':
    case 'panel_7':
      return stay({ ...ui, panel: PANELS[Number(action.at(-1)) - 1] ?? ui.panel });
    case 'next_panel':
      return stay({ ...ui, panel: stepped(PANELS, ui.panel, 1) });
    case 'previous_panel':
      return stay({ ...ui, panel: stepped(PANELS, ui.panel, -1) });
    case 'next_tab':
      return stay(ui.panel === 'positions' ? { ...ui, tab: stepped(POSITION_TABS, ui.tab, 1) } : ui);
    case 'previous_tab':
      return stay(ui.panel === 'positions' ? { ...ui, tab: stepped(POSITION_TABS, ui.tab, -1) } : ui);
    case 'up':
      return move(ui, context, (index) => index - 1);
    case 'down':
      return move(ui, context, (index) => index + 1);
    case 'page_up':
      return move(ui, context, (index) => index - context.pageRows);
    case 'page_down':
      return move(ui, context, (index) => index + context.pageRows);
    case 'first':
      return move(ui, context, () => 0);
    case 'last':
      return toLast(ui, context);
    case 'find':
      return stay({ ...ui, mode: { kind: 'find', text: '' } });
    case 'find_next':
      return findFrom(ui, { context, direction: 1, offset: 1 });
    case 'find_previous':
      return findFrom(ui, { context, direction: -1, offset: 1 });
    case 'sort':
    case 'sort_reverse':
      if (context.view.offline !== null && action === 'sort') return leave(ui, 'simulate');
      return sort(ui, action, context);
    case 'command':
      return openCommandLine(ui);
    case 'enlarge':
      return stay({ ...ui, isEnlarged: !ui.isEnlarged });
    case 'back':
      return stay({ ...ui, isEnlarged: false, find: '' });
    case 'help':
      return openPage(ui, { kind: 'help' });
    case 'statistics':
      return openPage(ui, { kind: 'statistics' });
    case 'redraw':
      return { ui, deed: { kind: 'redraw' } };
    default:
      return act(ui, action, { view: context.view, key: chosenKey(ui, context) });
  }
}

function stepped<Each>(all: readonly Each[], from: Each, by: 1 | -1): Each {
  return all[(all.indexOf(from) + by + all.length) % all.length] ?? from;
}

function listingNow(ui: UiState, { view }: ActContext): Listing {
  return listingOf(currentList(ui), { view, ui }, 0);
}

function chosenKey(ui: UiState, context: ActContext): string | null {
  const of = listingNow(ui, context);
  const index = chosenIndex(ui, currentList(ui), of);
  return index === null ? null : (of.keys[index] ?? null);
}

function withCursor(ui: UiState, of: Listing, index: number): UiState {
  const clamped = Math.max(0, Math.min(index, of.keys.length - 1));
  const key = of.keys[clamped];
  if (key === undefined) return ui;
  return { ...ui, cursors: { ...ui.cursors, [currentList(ui)]: { key, index: clamped } } };
}

function move(ui: UiState, context: ActContext, to: (index: number) => number): Step {
  const of = listingNow(ui, context);
  const from = chosenIndex(ui, currentList(ui), of) ?? of.keys.length;
  return stay(withCursor(ui, of, to(from)));
}

/** A list that follows its end does so again. */
function toLast(ui: UiState, context: ActContext): Step {
  const of = listingNow(ui, context);
  if (!of.follows) return stay(withCursor(ui, of, of.keys.length - 1));
  return stay({ ...ui, cursors: { ...ui.cursors, [currentList(ui)]: undefined } });
}

/** Goes to the next row that holds what is looked for; `offset` 0 takes the chosen one, too. */
export function findFrom(
  ui: UiState,
  { context, direction, offset }: { context: ActContext; direction: 1 | -1; offset: 0 | 1 },
): Step {
  const wanted = ui.find.toLowerCase();
  if (wanted === '') return refuse(ui, 'nothing to find: press / and type');
  const of = listingNow(ui, context);
  const count = of.keys.length;
  const from = chosenIndex(ui, currentList(ui), of) ?? 0;
  for (let step = offset; step < count + offset; step += 1) {
    const index = (from + step * direction + count * 2) % count;
    if (of.textAt(index).toLowerCase().includes(wanted)) return stay(withCursor(ui, of, index));
  }
  return refuse(ui, `no row holds "${ui.find}"`);
}

function sort(ui: UiState, action: 'sort' | 'sort_reverse', context: ActContext): Step {
  const list = currentList(ui);
  const { column, isReversed } = sortingOf(ui, list);
  const { sortables } = listingNow(ui, context);
  if (sortables === 0) return refuse(ui, 'this panel has one order only');
  const next = column === null ? 0 : column + 1;
  const sorting =
    action === 'sort_reverse'
      ? { column, isReversed: !isReversed }
      : { column: next < sortables ? next : null, isReversed: false };
  return stay({ ...ui, sortings: { ...ui.sortings, [list]: sorting } });
}
