import { describe, expect, it } from 'vitest';
import { asId } from './ids.ts';

describe('ids', () => {
  it('are never empty', () => {
    expect(() => asId('')).toThrow(RangeError);
    expect(asId('x')).toBe('x');
  });
});
