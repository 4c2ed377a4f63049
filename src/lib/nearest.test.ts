import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { nearest } from './nearest.ts';

const VERBS = ['status', 'signals', 'orders', 'positions', 'pause', 'resume', 'kill', 'trader', 'trades'];

describe('the nearest words', () => {
  it('are those that a slip of the keys turns into the typed one, nearest first', () => {
    expect(nearest('postions', VERBS)).toEqual(['positions']);
    expect(nearest('trade', VERBS)).toEqual(['trader', 'trades']);
    expect(nearest('puase', VERBS)).toEqual(['pause']);
  });

  it('are those that begin as typed', () => {
    expect(nearest('sig', VERBS)).toEqual(['signals']);
  });

  it('are none when nothing comes near', () => {
    expect(nearest('withdraw', VERBS)).toEqual([]);
    expect(nearest('', VERBS)).toEqual([]);
  });

  it('are found whatever the letter case, and given as they are written', () => {
    expect(nearest('BTCUSD', ['btcusdt', 'ETHUSDT'])).toEqual(['btcusdt']);
  });

  it('are at most as many as asked for', () => {
    expect(nearest('tradex', VERBS, 1)).toEqual(['trader']);
  });

  it('hold the word itself first when it is among the candidates', () => {
    const word = fc.string({ unit: fc.constantFrom('a', 'b', 'c'), minLength: 1, maxLength: 8 });
    fc.assert(
      fc.property(word, fc.array(word, { maxLength: 5 }), (typed, others) => {
        const rivals = others.filter((other) => !other.startsWith(typed));
        expect(nearest(typed, [...rivals, typed])[0]).toBe(typed);
      }),
    );
  });

  it('lie within two edits, or a third of a longer word', () => {
    const word = fc.string({ unit: fc.constantFrom(...'abcdefgh'), minLength: 6, maxLength: 12 });
    const drop = (text: string, at: number): string =>
      text.slice(0, at % text.length) + text.slice((at % text.length) + 1);
    fc.assert(
      fc.property(word, fc.nat(), fc.nat(), (known, first, second) => {
        expect(nearest(drop(drop(known, first), second), [known])).toEqual([known]);
        expect(nearest(known, [drop(drop(known, first), second)])).toHaveLength(1);
        expect(nearest(`${known}zzzzzzzz`, [known])).toEqual([]);
      }),
    );
  });
});
