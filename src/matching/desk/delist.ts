import type { Account } from '../account/account.ts';
import type { Position } from '../account/position.ts';
import type { Core } from './core.ts';
import { advanceAlgo, endOrder } from './order-end.ts';
import { register } from './place.ts';
import type { SymbolMarket } from './symbol-market.ts';
import { executeTrade } from './trade.ts';
import { venuesClose } from './venues-close.ts';

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
  const ticks = Math.max(1, Math.round(market.scale.fractionalTicks(contract.mark)));
  const order = venuesClose(core, { account, leg, ticks, name: 'settlement_autoclose', isLiquidation: false });
  register(core, order, market);
  const { isBuy: isTakerBuy, remainingSteps: steps } = order;
  executeTrade(core, market, { taker: order, maker: null, isTakerBuy, ticks, steps });
}
