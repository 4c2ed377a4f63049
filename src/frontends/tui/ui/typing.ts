import type { Mode } from './state.ts';

export const BROWSE: Mode = { kind: 'browse' };

/** The text after a key was typed into it. */
export function edited(text: string, key: string): string {
  if (key === 'Backspace') return [...text].slice(0, -1).join('');
  if (key === 'Space') return `${text} `;
  return [...key].length === 1 ? text + key : text;
}
