import { KEYMAP } from '../keys/keymap.ts';
import type { DeskView } from '../desk/view.ts';
import type { Line, Span } from '../style/line.ts';
import { span } from '../style/line.ts';
import { fitLine, shown, textWidth, wrapText } from '../style/text.ts';
import type { Question } from '../ui/question.ts';
import type { Notice, Page, PanelId, UiState } from '../ui/state.ts';

/** Keys by their names, and what they do in a word. */
type KeyWords = readonly (readonly [string, string])[];

/** The keys that only this panel has. */
const PANEL_KEYS: Readonly<Partial<Record<PanelId, KeyWords>>> = {
  traders: [['p', 'pause trader']],
  signals: [
    ['a', 'approve'],
    ['x', 'reject'],
  ],
  positions: [
    ['c', 'close'],
    ['[ ]', 'tabs'],
  ],
};

function keyCells(keys: KeyWords, width: number): Line {
  const cells: Span[] = [];
  let used = 0;
  for (const [key, says] of keys) {
    used += textWidth(key) + textWidth(says) + 3;
    if (used > width) break;
    cells.push(span(` ${key}`, 'accent'), span(` ${says} `, 'dim'));
  }
  return cells;
}

function browseKeys(panel: PanelId): KeyWords {
  const common = KEYMAP.flatMap(({ keys, footer }) => (footer === undefined ? [] : [[keys[0] ?? '', footer] as const]));
  const last = common.filter(([, says]) => says === 'quit' || says === 'help' || says === 'KILL');
  const others = common.filter((each) => !last.includes(each));
  return [['1-7', 'go'], ...last, ...(PANEL_KEYS[panel] ?? []), ...others];
}

function pageKeys(panel: PanelId, page: Page): KeyWords {
  const acting = page.kind === 'details' ? (PANEL_KEYS[panel] ?? []) : [];
  return [['Esc', 'back'], ['j k PgDn PgUp', 'scroll'], ...acting.filter(([key]) => key !== '[ ]'), ['?', 'help']];
}

const MOST_QUESTION_LINES = 4;

function questionLines({ text, isDangerous, answer }: Question, typed: string, width: number): Line[] {
  const tone = isDangerous ? 'alarm' : 'warn';
  const lines = wrapText(text, width - 2).slice(0, MOST_QUESTION_LINES);
  const keys: Line =
    answer.kind === 'words'
      ? [span(` > ${shown(typed)}_`, 'strong'), span('   Esc no', 'dim')]
      : keyCells([...answer.choices.map(({ key, says }) => [key, says] as const), ['any other key', 'no']], width);
  return [...lines.map((line): Line => [span(` ${line} `, tone)]), keys];
}

/** What stands below the panels: a question, or the story or the last answer, and the keys. */
export function footerLines(
  { view, ui, said }: { readonly view: DeskView; readonly ui: UiState; readonly said: Notice | null },
  width: number,
): Line[] {
  const { mode } = ui;
  if (mode.kind === 'ask') {
    return questionLines(mode.question, mode.typed, width).map((line) => fitLine(line, width));
  }
  const story: Line = said === null ? [span(' '), ...view.story] : [span(` ${said.text}`, said.tone)];
  const upper: Line =
    mode.kind === 'find' ? [span(` /${shown(mode.text)}_`, 'strong'), span('   Enter find · Esc no', 'dim')] : story;
  const keys = mode.kind === 'page' ? pageKeys(ui.panel, mode.page) : browseKeys(ui.panel);
  return [upper, keyCells(keys, width)].map((line) => fitLine(line, width));
}
