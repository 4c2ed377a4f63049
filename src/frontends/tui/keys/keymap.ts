/** What a key asks of the screen. */
export type ActionId =
  | `panel_${1 | 2 | 3 | 4 | 5 | 6 | 7}`
  | 'next_panel'
  | 'previous_panel'
  | 'up'
  | 'down'
  | 'page_up'
  | 'page_down'
  | 'first'
  | 'last'
  | 'previous_tab'
  | 'next_tab'
  | 'open'
  | 'back'
  | 'find'
  | 'find_next'
  | 'find_previous'
  | 'sort'
  | 'sort_reverse'
  | 'pause_trader'
  | 'approve'
  | 'reject'
  | 'close'
  | 'pause_opening'
  | 'kill'
  | 'enlarge'
  | 'statistics'
  | 'help'
  | 'command'
  | 'redraw'
  | 'quit';

export interface Binding {
  readonly action: ActionId;
  /** As they are named on the screen: `j`, `Down`, `Ctrl+K`. */
  readonly keys: readonly string[];
  readonly does: string;
  /** In the footer, and among the first when there is little room. */
  readonly footer?: string;
  readonly group: 'Move' | 'Look' | 'Act' | 'Leave';
}

const PANEL_BINDINGS = (['Markets', 'Traders', 'Signals', 'Positions', 'AI', 'Logs', 'Deploy'] as const).map(
  (name, at): Binding => {
    const number = (at + 1) as 1 | 2 | 3 | 4 | 5 | 6 | 7;
    return { action: `panel_${number}`, keys: [String(number)], does: `go to ${name}`, group: 'Move' };
  },
);

/** Every key of the screen, once: the footer, the help page and docs/keys.md are made of it. */
export const KEYMAP: readonly Binding[] = [
  ...PANEL_BINDINGS,
  { action: 'next_panel', keys: ['Tab'], does: 'go to the next panel', footer: 'panel', group: 'Move' },
  { action: 'previous_panel', keys: ['Shift+Tab'], does: 'go to the panel before', group: 'Move' },
  { action: 'down', keys: ['j', 'Down'], does: 'one row down', group: 'Move' },
  { action: 'up', keys: ['k', 'Up'], does: 'one row up', group: 'Move' },
  { action: 'page_down', keys: ['PgDn'], does: 'one page down', group: 'Move' },
  { action: 'page_up', keys: ['PgUp'], does: 'one page up', group: 'Move' },
  { action: 'first', keys: ['g', 'Home'], does: 'to the first row', group: 'Move' },
  { action: 'last', keys: ['G', 'End'], does: 'to the last row; in Logs: follow again', group: 'Move' },
  { action: 'previous_tab', keys: ['[', 'Left'], does: 'the tab before (Open, Closed, Orders)', group: 'Move' },
  { action: 'next_tab', keys: [']', 'Right'], does: 'the next tab (Open, Closed, Orders)', group: 'Move' },
  { action: 'open', keys: ['Enter'], does: 'details of the chosen row', footer: 'details', group: 'Look' },
  { action: 'back', keys: ['Esc'], does: 'back; answers no to a question', group: 'Look' },
  { action: 'find', keys: ['/'], does: 'find a row by its text', footer: 'find', group: 'Look' },
  { action: 'find_next', keys: ['n'], does: 'the next row found', group: 'Look' },
  { action: 'find_previous', keys: ['N'], does: 'the row found before', group: 'Look' },
  {
    action: 'sort',
    keys: ['s'],
    does: 'sort; while OFFLINE: start the simulated market',
    footer: 'sort',
    group: 'Look',
  },
  { action: 'sort_reverse', keys: ['S'], does: 'turn the order round', group: 'Look' },
  { action: 'enlarge', keys: ['+'], does: 'the panel alone on the screen, and back', footer: 'large', group: 'Look' },
  { action: 'statistics', keys: ['$'], does: 'statistics of the closed trades', footer: 'stats', group: 'Look' },
  { action: 'help', keys: ['?'], does: 'all keys', footer: 'help', group: 'Look' },
  {
    action: 'command',
    keys: [':'],
    does: 'a command, as on the command line (Tab completes)',
    footer: 'command',
    group: 'Act',
  },
  { action: 'redraw', keys: ['Ctrl+L'], does: 'draw the screen anew', group: 'Look' },
  { action: 'pause_trader', keys: ['p', 'Space'], does: 'pause or resume the chosen trader', group: 'Act' },
  { action: 'approve', keys: ['a'], does: 'approve the chosen signal', group: 'Act' },
  { action: 'reject', keys: ['x'], does: 'reject the chosen signal', group: 'Act' },
  {
    action: 'close',
    keys: ['c'],
    does: 'close the position or a part, or cancel the order (asks)',
    group: 'Act',
  },
  { action: 'pause_opening', keys: ['P'], does: 'pause or resume all opening', footer: 'pause', group: 'Act' },
  { action: 'kill', keys: ['Ctrl+K'], does: 'stop opening and close everything (asks)', footer: 'KILL', group: 'Act' },
  {
    action: 'quit',
    keys: ['q', 'Ctrl+C'],
    does: 'quit; asks while positions are open',
    footer: 'quit',
    group: 'Leave',
  },
];

const ACTIONS = new Map(KEYMAP.flatMap(({ keys, action }) => keys.map((key) => [key, action] as const)));

/** What a key asks for, null for one that has no meaning. */
export function actionOf(key: string): ActionId | null {
  return ACTIONS.get(key) ?? null;
}
