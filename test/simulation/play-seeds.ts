import { expect } from 'vitest';

import { Episode } from './episode.ts';
import { simulationVenueClass } from './venue-class.ts';

/** Plays seeds one after the other, and fails with what was violated and how to see it happen. */
export async function playSeeds(first: number, count: number): Promise<void> {
  const venueClass = await simulationVenueClass();
  const failures: string[] = [];
  for (let seed = first; seed < first + count; seed += 1) {
    const { violations } = await new Episode({ seed, venueClass }).play();
    const [violation] = violations;
    if (violation !== undefined) failures.push(`make simulate SEED=${seed}: ${violation.rule}: ${violation.what}`);
  }
  expect(failures).toEqual([]);
}
