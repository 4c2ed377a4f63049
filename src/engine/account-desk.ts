import type { Quantity } from '../domain/decimal.ts';
import type { AccountEvent } from '../domain/event.ts';
import type { Fill } from '../domain/fill.ts';
import { applyFunding, hasBooked } from '../domain/position/ledger.ts';
import { isLeftAlone } from '../domain/position/protection.ts';
import type { Position } from '../domain/position/position.ts';
import type { FundingReport } from '../ports/broker.ts';
import type { EngineContext } from './context.ts';
import { filledOutside } from './filled-outside.ts';
import type { OrderDesk } from './execution/order-desk.ts';
import { bookTaken } from './taken-by-others.ts';
import type { TakenParts } from './taken-by-others.ts';
import type { PositionDesk } from './position-desk.ts';
import type { RiskDesk } from './risk-desk.ts';

/** How many of the last income ids are known, so that none is booked twice. */
const INCOME_IDS_KEPT = 1_000;

export interface AccountDeskParts {
  readonly orders: OrderDesk;
  readonly positions: PositionDesk;
  readonly risk: RiskDesk;
  /** What was told may have gaps: the venue has to be asked. */
  readonly mismatch: () => void;
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
        this.fundingPaid(event);
        return;
      case 'account_stream_lost': {
        const message = `account news stopped: ${event.cause}`;
        this.#parts.risk.raise({ type: 'stream_lost', severity: 'warning', message });
        return;
      }
      case 'foreign_fill':
        this.#filledByOthers(event.fill);
        return;
      // Whatever happened while nothing was heard is asked for.
      case 'account_stream_connected':
        this.#parts.mismatch();
        return;
      // Orders of others are theirs.
      case 'foreign_order':
    }
  }

  /** Payments that a run before has booked: they may be told again. */
  fundingBooked(incomeIds: Iterable<string>): void {
    for (const incomeId of incomeIds) this.#noteIncome(incomeId);
  }

  /** Books funding once, however often it is told. @returns whether it was new */
  fundingPaid(payment: FundingReport): boolean {
    const { instrument, incomeId, amount, paidAt } = payment;
    if (this.#incomeIds.has(incomeId)) return false;
    this.#noteIncome(incomeId);
    const { books } = this.#context;
    const { symbol } = instrument;
    books.addFunding(payment);
    const position = [...books.positions.values()].find((each) => each.symbol === symbol && each.openedAt <= paidAt);
    const now = this.#context.clock.now();
    if (position !== undefined) this.#parts.positions.changed(applyFunding(position, amount, now), 'funded');
    return true;
  }

  #noteIncome(incomeId: string): void {
    this.#incomeIds.add(incomeId);
    const [oldest] = this.#incomeIds;
    if (this.#incomeIds.size > INCOME_IDS_KEPT && oldest !== undefined) this.#incomeIds.delete(oldest);
  }

  /**
   * A fill that no order of ours made. On spot it is of the user's own holdings; on futures there is one position per symbol,
   * so it adds to the one of the books or takes from it: a liquidation, or somebody's hand. What it has made of the position
   * at the venue is asked for: the books may hold none.
   */
  #filledByOthers(fill: Fill): void {
    if (fill.market !== 'futures') return;
    const { books, foreign, clock } = this.#context;
    foreign.heard(fill.symbol, clock.now());
    this.#parts.mismatch();
    if (foreign.hasCounted(fill)) return;
    const position = [...books.positions.values()].find(({ symbol }) => symbol === fill.symbol);
    // Told late, it may be of before the position: then it has changed nothing of it.
    if (position === undefined || fill.time < position.openedAt || hasBooked(position, fill)) return;
    if ((fill.side === 'buy') === (position.side === 'long')) this.#addedByOthers(position, fill);
    else this.#reducedByOthers(position, fill);
  }

  /** What somebody adds to a position of ours stays theirs; one that is theirs anyway grows by it. */
  #addedByOthers(position: Position, fill: Fill): void {
    const { symbol, quantity, price } = fill;
    if (isLeftAlone(position)) {
      filledOutside(this.#takenParts, position, { fill, quantity, reason: 'external' });
      return;
    }
    const foreign = this.#context.foreign.in(symbol).plus(quantity) as Quantity;
    this.#context.foreign.note(symbol, foreign);
    const added = `${quantity.toFixed()} were added to the position at ${price.toFixed()} by an order that is not ours`;
    const message = `${symbol}: ${added}; ${foreign.toFixed()} in all are left alone and have no stop from here`;
    this.#parts.risk.raise({ type: 'position_unprotected', severity: 'critical', message, details: { symbol } });
  }

  /**
   * What is taken counts for the units of others first. Of how many there are on an account of real money not all may have been
   * told yet: there the venue's word on what is left decides, for which is asked at once.
   */
  #reducedByOthers(position: Position, fill: Fill): void {
    const { broker, foreign } = this.#context;
    if (broker.account.money === 'live' && !isLeftAlone(position)) foreign.tookFrom(fill);
    else bookTaken(this.#takenParts, position, { fill, quantity: fill.quantity });
  }

  get #takenParts(): TakenParts {
    const { positions, risk } = this.#parts;
    return { context: this.#context, positions, risk };
  }
}
