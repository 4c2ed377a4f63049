import fc from 'fast-check';

import { asId } from '../../domain/ids.ts';

/** One value of the arbitrary, always the same, with `fields` in place of its own. */
export function example<Value extends object>(arbitrary: fc.Arbitrary<Value>, fields: Partial<Value> = {}): Value {
  const [value] = fc.sample(arbitrary, { seed: 1, numRuns: 1 });
  if (value === undefined) throw new Error('the arbitrary gives no value');
  return { ...value, ...fields };
}

/** The id with this number, of the id source's form: ids sort as their numbers do. */
export function idAt<Id extends ReturnType<typeof asId>>(number: number): Id {
  return asId<Id>(String(number).padStart(24, '0'));
}
