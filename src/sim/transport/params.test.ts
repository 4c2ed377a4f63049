import { describe, expect, it } from 'vitest';

import { VenueError } from '../venue-error.ts';
import { Params } from './params.ts';

function codeOf(action: () => unknown): number {
  try {
    action();
  } catch (failure) {
    if (failure instanceof VenueError) return failure.code;
    throw failure;
  }
  throw new Error('nothing was refused');
}

describe('request parameters', () => {
  const params = Params.fromForm('symbol=BTCUSDT&limit=5&empty=', 'symbol=ETHUSDT&price=1.50&list=%5B%22A%22%5D');

  it('are taken from query and body, the query first', () => {
    expect(params.text('symbol')).toBe('BTCUSDT');
    expect(params.decimal('price').toFixed()).toBe('1.5');
    expect(params.integer('limit')).toBe(5);
    expect(params.optionalList('list')).toEqual(['A']);
  });

  it('are refused with -1102 when missing or empty', () => {
    expect(codeOf(() => params.text('side'))).toBe(-1102);
    expect(codeOf(() => params.text('empty'))).toBe(-1102);
    expect(codeOf(() => params.integer('side'))).toBe(-1102);
    expect(codeOf(() => params.decimal('side'))).toBe(-1102);
  });

  it('are refused with -1100 for characters that the venue does not take', () => {
    const bad = Params.fromForm('price=1e5&limit=-1&quantity=1,5', '');
    for (const name of ['price', 'quantity']) expect(codeOf(() => bad.decimal(name))).toBe(-1100);
    expect(codeOf(() => bad.integer('limit'))).toBe(-1100);
  });

  it('of a WebSocket message count numbers and booleans as their text', () => {
    const message = Params.fromJson({ price: 1.5, flag: true, none: null });
    expect(message.decimal('price').toFixed()).toBe('1.5');
    expect(message.flag('flag')).toBe(true);
    expect(message.has('none')).toBe(false);
  });

  it('caps a limit that is too large and refuses one below 1', () => {
    expect(Params.fromForm('limit=9999', '').limit('limit', { fallback: 500, max: 1_000 })).toBe(1_000);
    expect(params.limit('other', { fallback: 500, max: 1_000 })).toBe(500);
    expect(codeOf(() => Params.fromForm('limit=0', '').limit('limit', { fallback: 1, max: 2 }))).toBe(-1130);
  });
});
