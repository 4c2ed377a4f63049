import { describe, expect, it } from 'vitest';

import { linkWords } from './link-words.ts';
import type { LinkFacts } from './link-words.ts';

const WELL: LinkFacts = {
  state: { status: 'open', since: 0 },
  isCurrent: true,
  oldForMs: 0,
  measure: { latencyMs: 23.4, skewMs: 12 },
  commandsUnderWay: 0,
  version: { here: '0.1.0', there: '0.1.0' },
  unreadable: 0,
  isInTheClear: false,
};

describe('the words for the connection', () => {
  it('say how fast it is when nothing else is to be said', () => {
    expect(linkWords(WELL)).toBe('link 23 ms');
    expect(linkWords({ ...WELL, measure: null })).toMatch(/^SLOW: no answer/);
  });

  it('say that what is shown is old, for how long and why, before anything else', () => {
    const old = { ...WELL, isCurrent: false, oldForMs: 12_300 };
    expect(linkWords({ ...old, state: { status: 'waiting', cause: 'reset\u001b', retryAt: 0 } })).toBe(
      'OLD by 12 s: NO CONNECTION (reset\\u001b)',
    );
    expect(linkWords({ ...old, state: { status: 'connecting', attempt: 3 } })).toBe('OLD by 12 s: connecting, try 3');
    expect(linkWords(old)).toBe('OLD by 12 s: catching up');
    expect(linkWords({ ...old, state: { status: 'closed', cause: 'wrong token' } })).toMatch(/DISCONNECTED/);
  });

  it('name a clock that is off, another version, and what cannot be read or is not private', () => {
    expect(linkWords({ ...WELL, measure: { latencyMs: 1, skewMs: -3_200 } })).toMatch(/^its clock is 3\.2 s behind/);
    expect(linkWords({ ...WELL, measure: { latencyMs: 1, skewMs: 90_000 } })).toMatch(/^its clock is 90 s ahead/);
    expect(linkWords({ ...WELL, version: { here: '0.1.0', there: '0.2.0' } })).toMatch(
      /daemon 0\.2\.0, monitor 0\.1\.0/,
    );
    const words = linkWords({ ...WELL, unreadable: 2, isInTheClear: true, commandsUnderWay: 1 });
    expect(words).toMatch(/^1 command without an answer yet · 2 things .* in the clear · link 23 ms$/);
  });
});
