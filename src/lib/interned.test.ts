import * as fc from 'fast-check';
import { expect, it } from 'vitest';

import { interned } from './interned.ts';

it('gives every text back as it is', () => {
  fc.assert(
    fc.property(fc.oneof(fc.string(), fc.constantFrom('__proto__', 'constructor', '0', '')), (text) => {
      expect(interned(text)).toBe(text);
    }),
  );
});
