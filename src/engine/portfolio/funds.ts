import type { Balance } from '../../domain/account.ts';
import { Decimal, readPrice, ZERO_MONEY } from '../../domain/decimal.ts';
import type { Money, Price } from '../../domain/decimal.ts';
import type { VenueSymbol } from '../../domain/ids.ts';
import { averageEntryPrice, boundCash, unrealizedPnl } from '../../domain/position/ledger.ts';
import type { Position } from '../../domain/position/position.ts';

/** Capital to trade with, in quote units. */
export interface AccountFunds {
  /** Cash and what the positions are worth now. */
  readonly equity: Money;
  /** Bound in nothing. */
  readonly freeCash: Money;
  /** Notional of the open positions at the market. */
  readonly exposure: Money;
}

/**
 * What the account is worth. On spot the quote balance is cash, and positions add the market value of their units; on
 * futures the quote balance is the wallet, to which positions add their unrealised profit and of which they bind their margin.
 * Holdings that are no position of ours count for nothing: they are not ours to trade with.
 * @param lastPrice market data; a position without a usable price counts at its entry
 */
export function accountFunds(
  quote: Balance | undefined,
  positions: Iterable<Position>,
  lastPrice: (symbol: VenueSymbol) => number,
): AccountFunds {
  let equity = quote === undefined ? ZERO_MONEY : (quote.free.plus(quote.locked) as Money);
  const freeCash = quote === undefined ? ZERO_MONEY : (quote.free as Money);
  let margin = ZERO_MONEY;
  let exposure = ZERO_MONEY;
  for (const position of positions) {
    const mark = markOf(position, lastPrice(position.symbol));
    const value = position.quantity.times(mark) as Money;
    const profit = unrealizedPnl(position, mark);
    exposure = exposure.plus(value) as Money;
    equity = equity.plus(position.market === 'spot' ? value : profit) as Money;
    if (position.market === 'futures') margin = margin.plus(boundCash(position)) as Money;
  }
  // A wallet is told after the fills that bind it: what the positions bind counts as soon as they are open.
  const wallet = quote === undefined ? ZERO_MONEY : quote.free.plus(quote.locked);
  return { equity, freeCash: Decimal.min(freeCash, wallet.minus(margin)) as Money, exposure };
}

/** The price that a position is valued with. */
function markOf(position: Position, last: number): Price {
  return readPrice(last) ?? averageEntryPrice(position) ?? position.bestPrice;
}
