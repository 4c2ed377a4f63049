import { KEYMAP } from '../keys/keymap.ts';
import type { DeskView } from '../desk/view.ts';
import { waitingLine } from '../desk/waiting.ts';
import type { Line, Span } from '../style/line.ts';
import { span } from '../style/line.ts';
import { fitLine, shown, textWidth, wrapText } from '../style/text.ts';
import type { Question } from '../ui/question.ts';
import type { CommandMode, Notice, Page, PanelId, UiState } from '../ui/state.ts';

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

/** What is shown however narrow the screen is. */
const NEEDED_EVERYWHERE: readonly string[] = ['help', 'KILL', 'quit', 'command'];

function browseKeys(panel: PanelId): KeyWords {
  const common = KEYMAP.flatMap(({ keys, footer }) => (footer === undefined ? [] : [[keys[0] ?? '', footer] as const]));
  const needed = common.filter(([, says]) => NEEDED_EVERYWHERE.includes(says));
  const others = common.filter((each) => !needed.includes(each));
  return [['1-7', 'go'], ...needed, ...(PANEL_KEYS[panel] ?? []), ...others];
}

function pageKeys(panel: PanelId, page: Page): KeyWords {
  const acting = page.kind === 'details' ? (PANEL_KEYS[panel] ?? []) : [];
  return [['Esc', 'back'], ['j k PgDn PgUp', 'scroll'], ...acting.filter(([key]) => key !== '[ ]'), ['?', 'help']];
}

const MOST_QUESTION_LINES = 4;

function questionLines({ text, isDangerous, answer }: Question, typed: string, width: number): Line[] {
  const tone = isDangerous ? 'alarm' : 'warn';
  const lines = wrapText(text, width - 2).slice(0, MOST_QUESTION_LINES);
  // A second Ctrl+C is a yes that nobody needs to be told of.
  const choices = answer.kind === 'words' ? [] : answer.choices.filter(({ key }) => key !== 'Ctrl+C');
  const keys: Line =
    answer.kind === 'words'
      ? [span(` > ${shown(typed)}_`, 'strong'), span('   Esc no', 'dim')]
      : keyCells([...choices.map(({ key, says }) => [key, says] as const), ['any other key', 'no']], width);
  return [...lines.map((line): Line => [span(` ${line} `, tone)]), keys];
}

const MOST_SAID_LINES = 3;

/** What was typed so far, and below it the words that fit. */
function commandLines({ text, offers }: CommandMode, width: number): Line[] {
  const typed: Line = [span(` :${shown(text)}_`, 'strong'), ...(text === '' ? [span('   help', 'dim')] : [])];
  const keys: KeyWords = [
    ['Enter', 'do it'],
    ['Tab', 'complete'],
    ['Up', 'earlier'],
    ['Esc', 'no'],
  ];
  const below: Line =
    offers.length === 0 ? keyCells(keys, width) : [span(` ${offers.map(shown).join('  ')}`, 'accent')];
  return [typed, below];
}

function upperLines({ view, ui, said }: FooterScene, width: number): Line[] {
  const { mode } = ui;
  if (mode.kind === 'find') return [[span(` /${shown(mode.text)}_`, 'strong'), span('   Enter find · Esc no', 'dim')]];
  if (said !== null) {
    const lines = wrapText(said.text, width - 1).slice(0, MOST_SAID_LINES);
    return lines.map((line): Line => [span(` ${line}`, said.tone)]);
  }
  return [[span(' '), ...(view.story.length > 0 ? view.story : waitingLine(view))]];
}

interface FooterScene {
  readonly view: DeskView;
  readonly ui: UiState;
  readonly said: Notice | null;
}

/** What stands below the panels: a question, or the story or the last answer, and the keys. */
export function footerLines(scene: FooterScene, width: number): Line[] {
  const { mode, panel } = scene.ui;
  if (mode.kind === 'ask') {
    return questionLines(mode.question, mode.typed, width).map((line) => fitLine(line, width));
  }
  if (mode.kind === 'command') return commandLines(mode, width).map((line) => fitLine(line, width));
  const keys = mode.kind === 'page' ? pageKeys(panel, mode.page) : browseKeys(panel);
  return [...upperLines(scene, width), keyCells(keys, width)].map((line) => fitLine(line, width));
}
