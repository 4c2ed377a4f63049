import { atomsText } from '../../matching/atoms.ts';
import type { MarketData } from '../data/market-data.ts';
import type { MarketDriver } from '../data/driver.ts';
import type { FaultLog } from '../faults/fault-log.ts';
import { positionV3 } from '../futures/account-answers.ts';
import type { Decimals } from '../futures/order-answers.ts';
import { algoAnswer, orderAnswer as futuresOrder, tradeAnswer as futuresTrade } from '../futures/order-answers.ts';
import { listAnswer, orderAnswer as spotOrder, tradeAnswer as spotTrade } from '../spot/order-answers.ts';
import type { Gate } from '../transport/gate.ts';
import type { VenueWebSockets } from '../transport/web-socket-server.ts';
import type { Desk } from './desk.ts';

interface StateSources {
  readonly data: MarketData;
  readonly driver: MarketDriver;
  readonly desks: { readonly spot: Desk; readonly futures: Desk };
  readonly accountIds: readonly string[];
  readonly gate: Gate;
  readonly faults: FaultLog;
  readonly webSockets: VenueWebSockets;
}

/** Everything that the venue knows, in the shapes of its own answers: what a test holds against a client's beliefs. */
export function simState(sources: StateSources): object {
  const { data, driver, gate, faults, webSockets, accountIds } = sources;
  return {
    clock: {
      now: data.nowMs,
      start: data.source.startMs,
      speed: driver.speed,
      paused: driver.isPaused,
      skewMs: gate.clockSkewMs,
    },
    accounts: Object.fromEntries(accountIds.map((accountId) => [accountId, accountState(accountId, sources)])),
    faults: faults.state(),
    connections: webSockets.state(),
  };
}

function accountState(accountId: string, { data, desks }: StateSources): object {
  const decimalsOf = (symbol: string): Decimals => data.find('futures', symbol)?.format('futures') ?? NO_DECIMALS;
  const spot = desks.spot.history(accountId);
  const futures = desks.futures.history(accountId);
  const { wallets, positions, positionMode } = desks.futures.venue.views.futuresAccount(accountId);
  return {
    spot: {
      balances: desks.spot.balances(accountId).map(({ asset, free, locked }) => ({
        ...{ asset, free: atomsText(free), locked: atomsText(locked) },
      })),
      openOrders: desks.spot.venue.views.openOrders(accountId, null).map(spotOrder),
      orders: spot.orders().map(spotOrder),
      orderLists: spot.lists().map(listAnswer),
      fills: spot.fills.map(spotTrade),
    },
    futures: {
      positionMode,
      balances: wallets.map(({ asset, walletBalance, availableBalance }) => ({
        ...{ asset, walletBalance: atomsText(walletBalance), availableBalance: atomsText(availableBalance) },
      })),
      positions: positions.map((position) => positionV3(position, decimalsOf(position.symbol))),
      openOrders: desks.futures.venue.views
        .openOrders(accountId, null)
        .map((order) => futuresOrder(order, decimalsOf(order.symbol))),
      orders: futures.orders().map((order) => futuresOrder(order, decimalsOf(order.symbol))),
      algoOrders: futures.algoOrders().map((order) => algoAnswer(order, decimalsOf(order.symbol))),
      fills: futures.fills.map((fill) => futuresTrade(fill, { ...decimalsOf(fill.order.symbol), marginAsset: 'USDT' })),
      incomes: futures.incomes.map((income) => ({ ...income, amount: atomsText(income.amount) })),
    },
  };
}

const NO_DECIMALS: Decimals = { priceDecimals: 8, quantityDecimals: 8 };
