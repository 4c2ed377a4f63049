import { describe, expect, it } from 'vitest';

import { helpLines } from '../pages/help.ts';
import { keysDocument } from './keys-document.ts';
import { actionOf, KEYMAP } from './keymap.ts';

describe('the keymap', () => {
  it('gives each key one meaning', () => {
    const keys = KEYMAP.flatMap((binding) => binding.keys);
    expect(new Set(keys).size).toBe(keys.length);
    for (const { keys: names, action } of KEYMAP) for (const key of names) expect(actionOf(key)).toBe(action);
    expect(actionOf('z')).toBeNull();
  });

  it('makes the help page and the document: all keys are in both', () => {
    const help = helpLines().map((line) => line.map(({ text }) => text).join(''));
    for (const { keys, does } of KEYMAP) {
      expect(keysDocument()).toContain(`| ${keys.map((key) => `\`${key}\``).join(', ')} | ${does} |`);
      const row = help.find((line) => line.trim().startsWith(`${keys.join(' ')} `));
      expect(row?.trim().endsWith(does), `${does} is not cut`).toBe(true);
    }
  });
});
