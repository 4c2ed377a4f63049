import { Box, createElement as h, memo, Transform, useInput, usePaste } from './drawing.ts';
import type { ReactElement } from './drawing.ts';
import { keyNames } from './keys/press.ts';

/**
 * One row of the screen; drawn again only when it changed. The painted text comes in where ink writes rows, not as text to be
 * laid out: its width is known, and measuring it again and again is most of what a frame would cost.
 */
const Row = memo(function Row({ text }: { readonly text: string }): ReactElement {
  return h(Transform, { transform: () => text, children: ' ' });
});

interface KeyboardProps {
  readonly onKeys: (keys: readonly string[]) => void;
  readonly onPaste: (text: string) => void;
}

/** Takes the keys and the pasted text of the terminal; shows nothing. */
function Keyboard({ onKeys, onPaste }: KeyboardProps): null {
  useInput((input, key) => onKeys(keyNames(input, key)));
  usePaste(onPaste);
  return null;
}

interface ScreenProps extends KeyboardProps {
  /** Painted, from above. */
  readonly rows: readonly string[];
  readonly width: number;
  readonly hasKeyboard: boolean;
}

/** The whole screen: its rows, and the keyboard where there is one. */
export function Screen({ rows, width, hasKeyboard, ...keyboard }: ScreenProps): ReactElement {
  return h(
    Box,
    { flexDirection: 'column', width, height: rows.length },
    hasKeyboard ? h(Keyboard, { key: 'keyboard', ...keyboard }) : null,
    ...rows.map((text, at) => h(Row, { key: at, text })),
  );
}
