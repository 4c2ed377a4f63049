import type { Key } from 'ink';

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

/** The keys of one message of the terminal by the names of the keymap; several when they came faster than they are read. */
export function keyNames(input: string, key: Key): readonly string[] {
  if (key.eventType === 'release') return [];
  if (key.tab) return [key.shift ? 'Shift+Tab' : 'Tab'];
  const special = SPECIAL.find(([name]) => key[name] === true);
  if (special !== undefined) return [special[1]];
  if (key.ctrl) return input === '' ? [] : [`Ctrl+${input.toUpperCase()}`];
  if (key.meta) return [];
  return [...input].map((character) => (character === ' ' ? 'Space' : character));
}
