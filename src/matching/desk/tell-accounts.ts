import type { Account } from '../account/account.ts';
import { positionReport } from '../account/margin.ts';
import { crossWallet } from '../settlement/futures-settlement.ts';
import type { Core } from './core.ts';

/** Tells every account whose balances or positions changed in the operation, in the order of their first change. */
export function tellAccounts(core: Core): void {
  if (core.changed.length === 0) return;
  const { changed } = core;
  core.changed = [];
  for (const account of changed) {
    if (core.market === 'spot') tellBalances(core, account);
    else tellFutures(core, account);
    account.settleChanges();
  }
}

function tellBalances(core: Core, account: Account): void {
  const balances = account.holdings.takeChanged().map(({ asset, free, locked }) => ({ asset, free, locked }));
  const { id: accountId, changeReason: reason } = account;
  core.events.push({ type: 'balances', at: core.now, accountId, reason, balances });
}

function tellFutures(core: Core, account: Account): void {
  const wallets = account.holdings.takeChanged().map(({ asset, free }) => ({
    asset,
    walletBalance: free,
    crossWalletBalance: crossWallet(account, asset),
    balanceChange: account.transfers.get(asset) ?? 0n,
  }));
  const positions = account.takeChangedPositions().map((position) => positionReport(account, position));
  const { id: accountId, changeReason: reason } = account;
  core.events.push({ type: 'futures_account', at: core.now, accountId, reason, wallets, positions });
}
