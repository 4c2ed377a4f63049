import type { Account } from '../account/account.ts';
import type { Position } from '../account/position.ts';
import { WorkingOrder } from '../orders/working-order.ts';
import type { OrderRequest } from '../venue-types.ts';
import type { Core } from './core.ts';

interface VenuesClose {
  readonly account: Account;
  readonly leg: Position;
  readonly ticks: number;
  /** What the client order id begins with: it tells why the venue closes. */
  readonly name: string;
  readonly isLiquidation: boolean;
}

/** The order by which the venue itself closes a whole position at a price, not yet in any list. */
export function venuesClose(core: Core, { account, leg, ticks, name, isLiquidation }: VenuesClose): WorkingOrder {
  const orderId = core.nextOrderId();
  const request: OrderRequest = {
    accountId: account.id,
    symbol: leg.slot.contract.symbol,
    clientOrderId: `${name}-${orderId}`,
    side: leg.isLong ? 'sell' : 'buy',
    size: { type: 'quantity', quantity: leg.quantity },
    execution: { type: 'market' },
    trigger: null,
    positionSide: leg.side,
    reduceOnly: leg.side === 'both',
    selfTradePrevention: 'none',
  };
  const identity = { orderId, account, at: core.now, origin: { algo: null, isLiquidation } };
  const order = new WorkingOrder(identity, request, { ticks, steps: Math.abs(leg.steps) });
  order.workingSince = core.now;
  return order;
}
