import { describe, expect, it } from 'vitest';
import { assertNever } from './assert-never.ts';

describe('assertNever', () => {
  it('names a value that an older or newer version put into a union', () => {
    const fromTheFuture = { type: 'teleported' } as unknown as never;
    expect(() => assertNever(fromTheFuture)).toThrow('{"type":"teleported"}');
  });
});
