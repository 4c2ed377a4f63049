/** Hyperliquid's side of the conversation: https://hyperliquid.gitbook.io/hyperliquid-docs/for-developers/api */
import type { hyperliquid } from 'ccxt';

import { atoms, atomsText } from '../../../src/matching/atoms.ts';
import { loadCcxtVenue } from '../../../src/modes/assets.ts';
import type { OrderRequest, RefusalReason, Trigger } from '../../../src/matching/venue-types.ts';
import type { Asked, Speech, StandIn, StoodOrder } from './stand-in.ts';
import { ACCOUNT, clientIdOf, idOf, idOfFilled, isWorking } from './stand-in.ts';

/** Of the account, and of a wallet that it has approved. */
export const HYPERLIQUID_KEYS = {
  apiKey: '0x1111111111111111111111111111111111111111',
  secret: `0x${'7c'.repeat(32)}`,
};
export const HYPERLIQUID_SYMBOL = 'BTCUSDC';
const ASSET = 3;
const UNIVERSE = ['ETH', 'SOL', 'kPEPE', 'BTC'].map((name) => ({ name, szDecimals: 3, maxLeverage: 50 }));
/** The number by which the order of a conditional one goes. */
const ALGO_IDS_FROM = 1_000_000;

type Row = Readonly<Record<string, unknown>>;

const WORDS: Readonly<Partial<Record<RefusalReason, string>>> = {
  insufficient_margin: 'Insufficient margin to place order. asset=3',
  notional_min: 'Order must have minimum value of $10. asset=3',
  reduce_only_rejected: 'Reduce only order would increase position. asset=3',
  would_trigger_immediately: 'Invalid TP/SL price. asset=3',
  would_take: 'Post only order would have immediately matched, bbo was 99.99@100.01. asset=3',
  no_liquidity: 'Order could not immediately match against any resting orders. asset=3',
};

/** Who may sign for whom, as the exchange tells it. */
export type Roles = (address: string) => Row;
/** @param agent the wallet that signs */
export function approved(agent: string): Roles {
  return (address) => {
    if (address === HYPERLIQUID_KEYS.apiKey) return { role: 'user' };
    return address === agent ? { role: 'agent', data: { user: HYPERLIQUID_KEYS.apiKey } } : { role: 'missing' };
  };
}

type Library = Pick<hyperliquid, 'signL1Action' | 'ethGetAddressFromPrivateKey'>;

async function openLibrary(): Promise<Library> {
  const Venue = (await loadCcxtVenue('hyperliquid')) as new (config: object) => Library;
  return new Venue({ walletAddress: HYPERLIQUID_KEYS.apiKey, privateKey: HYPERLIQUID_KEYS.secret });
}

/** @param roles default: the key's wallet may sign for the account */
export async function hyperliquidSpeech(roles?: Roles): Promise<Speech> {
  const library = await openLibrary();
  const agent = library.ethGetAddressFromPrivateKey(HYPERLIQUID_KEYS.secret);
  const roleOf = roles ?? approved(agent);
  return (asked, standIn) => {
    const body = JSON.parse(asked.body) as Row;
    if (asked.path === '/info') return { body: answerTo(body, { asked, standIn, roleOf }) };
    if (asked.path !== '/exchange') return { status: 404, body: '' };
    const refused = unsigned(body, library, standIn.venue.now);
    return { body: refused === null ? actOn(body['action'] as Row, standIn) : { status: 'err', response: refused } };
  };
}

const lastNonces = new WeakMap<Library, number>();

/** Why the signature is refused; null for a good one. */
function unsigned({ action, nonce, signature, expiresAfter }: Row, library: Library, now: number): string | null {
  const right: unknown = library.signL1Action(action, Number(nonce), undefined, Number(expiresAfter));
  if (JSON.stringify(right) !== JSON.stringify(signature)) return 'User or API Wallet 0x22 does not exist.';
  if (Number(nonce) <= (lastNonces.get(library) ?? 0)) return 'Invalid nonce: duplicate nonce';
  lastNonces.set(library, Number(nonce));
  return Number(expiresAfter) < now ? 'Action expired: expiresAfter is in the past' : null;
}

function answerTo(
  question: Row,
  { standIn, roleOf }: { readonly asked: Asked; readonly standIn: StandIn; readonly roleOf: Roles },
): unknown {
  switch (question['type']) {
    case 'exchangeStatus':
      return { time: standIn.venue.now, specialStatuses: null };
    case 'meta':
      return { universe: UNIVERSE };
    case 'allMids':
      return mids(standIn);
    case 'orderStatus': {
      const found = standIn.orders().findLast((stood) => cloidOf(stood) === question['oid']);
      if (found === undefined) return { status: 'unknownOid' };
      return { status: 'order', order: { order: orderRow(found), status: statusOf(found), statusTimestamp: 0 } };
    }
    case 'frontendOpenOrders':
      return standIn.orders().filter(isWorking).map(orderRow);
    case 'userFillsByTime':
      return fills(standIn, Number(question['startTime']));
    case 'userFunding':
      return payments(standIn, Number(question['startTime']));
    case 'clearinghouseState':
      return account(standIn);
    case 'userRole':
      return roleOf(String(question['user']));
    default:
      return { error: `unknown type ${String(question['type'])}` };
  }
}

const done = (type: string, ...statuses: unknown[]): Row => ({ status: 'ok', response: { type, data: { statuses } } });

function actOn(action: Row, standIn: StandIn): unknown {
  switch (action['type']) {
    case 'order':
      return place((action['orders'] as Row[])[0] ?? {}, standIn);
    case 'cancelByCloid': {
      const [{ cloid }] = action['cancels'] as [{ cloid: string }];
      const missing = { error: 'Order was never placed, already canceled, or filled. asset=3' };
      return done('cancel', standIn.cancel(cloid) ? 'success' : missing);
    }
    case 'updateLeverage': {
      const key = { accountId: ACCOUNT, symbol: HYPERLIQUID_SYMBOL };
      standIn.venue.setMarginMode(key, action['isCross'] === true ? 'cross' : 'isolated');
      const set = standIn.venue.setLeverage(key, Number(action['leverage']));
      return set.ok
        ? { status: 'ok', response: { type: 'default' } }
        : { status: 'err', response: 'Invalid leverage value' };
    }
    default:
      return { status: 'err', response: 'Failed to deserialize the JSON body into the target type' };
  }
}

function place(order: Row, standIn: StandIn): Row {
  const { a, p, s, c } = order;
  const price = String(p);
  const significant = price.replace('.', '').replace(/^0+/, '');
  if (a !== ASSET) return done('order', { error: `Invalid asset ${String(a)}` });
  if (price.includes('.') && significant.length > 5) return done('order', { error: 'Order has invalid price.' });
  if (!/^0x[0-9a-f]{32}$/.test(String(c)))
    return { status: 'err', response: 'Failed to deserialize the JSON body into the target type' };
  if (Number(s) === 0) return done('order', { error: 'Order has zero size.' });
  if (standIn.orders().some((stood) => isWorking(stood) && clientIdOf(stood) === c))
    return done('order', { error: `Duplicate cloid ${String(c)}` });
  const placed = standIn.place(requestOf(order));
  if (!('id' in placed)) return done('order', { error: WORDS[placed.reason] ?? placed.message });
  const stood = standIn.orders().findLast((one) => cloidOf(one) === c);
  // An immediate order that met nobody.
  if (stood?.kind === 'plain' && stood.order.status === 'expired' && stood.order.executedQuantity === 0n) {
    return done('order', { error: WORDS.no_liquidity });
  }
  return done('order', { resting: { oid: oidOf(placed.id), cloid: c } });
}

function requestOf({ b, p, s, r, t, c }: Row): OrderRequest {
  const { limit, trigger } = t as {
    limit?: { tif: string };
    trigger?: { isMarket: boolean; triggerPx: string; tpsl: string };
  };
  const isImmediate = limit?.tif === 'Ioc';
  const resting = {
    type: 'limit',
    price: tickPrice(String(p)),
    timeInForce: isImmediate ? 'IOC' : 'GTC',
    postOnly: limit?.tif === 'Alo',
  } as const;
  return {
    ...{ accountId: ACCOUNT, symbol: HYPERLIQUID_SYMBOL, clientOrderId: String(c), side: b === true ? 'buy' : 'sell' },
    size: { type: 'quantity', quantity: atoms(String(s)) },
    execution: trigger?.isMarket === true ? { type: 'market' } : resting,
    trigger: trigger === undefined ? null : triggerOf(trigger),
    ...{ positionSide: 'both', reduceOnly: r === true, selfTradePrevention: 'expire_maker' },
  };
}

/** The model behind knows ticks; the exchange takes any price of five digits. */
function tickPrice(price: string): bigint {
  return atoms(Number(price).toFixed(2));
}

function triggerOf({ triggerPx, tpsl }: { readonly triggerPx: string; readonly tpsl: string }): Trigger {
  return { type: 'fixed', kind: tpsl === 'tp' ? 'take_profit' : 'stop', price: atoms(triggerPx), source: 'mark' };
}

const cloidOf = clientIdOf;

function oidOf(id: string): number {
  return id.startsWith('a') ? ALGO_IDS_FROM + Number(id.slice(1)) : Number(id);
}

const STATUSES = {
  ...{ new: 'open', partially_filled: 'open', filled: 'filled' },
  ...{ cancelled: 'canceled', expired: 'canceled', expired_in_match: 'selfTradeCanceled' },
} as const;

function statusOf(stood: StoodOrder): string {
  if (stood.kind === 'refused') return 'rejected';
  if (stood.kind === 'plain') return STATUSES[stood.order.status];
  if (stood.child !== null) return isWorking(stood) ? 'triggered' : STATUSES[stood.child.status];
  return { new: 'open', triggering: 'triggered', rejected: 'rejected' }[String(stood.algo.status)] ?? 'canceled';
}

/** https://hyperliquid.gitbook.io/hyperliquid-docs/for-developers/api/info-endpoint#query-order-status-by-oid-or-cloid */
function orderRow(stood: StoodOrder): Row {
  if (stood.kind === 'refused') throw new Error('this exchange refuses at once');
  const { side, execution, reduceOnly, placedAt } = stood.kind === 'plain' ? stood.order : stood.algo;
  const order = stood.kind === 'plain' ? stood.order : stood.child;
  const size = stood.kind === 'algo' && stood.algo.size.type === 'quantity' ? stood.algo.size.quantity : 0n;
  const quantity = order?.quantity ?? size;
  const trigger = stood.kind === 'algo' && stood.algo.trigger.type === 'fixed' ? stood.algo.trigger : null;
  const isLimit = execution.type === 'limit';
  const kind =
    trigger === null
      ? isLimit
        ? 'Limit'
        : 'Market'
      : `${trigger.kind === 'stop' ? 'Stop' : 'Take Profit'} ${isLimit ? 'Limit' : 'Market'}`;
  return {
    ...{
      coin: 'BTC',
      side: side === 'buy' ? 'B' : 'A',
      oid: oidOf(idOf(stood)),
      cloid: cloidOf(stood),
      timestamp: placedAt,
    },
    ...{
      origSz: atomsText(quantity),
      sz: atomsText(quantity - (order?.executedQuantity ?? 0n)),
      orderType: kind,
      reduceOnly,
    },
    ...{
      limitPx: isLimit ? atomsText(execution.price) : '1.0',
      isTrigger: trigger !== null,
      isPositionTpsl: false,
      children: [],
    },
    ...{ triggerPx: trigger === null ? '0.0' : atomsText(trigger.price), triggerCondition: 'N/A' },
    tif:
      isLimit && trigger === null
        ? execution.postOnly
          ? 'Alo'
          : execution.timeInForce === 'IOC'
            ? 'Ioc'
            : 'Gtc'
        : null,
  };
}

function mids({ venue, instrument }: StandIn): Row {
  const { bestBid, bestAsk } = venue.views.prices(instrument.symbol);
  if (bestBid === null || bestAsk === null) return {};
  return { ETH: '3000', BTC: atomsText((bestBid[0] + bestAsk[0]) / 2n) };
}

function fills(standIn: StandIn, startTime: number): Row[] {
  return standIn
    .fills()
    .filter(({ fill }) => fill.time >= startTime)
    .map(({ order, fill }) => ({
      ...{
        coin: 'BTC',
        px: atomsText(fill.price),
        sz: atomsText(fill.quantity),
        side: order.side === 'buy' ? 'B' : 'A',
      },
      ...{ time: fill.time, oid: oidOf(idOfFilled(order)), cloid: order.clientOrderId, crossed: !fill.isMaker },
      ...{ fee: atomsText(fill.commission), feeToken: 'USDC', tid: fill.tradeId, dir: 'Open Long', startPosition: '0' },
    }));
}

function payments({ history }: StandIn, startTime: number): Row[] {
  return history.incomes
    .filter(({ kind, time }) => kind === 'funding_fee' && time >= startTime)
    .map(({ amount, time }) => ({
      ...{ time, hash: `0x${'0'.repeat(64)}` },
      delta: { type: 'funding', coin: 'BTC', usdc: atomsText(amount), szi: '1', fundingRate: '0.0001' },
    }));
}

function account({ venue }: StandIn): Row {
  const { wallets, positions } = venue.views.futuresAccount(ACCOUNT);
  const [wallet] = wallets;
  return {
    marginSummary: { accountValue: atomsText(wallet?.marginBalance ?? 0n), totalMarginUsed: '0' },
    withdrawable: atomsText(wallet?.availableBalance ?? 0n),
    assetPositions: positions
      .filter(({ quantity }) => quantity !== 0n)
      .map(({ quantity, entryPrice, unrealizedPnl, liquidationPrice, leverage, marginMode }) => ({
        type: 'oneWay',
        position: {
          ...{
            coin: 'BTC',
            szi: atomsText(quantity),
            entryPx: atomsText(entryPrice),
            unrealizedPnl: atomsText(unrealizedPnl),
          },
          liquidationPx: liquidationPrice === null ? null : atomsText(liquidationPrice),
          leverage: { type: marginMode, value: leverage },
        },
      })),
    time: venue.now,
  };
}
