import type { Chance } from '../../../ports/chance.ts';

/** The runtime's own randomness. Not for secrets. */
export const systemChance: Chance = { next: () => Math.random() };
