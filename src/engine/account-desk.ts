import type { AccountEvent } from '../domain/event.ts';
import type { Fill } from '../domain/fill.ts';
import type { Position } from '../domain/position/position.ts';
import type { EngineContext } from './context.ts';
import type { OrderDesk } from './execution/order-desk.ts';
import type { PositionDesk } from './position-desk.ts';
import type { RiskDesk } from './risk-desk.ts';

/** How many of the last income ids are known, so that none is booked twice. */
const INCOME_IDS_KEPT = 1_000;

export interface AccountDeskParts {
  readonly orders: OrderDesk;
  readonly positions: PositionDesk;
  readonly risk: RiskDesk;
}

/** What the venue says of the account by itself: goes to the desk that it is for. */
export class AccountDesk {
  readonly #context: EngineContext;
  readonly #parts: AccountDeskParts;
  readonly #incomeIds = new Set<string>();

  constructor(context: EngineContext, parts: AccountDeskParts) {
    this.#context = context;
    this.#parts = parts;
  }

  /** Takes in one event, as one event of the engine. */
  take(event: AccountEvent): void {
    switch (event.type) {
      case 'order_update':
        this.#parts.orders.update(event.orderId, event.update);
        return;
      case 'balance_changed':
        this.#context.books.putBalance(event.balance);
        return;
      case 'funding_paid':
        this.#funded(event);
        return;
      case 'account_stream_lost': {
        const message = `account news stopped: ${event.cause}`;
        this.#parts.risk.raise({ type: 'stream_lost', severity: 'warning', message });
        return;
      }
      case 'foreign_fill':
        this.#filledByOthers(event.fill);
        return;
      // Orders of others are theirs.
      case 'foreign_order':
      case 'account_stream_connected':
    }
  }

  /** Books funding once, however often it is told. */
  #funded({ instrument, incomeId, amount }: Extract<AccountEvent, { type: 'funding_paid' }>): void {
    if (this.#incomeIds.has(incomeId)) return;
    this.#incomeIds.add(incomeId);
    const [oldest] = this.#incomeIds;
    if (this.#incomeIds.size > INCOME_IDS_KEPT && oldest !== undefined) this.#incomeIds.delete(oldest);
    const { books } = this.#context;
    const { symbol } = instrument;
    books.addFunding({ incomeId, symbol, amount: amount.toFixed() });
    const position = [...books.positions.values()].find((each) => each.symbol === symbol);
    if (position !== undefined) this.#parts.positions.funded(position, amount);
  }

  /**
   * A fill that no order of ours made. On spot it is of the user's own holdings; on futures there is one position per symbol,
   * so what reduces it reduces ours: a liquidation, or somebody's hand.
   */
  #filledByOthers(fill: Fill): void {
    const { books, broker } = this.#context;
    const position = [...books.positions.values()].find(
      ({ market, symbol }) => market === 'futures' && market === fill.market && symbol === fill.symbol,
    );
    if (position === undefined || (fill.side === 'buy') === (position.side === 'long')) return;
    const isForced = broker.account.money !== 'live' || isBeyondLiquidation(position, fill);
    const reason = isForced ? 'liquidation' : 'external';
    const how = isForced ? 'was liquidated' : 'was reduced by an order that is not ours';
    const message = `${fill.symbol}: the position ${how}, ${fill.quantity.toFixed()} at ${fill.price.toFixed()}`;
    const details = { symbol: fill.symbol };
    this.#parts.risk.raise({ type: 'anomaly_detected', severity: 'critical', message, details });
    this.#parts.positions.filledOutside(position, fill, reason);
  }
}

/** Whether a fill came where the venue said that it would liquidate. */
function isBeyondLiquidation({ side, futures }: Position, { price }: Fill): boolean {
  const at = futures?.liquidationPrice ?? null;
  if (at === null) return false;
  return side === 'long' ? price.lessThanOrEqualTo(at) : price.greaterThanOrEqualTo(at);
}
