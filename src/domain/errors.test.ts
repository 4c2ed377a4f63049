import { describe, expect, it } from 'vitest';
import { AitraderError, describeFailure, errorCatalogue } from './errors.ts';
import type { ErrorArguments } from './errors.ts';

const placeholders = (text: string): string[] => [...text.matchAll(/\{(.*?)\}/g)].map(([, name]) => name ?? '');

describe('the error catalogue', () => {
  it('gives every code a message, a hint and somebody who can mend it', () => {
    for (const { code, message, hint, fault } of errorCatalogue()) {
      expect(code).toMatch(/^[A-Z]+(_[A-Z]+)*$/);
      expect(message.trim(), code).not.toBe('');
      expect(hint.trim(), code).not.toBe('');
      expect(['user', 'system'], code).toContain(fault);
    }
  });

  it('names in every text what is particular about the case, by plain names', () => {
    for (const { code, message, hint } of errorCatalogue()) {
      const names = [...placeholders(message), ...placeholders(hint)];
      for (const name of names) expect(name, code).toMatch(/^[a-z]+([A-Z][a-z]+)*$/);
      expect(names.length, code).toBeGreaterThan(0);
    }
  });

  it('fills every placeholder of message and hint', () => {
    for (const { code, message, hint } of errorCatalogue()) {
      const names = [...placeholders(message), ...placeholders(hint)];
      const context = Object.fromEntries(names.map((name) => [name, `<${name}>`]));
      const error = new AitraderError(...([code, context] as unknown as ErrorArguments));
      for (const name of placeholders(message)) expect(error.message).toContain(`<${name}>`);
      expect(error.message + error.hint).not.toMatch(/[{}]/);
    }
  });
});

describe('an error', () => {
  it('says its code, what was given, what to do and what caused it', () => {
    const cause = new Error('deeper');
    const error = new AitraderError(
      'PRICE_OFF_TICK',
      { symbol: 'BTCUSDT', given: '1.005', allowed: '0.01' },
      { cause },
    );
    expect(error).toMatchObject({
      name: 'AitraderError',
      code: 'PRICE_OFF_TICK',
      fault: 'user',
      message: 'BTCUSDT: the price 1.005 is no multiple of the tick 0.01',
      hint: 'Round the price to the tick.',
      cause,
    });
  });

  it('does not compile without a value that its text names', () => {
    // @ts-expect-error `allowed` is missing
    expect(new AitraderError('PRICE_OFF_TICK', { symbol: 'BTCUSDT', given: '1.005' }).message).toContain('{allowed}');
  });

  it('never fills what a value says of itself', () => {
    expect(new AitraderError('USAGE', { problem: 'no flag {hint}', hint: 'x' }).message).toBe('no flag {hint}');
  });

  it('of any kind is described in its own words', () => {
    expect(describeFailure(new RangeError('too far'))).toBe('too far');
    expect(describeFailure('thrown text')).toBe('thrown text');
    expect(describeFailure(undefined)).toBe('undefined');
  });
});
