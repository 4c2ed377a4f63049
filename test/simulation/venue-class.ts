import { loadCcxtVenue } from '../../src/modes/assets.ts';

/** What the adapter hangs on an instance of the library: without it the instance is as it was made. */
const HOOKS = ['nonce', 'sign', 'undiciRequest', 'handleErrors', 'fetch'] as const;

type Instance = Record<string, unknown>;

/**
 * The library's class of the exchange. Making an instance takes it 30 to 50 ms, mostly to write out its methods, which is
 * longer than a simulated minute: the one instance of this process is given out anew to each program that is started, as
 * only one runs at a time and a dead one hears of no answer.
 */
export async function simulationVenueClass(): Promise<unknown> {
  const Venue = (await loadCcxtVenue('binance')) as new (config: Instance) => Instance;
  let made: Instance | null = null;
  return function venue(config: Instance): Instance {
    if (made === null) made = new Venue(config);
    for (const hook of HOOKS) delete made[hook];
    return made;
  };
}
