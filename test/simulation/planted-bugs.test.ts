import { expect, it } from 'vitest';

import { Episode } from './episode.ts';
import { MINUTES, PLANTED_BUGS } from './planted-bugs.ts';
import { simulationVenueClass } from './venue-class.ts';

/** Not every episode gives a bug its chance: some show only where a life goes on undisturbed for minutes. */
const SEEDS = 100;
const venueClass = await simulationVenueClass();

it.each(PLANTED_BUGS)('it is found when $name', { timeout: 120_000 }, async (bug) => {
  const { spoil, breaks, strains = [], minutes = MINUTES } = bug;
  for (let seed = 1; seed <= SEEDS; seed += 1) {
    const { violations } = await new Episode({ seed, venueClass, spoil, strains, minutes }).play();
    const [first] = violations;
    if (first === undefined) continue;
    expect(breaks).toContain(first.rule);
    return;
  }
  expect.unreachable(`${SEEDS} seeds have not found it`);
});
