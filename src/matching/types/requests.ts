import type { OrderSide, TimeInForce, TriggerSource } from '../../domain/order/order.ts';
import type { Atoms } from '../atoms.ts';

export type PositionLeg = 'both' | 'long' | 'short';
export type PositionMode = 'one_way' | 'hedge';

/** Whose order dies when an order would trade with one of the same account; decided by the taker's mode. */
export type SelfTradePrevention = 'none' | 'expire_taker' | 'expire_maker' | 'expire_both';

/** What an order does once it works. `postOnly` (LIMIT_MAKER, GTX) needs timeInForce GTC and never takes. */
export type Execution =
  | { readonly type: 'market' }
  | { readonly type: 'limit'; readonly price: Atoms; readonly timeInForce: TimeInForce; readonly postOnly: boolean };

/**
 * What must happen before an order works. `stop` waits for the market to move against the side (a sell below, a buy
 * above), `take_profit` for the other direction. A trailing trigger first waits for `activationPrice` in the direction of
 * its kind (null: tracks at once), then follows the best price and fires on a retreat of `deltaBps`.
 * The futures trailing stop is `take_profit`: it activates on the profitable side.
 */
export type Trigger =
  | {
      readonly type: 'fixed';
      readonly kind: 'stop' | 'take_profit';
      readonly price: Atoms;
      readonly source: TriggerSource;
    }
  | {
      readonly type: 'trailing';
      readonly kind: 'stop' | 'take_profit';
      readonly deltaBps: number;
      readonly activationPrice: Atoms | null;
      readonly source: TriggerSource;
    };

/** How much: base units; quote units to spend or receive (spot market orders); or the whole position (futures, conditional). */
export type OrderSize =
  | { readonly type: 'quantity'; readonly quantity: Atoms }
  | { readonly type: 'quote'; readonly quoteQuantity: Atoms }
  | { readonly type: 'position' };

/** A new order. On futures one with a trigger goes to `placeAlgoOrder`. */
export interface OrderRequest {
  readonly accountId: string;
  readonly symbol: string;
  /** Unique among the account's working orders; the caller makes one where the client sent none. */
  readonly clientOrderId: string;
  readonly side: OrderSide;
  readonly size: OrderSize;
  readonly execution: Execution;
  readonly trigger: Trigger | null;
  /** `both` on spot and in one-way mode. */
  readonly positionSide: PositionLeg;
  readonly reduceOnly: boolean;
  readonly selfTradePrevention: SelfTradePrevention;
}

/** One cancels the other, over the same quantity; spot only. One leg is a post-only limit or take-profit, one a stop. */
export interface OcoRequest {
  readonly accountId: string;
  readonly symbol: string;
  readonly listClientOrderId: string;
  readonly side: OrderSide;
  readonly quantity: Atoms;
  readonly above: OcoLeg;
  readonly below: OcoLeg;
  readonly selfTradePrevention: SelfTradePrevention;
}

export type OcoLeg = Pick<OrderRequest, 'clientOrderId' | 'execution' | 'trigger'>;

/** Names a working order by either of its ids. */
export interface OrderKey {
  readonly accountId: string;
  readonly symbol: string;
  readonly id: { readonly orderId: number } | { readonly clientOrderId: string };
}

/** Names a working order list or algo order by either of its ids. */
export interface GroupKey {
  readonly accountId: string;
  readonly id: { readonly venueId: number } | { readonly clientId: string };
}
