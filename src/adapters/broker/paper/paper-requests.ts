import { AitraderError } from '../../../domain/errors.ts';
import type { InstrumentRef } from '../../../domain/instrument.ts';
import type { Order } from '../../../domain/order/order.ts';
import type { OrderUpdate } from '../../../domain/order/update.ts';
import type { MarginMode } from '../../../domain/position/position.ts';
import { err } from '../../../lib/result.ts';
import type { Result } from '../../../lib/result.ts';
import type { GroupKey, OrderKey, OrderRequest, Refusal, RefusalReason } from '../../../matching/venue-types.ts';
import type { RequestOutcome, Submission } from '../../../ports/broker.ts';
import type { CompiledOptions } from './options.ts';
import { ocoRequest, orderRequest } from './order-requests.ts';
import type { PaperDesk } from './paper-desk.ts';
import { paperOrder } from './paper-orders.ts';
import type { PaperOrder } from './paper-orders.ts';

/** What the venue model knows no word for: why a replacement is refused. */
type OwnReason = 'filled_meanwhile' | 'replacement_too_large';

interface OwnRefusal extends Omit<Refusal, 'reason'> {
  readonly reason: RefusalReason | OwnReason;
}

/**
 * The requests that change something, executed at the moment of the call. The code of a refusal is the venue model's
 * reason (matching/types/refusal.ts), or one of the two of replacing.
 */
export class PaperRequests {
  readonly #desk: PaperDesk;
  readonly #options: CompiledOptions;

  constructor(desk: PaperDesk, options: CompiledOptions) {
    this.#desk = desk;
    this.#options = options;
  }

  /** A client order id that is remembered, working or ended, is answered with its order: nothing is executed twice. */
  submit(submission: Submission): RequestOutcome {
    const known = this.#desk.orders.find(submission.clientOrderId);
    if (known !== undefined) return answered(known.history);
    const request = this.#requestOf(submission);
    if (!request.ok) return refused(request.error);
    return this.#place([submission], () => this.#placeOne(request.value));
  }

  /** The news of lists go out as events alone: an answer could not say which order they belong to. */
  submitList(submissions: readonly Submission[]): RequestOutcome {
    const { orders, venue } = this.#desk;
    const known = submissions.filter(({ clientOrderId }) => orders.find(clientOrderId) !== undefined);
    if (known.length > 0 && known.length === submissions.length) return answered([]);
    const taken = known[0];
    if (taken !== undefined) return refused(refusal('duplicate_client_order_id', `${taken.clientOrderId} is taken`));
    const misplaced = submissions.map((submission) => this.#misplacement(submission)).find((reason) => reason !== null);
    if (misplaced !== undefined) return refused(misplaced);
    const request = ocoRequest(submissions);
    if (!request.ok) return refused(request.error);
    const outcome = this.#place(submissions, () => venue.placeOco(request.value));
    return outcome.kind === 'answered' ? answered([]) : outcome;
  }

  /** Cancelling what has ended is answered with how it ended; one order of a list takes the other with it. */
  cancel({ clientOrderId, intent }: Order): RequestOutcome {
    const known = this.#desk.orders.find(clientOrderId);
    if (known === undefined) return refused(refusal('unknown_order', `there is no order ${clientOrderId}`));
    if (this.#desk.orders.working(clientOrderId) === undefined) return answered(known.history);
    return this.#answerOf(known, () => this.#cancelWorking(clientOrderId, intent.symbol));
  }

  /**
   * The answer's updates are those of the replacement; what became of the old order is told by its events. Refused, with
   * the old order as it was, when that has filled more than the caller knew: what the replacement was reckoned from is no
   * longer true. An entry can only become smaller by it.
   */
  replace(order: Order, replacement: Submission): RequestOutcome {
    const { orders } = this.#desk;
    const known = orders.find(replacement.clientOrderId);
    if (known !== undefined) return answered(known.history);
    const old = orders.working(order.clientOrderId);
    if (old === undefined) return refused(refusal('unknown_order', `${order.clientOrderId} does not work`));
    const reason = replacementRefusal(old, order, replacement);
    if (reason !== null) return refused(reason);
    const request = this.#requestOf(replacement);
    if (!request.ok) return refused(request.error);
    return this.#place([replacement], () => this.#exchange(order.clientOrderId, request.value));
  }

  /** @throws AitraderError `LEVERAGE_LIMIT` when the venue refuses; the port has no other way to say so */
  setLeverage({ symbol }: InstrumentRef, leverage: number, marginMode: MarginMode): void {
    if (this.#options.account.market === 'spot') return;
    const reason = this.#configure(symbol, leverage, marginMode);
    if (reason === null) return;
    const given = `${leverage} (${marginMode})`;
    throw new AitraderError('LEVERAGE_LIMIT', { symbol, given, allowed: `${reason.reason}: ${reason.message}` });
  }

  #requestOf(submission: Submission): Result<OrderRequest, Refusal> {
    const reason = this.#misplacement(submission);
    return reason === null ? orderRequest(submission) : err(reason);
  }

  /** What speaks against any order of this kind here; else the venue is shown the market, and the leverage is set. */
  #misplacement({ intent }: Submission): Refusal | null {
    const { account, leverage, marginMode } = this.#options;
    const { symbol } = intent;
    if (intent.accountId !== account.id) return refusal('unknown_account', `the account is ${account.id}`);
    if (intent.market !== account.market) return refusal('unknown_symbol', `${symbol} (${intent.market})`);
    this.#desk.market.show(symbol);
    if (account.market === 'spot' || this.#desk.configured.has(symbol)) return null;
    return this.#configure(symbol, leverage, marginMode);
  }

  #configure(symbol: string, leverage: number, marginMode: MarginMode): Refusal | null {
    const { venue, configured } = this.#desk;
    const key = { accountId: this.#options.account.id, symbol };
    const mode = venue.setMarginMode(key, marginMode);
    if (!mode.ok && mode.error.reason !== 'margin_mode_unchanged') return mode.error;
    const set = venue.setLeverage(key, leverage);
    if (!set.ok) return set.error;
    configured.add(symbol);
    return null;
  }

  #place(submissions: readonly Submission[], attempt: () => Result<unknown, Refusal>): RequestOutcome {
    const { orders } = this.#desk;
    const added = submissions.map(({ intent, clientOrderId }) => {
      const { market, symbol, side, quantity, terms, reduceOnly, leg, id: orderId } = intent;
      return paperOrder({ market, symbol, side, quantity, terms, reduceOnly, leg, clientOrderId, orderId });
    });
    for (const order of added) orders.add(order);
    const placed = attempt();
    if (placed.ok) return answered(added.flatMap(({ history }) => history));
    for (const order of added) orders.forget(order);
    return refused(placed.error);
  }

  #placeOne(request: OrderRequest): Result<unknown, Refusal> {
    const { venue } = this.#desk;
    return this.#isAlgo(request) ? venue.placeAlgoOrder(request) : venue.placeOrder(request);
  }

  #isAlgo({ trigger }: OrderRequest): boolean {
    return trigger !== null && this.#options.account.market === 'futures';
  }

  #cancelWorking(clientOrderId: string, symbol: string): Result<unknown, Refusal> {
    const { venue } = this.#desk;
    if (this.#isWaitingAlgo(clientOrderId)) return venue.cancelAlgoOrder(this.#algoKey(clientOrderId));
    return venue.cancelOrder(this.#orderKey(clientOrderId, symbol));
  }

  /** One order for another. Conditional futures orders bind nothing, so the new one is there before the old one goes. */
  #exchange(clientOrderId: string, request: OrderRequest): Result<unknown, Refusal> {
    const { venue } = this.#desk;
    if (this.#isAlgo(request)) {
      const placed = venue.placeAlgoOrder(request);
      return placed.ok ? this.#cancelWorking(clientOrderId, request.symbol) : placed;
    }
    if (this.#isWaitingAlgo(clientOrderId)) {
      return err(refusal('unsupported_combination', 'a waiting conditional order is replaced by a conditional one'));
    }
    return venue.replaceOrder(this.#orderKey(clientOrderId, request.symbol), request);
  }

  #isWaitingAlgo(clientOrderId: string): boolean {
    return this.#desk.venue.views.openAlgoOrder(this.#algoKey(clientOrderId))?.status === 'new';
  }

  #algoKey(clientId: string): GroupKey {
    return { accountId: this.#options.account.id, id: { clientId } };
  }

  #orderKey(clientOrderId: string, symbol: string): OrderKey {
    return { accountId: this.#options.account.id, symbol, id: { clientOrderId } };
  }

  /** The news that an attempt makes of an order. */
  #answerOf({ history }: PaperOrder, attempt: () => Result<unknown, Refusal>): RequestOutcome {
    const known = history.length;
    const result = attempt();
    return result.ok ? answered(history.slice(known)) : refused(result.error);
  }
}

function replacementRefusal(old: PaperOrder, order: Order, { intent }: Submission): OwnRefusal | null {
  if (intent.symbol !== old.symbol || intent.side !== old.side) {
    return refusal('unsupported_combination', 'the replacement is an order in another symbol or on the other side');
  }
  const known = order.execution.reportedQuantity;
  if (old.executed.greaterThan(known)) {
    return refusal(
      'filled_meanwhile',
      `${old.executed.toFixed()} are filled, and not ${known.toFixed()}: ask for the order first`,
    );
  }
  const remaining = old.quantity.minus(old.executed);
  if (old.leg === 'entry' && intent.quantity.greaterThan(remaining)) {
    return refusal(
      'replacement_too_large',
      `an entry of ${remaining.toFixed()} cannot grow to ${intent.quantity.toFixed()}`,
    );
  }
  return null;
}

function refusal<Reason extends RefusalReason | OwnReason>(
  reason: Reason,
  message: string,
): { readonly reason: Reason; readonly message: string } {
  return { reason, message };
}

function answered(updates: readonly OrderUpdate[]): RequestOutcome {
  return { kind: 'answered', updates: [...updates] };
}

function refused({ reason, message }: OwnRefusal): RequestOutcome {
  return { kind: 'refused', code: reason, reason: message };
}
