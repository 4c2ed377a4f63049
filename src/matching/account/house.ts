import { Holdings } from './holdings.ts';

/**
 * The other ends of every payment. Together with the accounts they hold exactly nothing, at any moment and in any asset:
 * what an account has, somebody else has given.
 */
export class House {
  /** Deposits, withdrawals and the other side of trades with the outside market. */
  readonly outside = new Holdings();
  /** Commissions. */
  readonly fees = new Holdings();
  /** Takes liquidation fees, pays losses beyond an account's margin. */
  readonly insurance = new Holdings();
  /** Profit and loss of futures: what one position wins another loses, if not yet realised then later. */
  readonly clearing = new Holdings();
  /** Funding in transit between longs, shorts and the outside. */
  readonly funding = new Holdings();
}
