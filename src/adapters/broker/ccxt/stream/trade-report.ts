/** What both markets' account streams say with the same words. */
import type { Price, Quantity } from '../../../../domain/decimal.ts';
import type { Fill } from '../../../../domain/fill.ts';
import type { VenueOrderId } from '../../../../domain/ids.ts';
import type { OrderUpdate } from '../../../../domain/order/update.ts';
import type { Fields } from '../connection/fields.ts';
import { amountOf, integerOf, optionalText, textOf } from '../connection/fields.ts';
import { sideOf } from '../dialect.ts';
import type { VenueTrade } from '../fills.ts';
import type { StreamNews } from './stream-dialect.ts';

/** `{"e":"serverShutdown"}`: some minutes are left. */
export const SERVER_GOES_DOWN: readonly StreamNews[] = [
  {
    kind: 'notice',
    notice: { type: 'server_shutdown', message: 'the exchange is about to end the connection' },
  },
  { kind: 'connection_ends', cause: 'the server goes down' },
];

/** The trade that a report of an order tells of. */
export function reportedTrade(report: Fields, clientOrderId: string): VenueTrade {
  const feeAsset = optionalText(report, 'N');
  return {
    symbol: textOf(report, 's'),
    venueTradeId: textOf(report, 't'),
    venueOrderId: textOf(report, 'i'),
    clientOrderId,
    side: sideOf(report, 'S'),
    price: amountOf<Price>(report, 'L'),
    quantity: amountOf<Quantity>(report, 'l'),
    fee: feeAsset === null ? null : { asset: feeAsset, amount: amountOf(report, 'n') },
    isMaker: report['m'] === true,
    time: integerOf(report, 'T'),
  };
}

/** Where an order stands by its report. */
interface Reported {
  readonly at: number;
  readonly venueOrderId: VenueOrderId;
  readonly reportedQuantity: Quantity;
}

/**
 * A fill, and that it was the last. That tells also of fills whose messages were lost: the cumulative quantity is then above
 * what is booked.
 */
export function fillNews(report: Fields, fill: Fill, reported: Reported): OrderUpdate[] {
  const filled = report['X'] === 'FILLED' ? [{ type: 'filled', ...reported } as const] : [];
  return [{ type: 'fill', at: reported.at, fill }, ...filled];
}
