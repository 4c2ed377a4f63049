import type { ActionId } from '../keys/keymap.ts';
import { actionOf } from '../keys/keymap.ts';
import { browse, findFrom } from './browse.ts';
import { act } from './deeds.ts';
import { listingOf } from './lists.ts';
import { typeCommand } from './command-line.ts';
import type { Mode, UiState } from './state.ts';
import { refuse, stay } from './step.ts';
import type { ActContext, Step } from './step.ts';
import { BROWSE, edited } from './typing.ts';

/** The step that a key makes. Pure: what is to be done is in the answer. */
export function press(ui: UiState, key: string, context: ActContext): Step {
  switch (ui.mode.kind) {
    case 'ask':
      return answer(ui, ui.mode, key);
    case 'find':
      return typeFind(ui, ui.mode.text, { key, context });
    case 'command':
      return typeCommand(ui, ui.mode, key);
    case 'page':
      return turnPage(ui, ui.mode, { key, context });
    case 'browse': {
      const action = actionOf(key);
      return action === null ? stay(ui) : browse(ui, action, context);
    }
  }
}

function answer(ui: UiState, { question, typed }: Extract<Mode, { kind: 'ask' }>, key: string): Step {
  const closed: UiState = { ...ui, mode: BROWSE };
  const asked = question.answer;
  if (asked.kind === 'keys') {
    const choice = asked.choices.find((each) => each.key === key);
    return { ui: closed, deed: choice?.deed ?? { kind: 'refuse', why: 'not done' } };
  }
  if (key === 'Esc' || key.startsWith('Ctrl+')) return refuse(closed, 'not done');
  if (key === 'Enter') {
    return typed === asked.words ? { ui: closed, deed: asked.deed } : refuse(closed, 'not done: the name differs');
  }
  return stay({ ...ui, mode: { kind: 'ask', question, typed: edited(typed, key) } });
}

interface Pressed {
  readonly key: string;
  readonly context: ActContext;
}

function typeFind(ui: UiState, text: string, { key, context }: Pressed): Step {
  if (key === 'Esc' || key.startsWith('Ctrl+')) return stay({ ...ui, mode: BROWSE });
  if (key === 'Enter') return findFrom({ ...ui, mode: BROWSE, find: text }, { context, direction: 1, offset: 0 });
  return stay({ ...ui, mode: { kind: 'find', text: edited(text, key) } });
}

function turnPage(ui: UiState, mode: Extract<Mode, { kind: 'page' }>, { key, context }: Pressed): Step {
  const to = (top: number): Step => stay({ ...ui, mode: { ...mode, top: Math.max(0, top) } });
  const action = actionOf(key);
  switch (action) {
    case 'down':
      return to(mode.top + 1);
    case 'up':
      return to(mode.top - 1);
    case 'page_down':
      return to(mode.top + context.pageRows);
    case 'page_up':
      return to(mode.top - context.pageRows);
    case 'first':
      return to(0);
    case 'last':
      return to(Number.MAX_SAFE_INTEGER);
    case 'back':
    case 'open':
    case null:
      return stay({ ...ui, mode: BROWSE });
    default: {
      const page = mode.page.kind;
      const isSame = (action === 'help' && page === 'help') || (action === 'statistics' && page === 'statistics');
      return isSame ? stay({ ...ui, mode: BROWSE }) : onPage(ui, mode, { action, context });
    }
  }
}

/** Other keys on a page: those that act do so on what the page shows, those that move leave it. */
function onPage(
  ui: UiState,
  mode: Extract<Mode, { kind: 'page' }>,
  { action, context }: { readonly action: ActionId; readonly context: ActContext },
): Step {
  const actsOnRow = action === 'close' || action === 'approve' || action === 'reject' || action === 'pause_trader';
  if (!actsOnRow) return browse({ ...ui, mode: BROWSE }, action, context);
  if (mode.page.kind !== 'details') return stay(ui);
  const { list, key } = mode.page;
  const { view } = context;
  // Where the thing is gone, nothing that stands in its place is meant.
  const isThere = listingOf(list, { view, ui }, 0).keys.includes(key);
  return isThere ? act(ui, action, { view, key }) : refuse(ui, 'it is not there any more');
}
