/** OKX's side of the conversation: https://www.okx.com/docs-v5/en/ */
import { createHmac } from 'node:crypto';

import type { TimeInForce } from '../../../src/domain/order/order.ts';
import { atoms, atomsText } from '../../../src/matching/atoms.ts';
import type { OrderRequest, RefusalReason, Trigger } from '../../../src/matching/venue-types.ts';
import { algoRow, base, CONTRACT_SIZE, contracts, isMeant, OKX_SYMBOL, plainRow } from './okx-rows.ts';
import type { Row } from './okx-rows.ts';
import type { Answered, Asked, Speech, StandIn } from './stand-in.ts';
import { ACCOUNT, clientIdOf, isWorking } from './stand-in.ts';

export const OKX_KEYS = { apiKey: 'key'.repeat(6), secret: 'secret'.repeat(6), passphrase: 'Open-Sesame-1' };
/** The least part of a contract: with its size the step of the symbol. */
const LOT = '0.1';

type Texts = Readonly<Record<string, string>>;

export const GOOD_CONFIG: Row = { posMode: 'net_mode', acctLv: '2', perm: 'read_only,trade', ip: '' };

const CODES: Readonly<Partial<Record<RefusalReason, readonly [string, string]>>> = {
  insufficient_margin: ['51008', 'Order failed. Insufficient USDT margin in account'],
  duplicate_client_order_id: ['51016', 'Client order ID already exists'],
  reduce_only_rejected: ['51169', "Order failed because you don't have any positions in this direction to reduce"],
  would_trigger_immediately: ['51280', 'SL trigger price cannot be higher than the last price'],
  unknown_order: ['51400', 'Cancellation failed as the order has been filled, canceled or does not exist'],
};

interface Talk {
  readonly asked: Asked;
  readonly standIn: StandIn;
  readonly config: Row;
  readonly ok: (...data: Row[]) => Answered;
  readonly no: (code: string, msg: string) => Answered;
}

/** @param config a function, as tests change it */
export function okxSpeech(config: () => Row = () => GOOD_CONFIG): Speech {
  return (asked, standIn) => {
    const { now } = standIn.venue;
    const ok = (...data: Row[]): Answered => ({ body: { code: '0', msg: '', data } });
    const no = (code: string, msg: string): Answered => ({ body: { code, msg, data: [] } });
    if (asked.path === '/api/v5/public/time') return ok({ ts: String(now) });
    if (asked.path === '/api/v5/public/instruments') {
      const contract = {
        instId: OKX_SYMBOL,
        ctType: 'linear',
        ctVal: String(CONTRACT_SIZE),
        ctMult: '1',
        ctValCcy: 'BTC',
      };
      return ok(
        { ...contract, lotSz: LOT, tickSz: '0.01', settleCcy: 'USDT' },
        { ...contract, instId: 'BTC-USD-SWAP', ctType: 'inverse' },
      );
    }
    const refused = unsigned(asked, now);
    if (refused !== null) return no(...refused);
    return answerOf({ asked, standIn, config: config(), ok, no });
  };
}

/** Why the signature is refused; null for a good one. https://www.okx.com/docs-v5/en/#overview-rest-authentication */
function unsigned({ method, path, queryText, headers, body }: Asked, now: number): readonly [string, string] | null {
  const { apiKey, secret, passphrase } = OKX_KEYS;
  const time = headers['ok-access-timestamp'] ?? '';
  if (headers['ok-access-key'] !== apiKey) return ['50111', 'Invalid OK-ACCESS-KEY'];
  if (headers['ok-access-passphrase'] !== passphrase)
    return ['50105', 'Request header OK-ACCESS-PASSPHRASE incorrect.'];
  if (Math.abs(Date.parse(time) - now) > 30_000) return ['50102', 'Timestamp request expired'];
  const payload = `${time}${method}${path}${queryText === '' ? '' : `?${queryText}`}${body}`;
  const isRight = createHmac('sha256', secret).update(payload).digest('base64') === headers['ok-access-sign'];
  return isRight ? null : ['50113', 'Invalid Sign'];
}

function answerOf(talk: Talk): Answered {
  const { asked, standIn, config, ok } = talk;
  const { query } = asked;
  const params = asked.body === '' ? {} : (JSON.parse(asked.body) as Texts);
  switch (`${asked.method} ${asked.path.replace('/api/v5', '')}`) {
    case 'POST /trade/order':
      return place(plainRequest(params), 'clOrdId', talk);
    case 'POST /trade/order-algo':
      return place(algoRequest(params), 'algoClOrdId', talk);
    case 'POST /trade/cancel-order':
    case 'POST /trade/cancel-algos':
      return cancel(Array.isArray(params) ? ((params as Texts[])[0] ?? {}) : params, talk);
    case 'GET /trade/order':
      return one(
        standIn
          .orders()
          .filter((stood) => isMeant(stood, query))
          .map(plainRow),
        talk,
      );
    case 'GET /trade/order-algo':
      return one(
        standIn
          .orders()
          .filter(({ kind }) => kind === 'algo')
          .filter((stood) => clientIdOf(stood) === query['algoClOrdId'])
          .map(algoRow),
        talk,
      );
    case 'GET /trade/orders-pending':
      return ok(
        ...standIn
          .orders()
          .filter(isWorking)
          .map(plainRow)
          .filter((row) => row !== null),
      );
    case 'GET /trade/orders-algo-pending':
      return ok(
        ...standIn
          .orders()
          .filter(isWorking)
          .map(algoRow)
          .filter((row) => row !== null)
          .filter(
            (row) => row['state'] === 'live' && (query['ordType'] ?? '').split(',').includes(String(row['ordType'])),
          ),
      );
    case 'GET /trade/fills':
    case 'GET /trade/fills-history':
      return ok(...fills(standIn, query));
    case 'GET /account/balance':
      return ok(balance(standIn));
    case 'GET /account/positions':
      return ok(...positions(standIn));
    case 'GET /account/config':
      return ok(config);
    case 'GET /account/bills-archive':
      return ok(...bills(standIn, query));
    case 'POST /account/set-leverage':
      return setLeverage(params, talk);
    default:
      return { status: 404, body: { msg: 'Not Found', code: '404', data: [] } };
  }
}

function one(rows: readonly (Row | null)[], { ok, no }: Talk): Answered {
  const found = rows.findLast((row) => row !== null);
  return found === undefined || found === null ? no('51603', 'Order does not exist') : ok(found);
}

const failed = (idName: string, sCode: string, sMsg: string): Answered => ({
  body: { code: '1', msg: 'All operations failed', data: [{ [idName]: '', ordId: '', sCode, sMsg }] },
});

function place(request: OrderRequest, idName: string, { asked, standIn, ok }: Talk): Answered {
  const { instrument, venue } = standIn;
  const { sz = '', tdMode } = JSON.parse(asked.body) as Texts;
  const { clientOrderId, size } = request;
  if (!/^[a-zA-Z0-9]{1,32}$/.test(clientOrderId)) return failed(idName, '51000', `Parameter ${idName} error`);
  if (tdMode !== 'isolated' && tdMode !== 'cross') return failed(idName, '51000', 'Parameter tdMode error');
  if (Number(asked.headers['exptime'] ?? Infinity) < venue.now) return failed(idName, '51149', 'Order timed out.');
  if (standIn.orders().some((stood) => clientIdOf(stood) === clientOrderId))
    return failed(idName, '51016', 'Client order ID already exists');
  const isWholeLot = size.type === 'quantity' && size.quantity % atoms(instrument.rules.step) === 0n && Number(sz) > 0;
  if (!isWholeLot) return failed(idName, '51121', 'Order quantity must be a multiple of the lot size.');
  const placed = standIn.place(request);
  const ids = (id: string): Row =>
    id.startsWith('a') ? { algoId: id.slice(1), algoClOrdId: clientOrderId } : { ordId: id, clOrdId: clientOrderId };
  if ('id' in placed) return ok({ ...ids(placed.id), sCode: '0', sMsg: '' });
  // The exchange takes it, and cancels it a moment later.
  if (placed.reason === 'would_take')
    return ok({ ...ids(standIn.refuseLater(request, placed).id), sCode: '0', sMsg: '' });
  return failed(idName, ...(CODES[placed.reason] ?? (['51000', placed.message] as const)));
}

function cancel({ clOrdId, algoClOrdId, ordId }: Texts, { standIn, ok }: Talk): Answered {
  const { symbol } = standIn.instrument;
  const { venue } = standIn;
  const done =
    algoClOrdId !== undefined
      ? venue.cancelAlgoOrder({ accountId: ACCOUNT, id: { clientId: algoClOrdId } })
      : venue.cancelOrder({
          accountId: ACCOUNT,
          symbol,
          id: ordId === undefined ? { clientOrderId: clOrdId ?? '' } : { orderId: Number(ordId) },
        });
  if (done.ok) return ok({ clOrdId: clOrdId ?? '', ordId: ordId ?? '', sCode: '0', sMsg: '' });
  return failed('clOrdId', '51400', 'Cancellation failed as the order has been filled, canceled or does not exist');
}

function commonRequest(params: Texts): Omit<OrderRequest, 'clientOrderId' | 'execution' | 'trigger'> {
  return {
    ...{ accountId: ACCOUNT, symbol: params['instId'] ?? '', side: params['side'] === 'buy' ? 'buy' : 'sell' },
    size: { type: 'quantity', quantity: base(params['sz'] ?? '') },
    ...{ positionSide: 'both', reduceOnly: (params as Row)['reduceOnly'] === true },
    selfTradePrevention: params['stpMode'] === 'cancel_taker' ? 'expire_taker' : 'none',
  };
}

const KINDS: Readonly<Record<string, TimeInForce>> = { limit: 'GTC', post_only: 'GTC', ioc: 'IOC', fok: 'FOK' };

function plainRequest(params: Texts): OrderRequest {
  const { ordType = '', px = '', clOrdId = '' } = params;
  const timeInForce = KINDS[ordType] ?? 'GTC';
  return {
    ...{ ...commonRequest(params), clientOrderId: clOrdId, trigger: null },
    execution:
      ordType === 'market'
        ? { type: 'market' }
        : { type: 'limit', price: atoms(px), timeInForce, postOnly: ordType === 'post_only' },
  };
}

function algoRequest(params: Texts): OrderRequest {
  const { slTriggerPx, tpTriggerPx, slOrdPx, tpOrdPx, algoClOrdId = '', callbackRatio, activePx } = params;
  const source = (params['slTriggerPxType'] ?? params['tpTriggerPxType']) === 'mark' ? 'mark' : 'last';
  const price = slOrdPx ?? tpOrdPx ?? '-1';
  const fixed = (kind: 'stop' | 'take_profit', at: string): Trigger => ({
    type: 'fixed',
    kind,
    price: atoms(at),
    source,
  });
  const trailing: Trigger = {
    ...{ type: 'trailing', kind: 'take_profit', deltaBps: Number(callbackRatio) * 10_000, source: 'last' },
    activationPrice: activePx === undefined ? null : atoms(activePx),
  };
  const trigger =
    slTriggerPx !== undefined
      ? fixed('stop', slTriggerPx)
      : tpTriggerPx !== undefined
        ? fixed('take_profit', tpTriggerPx)
        : trailing;
  return {
    ...{ ...commonRequest(params), clientOrderId: algoClOrdId, trigger },
    execution:
      price === '-1' ? { type: 'market' } : { type: 'limit', price: atoms(price), timeInForce: 'GTC', postOnly: false },
  };
}

/** https://www.okx.com/docs-v5/en/#order-book-trading-trade-get-transaction-details-last-3-months: newest first */
function fills(standIn: StandIn, { begin = '0', ordId, after, limit = '100' }: Asked['query']): Row[] {
  return standIn
    .fills()
    .map(({ order, fill }, index) => ({ billId: String(index + 1), order, fill }))
    .filter(({ order, fill }) => fill.time >= Number(begin) && (ordId === undefined || String(order.orderId) === ordId))
    .filter(({ billId }) => after === undefined || Number(billId) < Number(after))
    .reverse()
    .slice(0, Number(limit))
    .map(({ billId, order, fill }) => ({
      ...{
        instType: 'SWAP',
        instId: order.symbol,
        tradeId: String(fill.tradeId),
        ordId: String(order.orderId),
        billId,
      },
      ...{
        clOrdId: order.algoId === null ? order.clientOrderId : '',
        side: order.side,
        execType: fill.isMaker ? 'M' : 'T',
      },
      ...{
        fillPx: atomsText(fill.price),
        fillSz: contracts(fill.quantity),
        feeCcy: 'USDT',
        fee: atomsText(-fill.commission),
      },
      ...{ ts: String(fill.time + 3), fillTime: String(fill.time) },
    }));
}

function balance({ venue }: StandIn): Row {
  const { wallets } = venue.views.futuresAccount(ACCOUNT);
  return {
    details: wallets.map((wallet) => ({
      ccy: wallet.asset,
      eq: atomsText(wallet.marginBalance),
      upl: atomsText(wallet.crossUnrealizedPnl),
      isoUpl: atomsText(wallet.unrealizedPnl - wallet.crossUnrealizedPnl),
      availEq: atomsText(wallet.availableBalance),
    })),
  };
}

function positions({ venue, instrument }: StandIn): Row[] {
  return venue.views
    .futuresAccount(ACCOUNT)
    .positions.filter(({ quantity }) => quantity !== 0n)
    .map(({ quantity, entryPrice, liquidationPrice, unrealizedPnl, leverage, marginMode }) => ({
      ...{ instType: 'SWAP', instId: instrument.symbol, posSide: 'net', pos: contracts(quantity), mgnMode: marginMode },
      ...{ avgPx: atomsText(entryPrice), liqPx: liquidationPrice === null ? '' : atomsText(liquidationPrice) },
      ...{ lever: String(leverage), upl: atomsText(unrealizedPnl) },
    }));
}

/** https://www.okx.com/docs-v5/en/#trading-account-rest-api-get-bills-details-last-3-months */
function bills({ history }: StandIn, { begin = '0', type }: Asked['query']): Row[] {
  return history.incomes
    .filter(({ kind, time }) => kind === 'funding_fee' && type === '8' && time >= Number(begin))
    .map(({ incomeId, symbol, amount, time }) => ({
      ...{
        billId: String(incomeId),
        instId: symbol,
        type: '8',
        subType: '173',
        balChg: atomsText(amount),
        ts: String(time),
      },
    }))
    .reverse();
}

function setLeverage({ instId = '', lever, mgnMode }: Texts, { standIn, ok, no }: Talk): Answered {
  const key = { accountId: ACCOUNT, symbol: instId };
  const mode = standIn.venue.setMarginMode(key, mgnMode === 'cross' ? 'cross' : 'isolated');
  const set = standIn.venue.setLeverage(key, Number(lever));
  if (!mode.ok && mode.error.reason !== 'margin_mode_unchanged') return no('59107', mode.error.message);
  return set.ok ? ok({ instId, lever, mgnMode, posSide: '' }) : no('59102', 'Leverage exceeds the maximum limit.');
}
