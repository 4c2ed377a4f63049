import type { Schedule } from '../../../../domain/filter.ts';
import { finite } from '../json-codec.ts';
import type { Codec } from '../json-codec.ts';

/** `"close"`, or the milliseconds between checks. */
export const schedule: Codec<Schedule> = {
  encode: (given) => (given.kind === 'close' ? 'close' : given.everyMs),
  decode: (json) => (json === 'close' ? { kind: 'close' } : { kind: 'every', everyMs: finite.decode(json) }),
};
