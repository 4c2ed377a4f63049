import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';

import { ta } from '../../src/analysis/indicators/index.ts';
import { judgeFilter } from '../../src/modes/cli/filter/judge.ts';
import { template } from '../../src/modes/cli/filter/template.ts';

const GUIDE = readFileSync(join(import.meta.dirname, '../../docs/filters.md'), 'utf8');
const examples = [...GUIDE.matchAll(/```js\n([\s\S]*?)```/g)].map(([, source = '']) => source);
/** Pine's spellings: the guide names each function once. */
const ALIASES = ['bb', 'kc', 'stoch', 'wpr', 'stdev', 'sar', 'dmi'];

describe('the guide to filters', () => {
  it('names every function of ta', () => {
    for (const name of Object.keys(ta)) if (!ALIASES.includes(name)) expect(GUIDE).toMatch(new RegExp(`\\b${name}\\b`));
  });

  it('has several examples', () => {
    expect(examples.length).toBeGreaterThanOrEqual(4);
  });

  it.each([...examples, template('mine')])(
    'gives examples in which filter check finds nothing wrong (%#)',
    async (source) => {
      expect((await judgeFilter(source)).findings).toEqual([]);
    },
  );
});
