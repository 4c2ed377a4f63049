import { describe } from 'vitest';

import { describeChanges } from './broker/changes.ts';
import { describeConditional } from './broker/conditional.ts';
import { describeFills } from './broker/fills.ts';
import type { OpenBroker } from './broker/harness.ts';
import { describeIdentity } from './broker/identity.ts';
import { describeMoney } from './broker/money.ts';
import { describeTelling } from './broker/telling.ts';

/** The contract that every broker keeps, see ports/broker.ts. Call it in a test file of the adapter, once per market. */
export function describeBrokerContract(name: string, open: OpenBroker): void {
  describe(`the broker contract, kept by ${name}`, () => {
    describeFills(open);
    describeConditional(open);
    describeIdentity(open);
    describeMoney(open);
    describeChanges(open);
    describeTelling(open);
  });
}
