import { loadCcxtVenue } from '../../src/modes/assets.ts';

/** What the adapter hangs on an instance of the library: without it the instance is as it was made. */
const HOOKS = ['nonce', 'sign', 'undiciRequest', 'handleErrors', 'fetch'] as const;

type Instance = Record<string, unknown>;

/** The library's class of the exchange, for one of two programs that run at once. */
export type VenueSeats = (seat: 0 | 1) => unknown;

/**
 * The library's class of the exchange. Making an instance takes it 30 to 50 ms, mostly to write out its methods, which is
 * longer than a simulated minute: the one instance of a seat is given out anew to each program that is started there, as
 * only one runs at a time and a dead one hears of no answer.
 */
export async function simulationVenueClass(): Promise<VenueSeats> {
  const Venue = (await loadCcxtVenue('binance')) as new (config: Instance) => Instance;
  const made: (Instance | undefined)[] = [];
  return (seat) =>
    function venue(config: Instance): Instance {
      const instance = (made[seat] ??= new Venue(config));
      for (const hook of HOOKS) delete instance[hook];
      return instance;
    };
}
