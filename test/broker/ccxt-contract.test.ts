import { describeBrokerContract } from '../../src/testkit/broker-suite.ts';
import { harnessOf, openVenue } from './venue.ts';

for (const market of ['spot', 'futures'] as const) {
  describeBrokerContract(`the live broker on ${market}`, async () => harnessOf(await openVenue({ market })));
}
