import type { Account } from '../account/account.ts';
import type { Position } from '../account/position.ts';
import { WorkingOrder } from '../orders/working-order.ts';
import type { OrderRequest } from '../venue-types.ts';
import type { Core } from './core.ts';
import { advanceAlgo, endOrder } from './order-end.ts';
import { register } from './place.ts';
import type { SymbolMarket } from './symbol-market.ts';
import { executeTrade } from './trade.ts';

/** A symbol leaves the venue: its orders expire, and on futures what is open is settled at the mark price. */
export function delist(core: Core, market: SymbolMarket): void {
  for (const order of [...core.orders.all()]) {
    if (order.request.symbol === market.symbol) endOrder(core, order, { change: 'expired', cause: 'delisted' });
  }
  for (const algo of [...core.algos.all()]) {
    if (algo.request.symbol === market.symbol) advanceAlgo(core, algo, { status: 'expired', cause: 'delisted' });
  }
  for (const account of core.accounts.values()) {
    for (const leg of account.slotOf(market.symbol)?.legs ?? []) if (!leg.isFlat) settle(core, account, leg);
  }
}

/** Under the name of the venue's own orders: https://developers.binance.com/docs/derivatives/usds-margined-futures/user-data-streams/Event-Order-Update */
function settle(core: Core, account: Account, leg: Position): void {
  const { contract } = leg.slot;
  const market = core.markets.get(contract.symbol) as SymbolMarket;
  const orderId = core.nextOrderId();
  const request: OrderRequest = {
    accountId: account.id,
    symbol: contract.symbol,
    clientOrderId: `settlement_autoclose-${orderId}`,
    side: leg.isLong ? 'sell' : 'buy',
    size: { type: 'quantity', quantity: leg.quantity },
    execution: { type: 'market' },
    trigger: null,
    positionSide: leg.side,
    reduceOnly: leg.side === 'both',
    selfTradePrevention: 'none',
  };
  const ticks = Math.max(1, Math.round(market.scale.fractionalTicks(contract.mark)));
  const steps = Math.abs(leg.steps);
  const identity = { orderId, account, at: core.now, origin: { algo: null, isLiquidation: false } };
  const order = new WorkingOrder(identity, request, { ticks, steps });
  order.workingSince = core.now;
  register(core, order, market);
  executeTrade(core, market, { taker: order, maker: null, isTakerBuy: !leg.isLong, ticks, steps });
}
