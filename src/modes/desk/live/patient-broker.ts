import type { OtherInstancesTerms } from './other-instances.ts';
import type { PreparedBroker } from './prepared-broker.ts';
import type { StartPatience } from './start-patience.ts';

/** What is looked at for company, asked with patience. */
export function patientBroker(broker: PreparedBroker, patience: StartPatience): OtherInstancesTerms['broker'] {
  return {
    account: broker.account,
    ownerOf: broker.ownerOf,
    snapshot: () => patience.ask('orders, positions and balances', () => broker.snapshot()),
    fillsSince: (instrument, sinceMs) =>
      patience.ask(`the fills of ${instrument.symbol}`, () => broker.fillsSince(instrument, sinceMs)),
  };
}
