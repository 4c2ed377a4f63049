import { describe, expect, it } from 'vitest';

import type { FilterMeta } from '../../../../domain/filter.ts';
import type { Finding } from '../finding.ts';
import { findInText } from './find-in-text.ts';
import { readSyntax } from './syntax.ts';

const META: FilterMeta = {
  name: 'test',
  description: '',
  timeframes: ['5m'],
  schedule: { kind: 'close' },
  lookback: 250,
  references: [],
  sides: ['long', 'short'],
  top: null,
  params: { n: { default: 14, min: null, max: null, step: null, about: '' } },
  exits: { stopLoss: null, takeProfit: [], trailing: null, breakEven: null, maxHoldMs: null },
};

/** What is found in a filter with this body of `check` on line 2. */
function findingsIn(body: string): Finding[] {
  const tree = readSyntax(`export function check({ close, high, candles, params }) {\n${body}\n}\n`);
  return 'code' in tree ? [tree] : findInText(tree, META);
}

function codesOf(body: string): string[] {
  return findingsIn(body).map(({ line, code }) => `${line}:${code}`);
}

describe('what the text of a filter shows', () => {
  it.each([
    ['close > 3 ? null : null', '2:column-as-number'],
    ['ta.rsi(close, 14) < 30', '2:column-as-number'],
    ['const { upper: top } = ta.bollinger(close, 20); -top', '2:column-as-number'],
    ["const set = candles['5m']; set.volume * 2", '2:column-as-number'],
    ["const r = plot('RSI', ta.rsi(close, 14)); r + 1", '2:column-as-number'],
    ['const [fast, slow] = [ta.ema(close, 5), ta.ema(close, 9)]; fast > slow', '2:column-as-number'],
    ['Math.max(close, 5)', '2:column-as-number'],
    ['close[-1]', '2:negative-index'],
    ['close[0] = 1', '2:column-write'],
    ['high.sort()', '2:column-write'],
    ['ta.rsii(close, 14)', '2:unknown-name'],
    ['params.period', '2:unknown-name'],
    ["candles['1h']", '2:unknown-name'],
    ['whatever(1)', '2:undeclared'],
    ['rsi(close, 14)', '2:undeclared'],
    ['count += 1', '2:undeclared'],
    ["eval('1')", '2:forbidden'],
    ["new Function('1')", '2:forbidden'],
    ['Date.now()', '2:forbidden'],
    ['new Date()', '2:forbidden'],
    ["Math['random']()", '2:forbidden'],
    ['console.log(1)', '2:forbidden'],
    ["import('fs')", '2:forbidden'],
    ['import.meta.url', '2:forbidden'],
    ['const f = async () => 1;', '2:forbidden'],
    ['function* g() {}', '2:forbidden'],
    ['setTimeout(check)', '2:forbidden'],
  ])('%s is %s', (body, expected) => {
    expect(codesOf(body)).toContain(expected);
  });

  it.each([
    ['new Date(ta.last(close)).getTime()'],
    ['ta.last(close) > 3'],
    ['const own = ta.rsi(close, 14); own[0] = 1;'],
    ['const list = [3, 1]; list[0] = 2; list.sort(); list[list.length - 1] * 2'],
    ['[...close].sort()'],
    ['const close2 = ta.last(close); if (close2 > 1) return null;'],
    ['const Math = { random: () => 1 }; Math.random()'],
    ['`${close.length}` + close.length'],
    ['for (const value of close) if (value > 1e9) return null;'],
  ])('%s is fine', (body) => {
    expect(codesOf(`${body}; return null;`)).toEqual([]);
  });

  it('is told with what is wrong and how to mend it', () => {
    const [finding] = findingsIn('if (ta.rsi(close, 14) < 30) return null;');
    expect(finding).toEqual({
      line: 2,
      column: 5,
      code: 'column-as-number',
      message: 'the column ta.rsi(close, 14) is used as a number',
      fix: 'Take one value: ta.last(ta.rsi(close, 14)), or ta.last(ta.rsi(close, 14), 1) for the one before.',
    });
  });
});
