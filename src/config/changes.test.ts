import { describe, expect, it } from 'vitest';

import { changesBetween } from './changes.ts';
import { loadConfig } from './load.ts';
import type { LoadedConfig } from './load.ts';

function load(env: Record<string, string>): LoadedConfig {
  const loaded = loadConfig({ readKeys: false, env: { AITRADER_HOME: '/nowhere/aitrader', ...env } });
  if (!loaded.ok) throw new AggregateError(loaded.error);
  return loaded.value;
}

describe('changes of the configuration', () => {
  it('are told apart into those that can be taken over and those that need a restart', () => {
    const before = load({ MAX_OPEN_POSITIONS: '5', PORT: '1000', LOG_LEVEL: 'info' });
    const after = load({ MAX_OPEN_POSITIONS: '6', PORT: '1001', LOG_LEVEL: 'info' });
    expect(changesBetween(before, after)).toEqual({ adjustable: ['MAX_OPEN_POSITIONS'], needRestart: ['PORT'] });
    expect(changesBetween(before, before)).toEqual({ adjustable: [], needRestart: [] });
  });

  it('are seen in secrets of the same length, and in values that came or went', () => {
    const before = load({ WEBHOOK_URL: 'https://a.example/12345678901234567890', AITRADER_TOKEN: 'a'.repeat(20) });
    const after = load({ WEBHOOK_URL: 'https://a.example/12345678901234567891', MEME_SYMBOLS: 'DOGEUSDT' });
    const { adjustable, needRestart } = changesBetween(before, after);
    expect([...adjustable].sort()).toEqual(['MEME_SYMBOLS', 'WEBHOOK_URL']);
    expect(needRestart).toEqual(['AITRADER_TOKEN']);
  });

  it('are values alone: the same value from another place is none', () => {
    expect(changesBetween(load({}), load({ LOG_LEVEL: 'info', PORT: '8080' }))).toEqual({
      adjustable: [],
      needRestart: [],
    });
  });
});
