import type { Account } from '../account/account.ts';
import { crossHealth, isolatedHealth, positionReport } from '../account/margin.ts';
import type { PoolHealth } from '../account/margin.ts';
import type { FuturesSlot, Position } from '../account/position.ts';
import type { Core } from './core.ts';

/** Warned when the maintenance margin is at least 80 % of the margin balance; once, until it is below again. */
function isNear({ marginBalance, maintenance }: PoolHealth): boolean {
  return maintenance > 0n && maintenance * 10n >= marginBalance * 8n;
}

/** Tells a margin call for the pool (or the isolated legs) of a symbol whose mark price moved. */
export function warnOfMargin(core: Core, account: Account, slot: FuturesSlot): void {
  const { symbol, marginAsset } = slot.contract;
  const open = slot.legs.filter((leg) => !leg.isFlat);
  if (slot.marginMode === 'cross') {
    warn(core, account, { pool: marginAsset, health: crossHealth(account, marginAsset), legs: open });
    return;
  }
  for (const leg of open)
    warn(core, account, { pool: `${symbol} ${leg.side}`, health: isolatedHealth(leg), legs: [leg] });
}

interface Warning {
  readonly pool: string;
  readonly health: PoolHealth;
  readonly legs: readonly Position[];
}

function warn(core: Core, account: Account, { pool, health, legs }: Warning): void {
  if (!isNear(health)) {
    account.warned.delete(pool);
    return;
  }
  if (account.warned.has(pool)) return;
  account.warned.add(pool);
  const positions = legs.map((leg) => positionReport(account, leg));
  core.events.push({ type: 'margin_call', at: core.now, accountId: account.id, positions });
}
