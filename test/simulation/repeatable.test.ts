import { expect, it } from 'vitest';

import { Episode } from './episode.ts';
import { simulationVenueClass } from './venue-class.ts';

const venueClass = await simulationVenueClass();

it.each([2, 3, 4, 7])(
  'seed %i gives the same audit log and the same requests each time',
  { timeout: 60_000 },
  async (seed) => {
    const runs = [];
    for (let time = 0; time < 2; time += 1) {
      const episode = new Episode({ seed, venueClass });
      const { digest } = await episode.play();
      runs.push({ digest, log: episode.world.auditLog() });
    }
    const [one, other] = runs;
    expect(one?.log.length).toBeGreaterThan(1_000);
    expect(other?.log).toBe(one?.log);
    expect(other?.digest).toBe(one?.digest);
  },
);

it('another seed gives another life', async () => {
  const digests = [];
  for (const seed of [11, 12]) digests.push((await new Episode({ seed, venueClass, minutes: 2 }).play()).digest);
  expect(new Set(digests).size).toBe(2);
});
