import type { CommandMode, UiState } from './state.ts';
import { stay } from './step.ts';
import type { Step } from './step.ts';
import { BROWSE, edited } from './typing.ts';

const MOST_LINES = 100;

export function openCommandLine(ui: UiState): Step {
  return typed(ui, '');
}

function typed(ui: UiState, text: string, back = 0): Step {
  return stay({ ...ui, mode: { kind: 'command', text, back, offers: [] } });
}

/** A key while a command is being typed. */
export function typeCommand(ui: UiState, mode: CommandMode, key: string): Step {
  switch (key) {
    case 'Enter':
      return enter(ui, mode.text.trim());
    case 'Tab':
      return { ui, deed: { kind: 'complete', text: mode.text } };
    case 'Up':
      return recall(ui, mode, 1);
    case 'Down':
      return recall(ui, mode, -1);
    case 'Ctrl+U':
      return typed(ui, '');
    case 'Ctrl+W':
      return typed(ui, mode.text.replace(/\S*\s*$/, ''));
    default:
      break;
  }
  const isLeft = key === 'Esc' || key.startsWith('Ctrl+') || (key === 'Backspace' && mode.text === '');
  return isLeft ? stay({ ...ui, mode: BROWSE }) : typed(ui, edited(mode.text, key));
}

function enter(ui: UiState, line: string): Step {
  const closed: UiState = { ...ui, mode: BROWSE };
  if (line === '') return stay(closed);
  const others = ui.history.filter((each) => each !== line);
  return { ui: { ...closed, history: [...others, line].slice(-MOST_LINES) }, deed: { kind: 'read', line } };
}

/** The line before or after in the history; past the latest one an empty line. */
function recall(ui: UiState, mode: CommandMode, by: 1 | -1): Step {
  const back = mode.back + by;
  if (back < 0) return stay(ui);
  if (back === 0) return typed(ui, '');
  const line = ui.history.at(-back);
  return line === undefined ? stay(ui) : typed(ui, line, back);
}

/** What all of the words begin with, letter case aside. */
function commonStart(words: readonly string[]): string {
  const [first = ''] = words;
  let length = first.length;
  for (const word of words) {
    while (!word.toLowerCase().startsWith(first.slice(0, length).toLowerCase())) length -= 1;
  }
  return first.slice(0, length);
}

/** A word with blanks is one word in quotes. */
function quoted(word: string): string {
  return /[\s"]/.test(word) ? `"${word.replaceAll('"', '')}"` : word;
}

/** The text with its last word completed by those that fit: as far as they agree, and the rest for choosing. */
export function completed(mode: CommandMode, fitting: readonly string[]): CommandMode {
  if (fitting.length === 0) return { ...mode, offers: [] };
  const before = mode.text.replace(/(?:"[^"]*|\S*)$/, '');
  const [only] = fitting;
  if (fitting.length === 1 && only !== undefined) return { ...mode, text: `${before}${quoted(only)} `, offers: [] };
  return { ...mode, text: before + commonStart(fitting), offers: fitting };
}
