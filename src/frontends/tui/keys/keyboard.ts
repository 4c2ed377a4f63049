import { useInput, usePaste } from '../ink.ts';
import { keyNames } from './press.ts';

interface KeyboardProps {
  /** The keys of one message of the terminal, by the names of the keymap. */
  readonly onKeys: (keys: readonly string[]) => void;
  readonly onPaste: (text: string) => void;
}

/** Takes the keys and the pasted text of the terminal; shows nothing. */
export function Keyboard({ onKeys, onPaste }: KeyboardProps): null {
  useInput((input, key) => onKeys(keyNames(input, key)));
  usePaste(onPaste);
  return null;
}
