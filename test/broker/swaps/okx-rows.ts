/** Orders as OKX lists them. */
import { atoms, atomsText } from '../../../src/matching/atoms.ts';
import type { OrderRequest } from '../../../src/matching/venue-types.ts';
import type { Asked, StoodOrder } from './stand-in.ts';
import { clientIdOf } from './stand-in.ts';

export const OKX_SYMBOL = 'BTC-USDT-SWAP';
/** Base units in a contract. */
export const CONTRACT_SIZE = 0.01;
export type Row = Readonly<Record<string, unknown>>;

/** Base units as contracts. */
export function contracts(quantity: bigint): string {
  return (Number(atomsText(quantity)) / CONTRACT_SIZE).toFixed(1);
}

/** Contracts as base units. */
export function base(size: string): bigint {
  return atoms((Number(size) * CONTRACT_SIZE).toFixed(8));
}

/** Whether a question is about this order. */
export function isMeant(stood: StoodOrder, { ordId, clOrdId }: Asked['query']): boolean {
  if (ordId !== undefined) return plainRow(stood)?.['ordId'] === ordId;
  return stood.kind !== 'algo' && clientIdOf(stood) === clOrdId;
}

const STATES = {
  ...{ new: 'live', partially_filled: 'partially_filled', filled: 'filled' },
  ...{ cancelled: 'canceled', expired: 'canceled', expired_in_match: 'canceled' },
} as const;

/** https://www.okx.com/docs-v5/en/#order-book-trading-trade-get-order-details; null for what is no plain order (yet) */
export function plainRow(stood: StoodOrder): Row | null {
  if (stood.kind === 'refused') {
    const { request, id } = stood;
    const size = request.size.type === 'quantity' ? request.size.quantity : 0n;
    return {
      ...namesOf(request),
      ordId: id,
      sz: contracts(size),
      accFillSz: '0',
      state: 'canceled',
      cancelSource: '31',
      cancelSourceReason: 'POST_ONLY would take liquidity',
    };
  }
  const order = stood.kind === 'plain' ? stood.order : stood.child;
  if (order === null) return null;
  const parent =
    stood.kind === 'algo'
      ? { algoId: String(stood.algo.algoId), algoClOrdId: stood.algo.clientAlgoId, clOrdId: '' }
      : {};
  return {
    ...{ ...namesOf(order), ordId: String(order.orderId), ...parent },
    ...{ sz: contracts(order.quantity), accFillSz: contracts(order.executedQuantity), state: STATES[order.status] },
    cancelSource: order.status === 'expired_in_match' ? '32' : '',
  };
}

function namesOf({
  clientOrderId,
  side,
  execution,
  reduceOnly,
}: Pick<OrderRequest, 'clientOrderId' | 'side' | 'execution' | 'reduceOnly'>): Row {
  const kind =
    execution.type === 'market'
      ? 'market'
      : execution.postOnly
        ? 'post_only'
        : { GTC: 'limit', IOC: 'ioc', FOK: 'fok' }[execution.timeInForce];
  return {
    ...{
      instType: 'SWAP',
      instId: OKX_SYMBOL,
      clOrdId: clientOrderId,
      algoId: '',
      algoClOrdId: '',
      side,
      ordType: kind,
    },
    ...{ px: execution.type === 'limit' ? atomsText(execution.price) : '', reduceOnly: String(reduceOnly) },
  };
}

const ALGO_STATES = {
  ...{ new: 'live', triggering: 'live', triggered: 'effective', finished: 'effective' },
  ...{ cancelled: 'canceled', rejected: 'order_failed', expired: 'canceled' },
} as const;

/** https://www.okx.com/docs-v5/en/#order-book-trading-algo-trading-get-algo-order-details; null for another kind of order */
export function algoRow(stood: StoodOrder): Row | null {
  if (stood.kind !== 'algo') return null;
  const { algo } = stood;
  const { trigger, execution } = algo;
  const prefix = trigger.kind === 'stop' ? 'sl' : 'tp';
  const price = execution.type === 'limit' ? atomsText(execution.price) : '-1';
  const condition =
    trigger.type === 'fixed'
      ? {
          ordType: 'conditional',
          [`${prefix}TriggerPx`]: atomsText(trigger.price),
          [`${prefix}OrdPx`]: price,
          [`${prefix}TriggerPxType`]: trigger.source,
        }
      : { ordType: 'move_order_stop', callbackRatio: String(trigger.deltaBps / 10_000), activePx: '' };
  return {
    ...{
      instType: 'SWAP',
      instId: OKX_SYMBOL,
      algoId: String(algo.algoId),
      algoClOrdId: algo.clientAlgoId,
      clOrdId: '',
      side: algo.side,
    },
    ...{ sz: algo.size.type === 'quantity' ? contracts(algo.size.quantity) : '', reduceOnly: String(algo.reduceOnly) },
    ...{ ...condition, state: ALGO_STATES[algo.status], failCode: '', triggerTime: String(algo.triggeredAt ?? '') },
    ...{
      ordId: String(algo.childOrderId ?? ''),
      ordIdList: algo.childOrderId === null ? [] : [String(algo.childOrderId)],
    },
  };
}
