import { randomInt } from 'node:crypto';
import { createSortableIds } from '../../../lib/sortable-id.ts';
import type { IdSource } from '../../../ports/chance.ts';
import type { Clock } from '../../../ports/clock.ts';

const WORD = 2 ** 32;

/**
 * Ids of `clock`'s time and the operating system's randomness, so that the processes of many machines do not meet.
 */
export function createSystemIds(clock: Clock): IdSource {
  return createSortableIds({ now: () => clock.now(), random: () => randomInt(WORD) / WORD });
}
