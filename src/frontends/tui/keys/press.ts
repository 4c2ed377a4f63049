import type { Key } from '../ink.ts';

type SpecialKey = Exclude<keyof Key, 'eventType'>;

const SPECIAL: readonly (readonly [SpecialKey, string])[] = [
  ['upArrow', 'Up'],
  ['downArrow', 'Down'],
  ['leftArrow', 'Left'],
  ['rightArrow', 'Right'],
  ['pageDown', 'PgDn'],
  ['pageUp', 'PgUp'],
  ['home', 'Home'],
  ['end', 'End'],
  ['return', 'Enter'],
  ['escape', 'Esc'],
  ['backspace', 'Backspace'],
  ['delete', 'Backspace'],
];

/** Keys that came faster than they are read arrive in one text, the special ones among them as control characters. */
const CHARACTERS: Readonly<Record<string, string>> = {
  ' ': 'Space',
  '\r': 'Enter',
  '\n': 'Enter',
  '\t': 'Tab',
  '\b': 'Backspace',
  '\u007f': 'Backspace',
};

/** What Ctrl and a letter send is the letter's code without its upper bits. */
const LETTERS = 0x40;

function keyName(character: string): string {
  const code = character.codePointAt(0) ?? 0;
  return CHARACTERS[character] ?? (code < 0x20 ? `Ctrl+${String.fromCharCode(code + LETTERS)}` : character);
}

/** The keys of one message of the terminal by the names of the keymap; several when they came faster than they are read. */
export function keyNames(input: string, key: Key): readonly string[] {
  if (key.eventType === 'release') return [];
  if (key.tab) return [key.shift ? 'Shift+Tab' : 'Tab'];
  const special = SPECIAL.find(([name]) => key[name] === true);
  if (special !== undefined) return [special[1]];
  if (key.ctrl) return input === '' ? [] : [`Ctrl+${input.toUpperCase()}`];
  if (key.meta) return [];
  return [...input].map(keyName);
}
