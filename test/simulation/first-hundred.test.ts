import { it } from 'vitest';

import { playSeeds } from './play-seeds.ts';

/** Two files, as each has a process of its own. */
it.each([1, 26, 51, 76])(
  'the rules hold whatever happens, 25 seeds from %i on',
  { timeout: 180_000 },
  async (first) => {
    await playSeeds(first, 25);
  },
);
