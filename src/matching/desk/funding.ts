import { move } from '../account/holdings.ts';
import { times } from '../atoms.ts';
import { contractOf, coverDeficit } from '../settlement/futures-settlement.ts';
import type { Core } from './core.ts';
import { checkMargins } from './liquidation.ts';
import type { SymbolMarket } from './symbol-market.ts';

/** Puts the symbol's next funding on the schedule: at multiples of its interval since the epoch. */
export function scheduleFunding(core: Core, market: SymbolMarket): void {
  const { fundingIntervalMs } = contractOf(market);
  const dueMs = (Math.floor(core.now / fundingIntervalMs) + 1) * fundingIntervalMs;
  core.schedule.add(dueMs, () => {
    settleFunding(core, market);
    scheduleFunding(core, market);
  });
}

/**
 * Funding: position value at mark x rate, from longs to shorts when the rate is positive. Each amount is cut to an atom;
 * what longs and shorts do not balance among themselves the outside world pays or takes.
 */
function settleFunding(core: Core, market: SymbolMarket): void {
  const contract = contractOf(market);
  const { mark, fundingRate, marginAsset: asset, symbol } = contract;
  if (mark === 0n) return;
  for (const account of core.accounts.values()) {
    for (const leg of account.slotOf(symbol)?.legs ?? []) {
      const owed = times(leg.notional, fundingRate);
      const amount = leg.isLong ? -owed : owed;
      if (amount === 0n) continue;
      account.changeReason = 'funding';
      move(core.house.funding.of(asset), account.holdings.of(asset), amount);
      account.transfers.set(asset, (account.transfers.get(asset) ?? 0n) + amount);
      core.noteIncome({ account, kind: 'funding_fee', asset, amount, symbol, tradeId: null });
      coverDeficit(core, { account, position: leg, floor: 0n });
      account.notePosition(leg, core.now);
    }
  }
  core.events.push({ type: 'funding_settled', at: core.now, symbol, rate: fundingRate, markPrice: mark });
  checkMargins(core, market);
}
