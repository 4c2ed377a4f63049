import { inspect } from 'node:util';
import { describe, expect, it } from 'vitest';
import { Secret } from './secret.ts';

describe('Secret', () => {
  const secret = new Secret('correct horse');

  it('gives its text only when asked for it by name', () => {
    expect(secret.reveal()).toBe('correct horse');
  });

  it('shows nothing however it is printed', () => {
    const prints = [
      String(secret),
      JSON.stringify({ secret }),
      inspect(secret, { showHidden: true, depth: 9 }),
      inspect({ nested: [secret] }, { depth: 9 }),
      JSON.stringify({ ...secret }),
      Object.keys(secret).join(),
    ];
    for (const print of prints) expect(print).not.toContain('correct');
  });
});
