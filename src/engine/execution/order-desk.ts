import { AitraderError, describeFailure } from '../../domain/errors.ts';
import type { AccountEvent } from '../../domain/event.ts';
import type { Fill } from '../../domain/fill.ts';
import type { OrderId, PositionId } from '../../domain/ids.ts';
import { clientOrderId } from '../../domain/order/client-order-id.ts';
import { isFinal, newOrder } from '../../domain/order/order.ts';
import type { Order, OrderIntent } from '../../domain/order/order.ts';
import { applyOrderUpdate } from '../../domain/order/update.ts';
import type { OrderUpdate } from '../../domain/order/update.ts';
import type { RiskApproved } from '../../domain/risk-approval.ts';
import { SECOND_MS } from '../../domain/time.ts';
import type { Broker, OrderAnswer, RequestOutcome, Submission } from '../../ports/broker.ts';
import type { Clock } from '../../ports/clock.ts';
import { ExitNumbers } from './exit-numbers.ts';
import { lacksFills, needsAnswer, Questions } from './questions.ts';

/** An order can reach the venue until its recvWindow is over; after that and a margin, "not found" means never executed. */
const RECEIVE_WINDOW_MS = 5 * SECOND_MS;
const NOT_FOUND_MARGIN_MS = 2 * SECOND_MS;
/** An entry is sent at most so often. */
const ENTRY_ATTEMPTS = 3;
/** Between two attempts of an entry at the least. */
const RESEND_MS = SECOND_MS;

/** Where the desk keeps its orders. */
export interface OrderBooks {
  get(id: OrderId): Order | undefined;
  put(order: Order, change: string): void;
  addFill(fill: Fill): void;
  /** Resolves to false when the changes could not be stored. */
  commitDurably(): Promise<boolean>;
}

/** Who wants to know what becomes of orders. Called while an event is handled. */
export interface OrderListener {
  /** A fill was booked, for the first time. */
  filled(order: Order, fill: Fill): void;
  /** The order has come into another state and has not ended. */
  moved(order: Order): void;
  /** The order has ended, and every fill that the venue has named is booked. */
  ended(order: Order): void;
  /** Whether an entry that was not executed may be sent again. */
  stillWanted(order: Order): boolean;
  /** Books and venue disagree. */
  disputed(order: Order, problem: AitraderError): void;
}

export interface OrderDeskOptions {
  readonly clock: Clock;
  readonly broker: Broker;
  /** The four characters of this program instance. */
  readonly instance: string;
  readonly books: OrderBooks;
  readonly listener: OrderListener;
  /** Hands news over to the engine's queue; they come back through `update`, one after the other. */
  readonly tell: (event: Extract<AccountEvent, { type: 'order_update' }>) => void;
}

/**
 * The life of our own orders: writes each down before it is sent, classifies what came of it, asks for what is not known,
 * and books every fill once. It decides nothing about markets.
 */
export class OrderDesk {
  readonly #options: OrderDeskOptions;
  readonly #numbers = new ExitNumbers();
  readonly #questions: Questions;
  /** What may be sent again, and how long that has to wait. */
  readonly #approved = new Map<OrderId, RiskApproved<OrderIntent>>();
  readonly #waitMs = new Map<OrderId, number>();
  readonly #cancelWanted = new Set<OrderId>();
  #isStopped = false;

  constructor(options: OrderDeskOptions) {
    this.#options = options;
    this.#questions = new Questions(options.clock, (id) => void this.#ask(id));
  }

  /** Orders whose fate is being asked for. */
  get unanswered(): number {
    return this.#questions.open;
  }

  /** Goes on with an order of an earlier run: whether it was sent is not known, so it is asked for before anything else. */
  restore(order: Order): void {
    this.#numbers.note(order.clientOrderId);
    if (isFinal(order.state.status) && !lacksFills(order)) return;
    if (order.state.status === 'pending') {
      this.#tell(order.intent.id, { type: 'outcome_unknown', at: this.#now, cause: 'restart', ...this.#notFoundFinal });
    }
    this.#questions.ask(order.intent.id);
  }

  /** Notes an id that was seen at the venue, so that it is not given again. */
  noteClientOrderId(text: string): void {
    this.#numbers.note(text);
  }

  /** Sends an order that opens or adds: only once it is written down durably. */
  enter(intent: RiskApproved<OrderIntent>): Order {
    const order = this.#write(intent, clientOrderId(this.#entryId(intent, 1)));
    this.#approved.set(intent.id, intent);
    void this.#options.books.commitDurably().then((isStored) => {
      if (isStored) this.#send(intent.id);
      else this.#giveUp(intent.id, 'the intent could not be stored, so nothing was sent');
    });
    return order;
  }

  /** Sends an order that closes, reduces or protects: at once, as its id can be asked for after a crash. */
  exit(intent: RiskApproved<OrderIntent>, positionId: PositionId): Order {
    const order = this.#write(intent, this.#exitId(intent, positionId));
    this.#approved.set(intent.id, intent);
    this.#send(intent.id);
    return order;
  }

  /** Puts a new order in the place of a working one. The old one's end is told by the venue like any other. */
  replace(old: OrderId, intent: RiskApproved<OrderIntent>, positionId: PositionId): Order | null {
    const order = this.#options.books.get(old);
    if (order === undefined || isFinal(order.state.status)) return null;
    const replacement = this.#write(intent, this.#exitId(intent, positionId));
    this.update(old, { type: 'replace_requested', at: this.#now, replacementId: intent.id });
    this.#sent(replacement, replacement.attempt);
    const submission = { intent, clientOrderId: replacement.clientOrderId, attempt: replacement.attempt };
    const fate = this.#options.broker.replace(order, submission);
    void this.#whenAnswered(fate, (outcome) => {
      this.#handleOutcome(intent.id, outcome);
      if (outcome.kind === 'refused' || outcome.kind === 'not_executed') {
        this.#tell(old, { type: 'request_refused', at: this.#now });
      } else this.#questions.ask(old);
    });
    return replacement;
  }

  /** Cancels a working order; one that is on its way is cancelled as soon as it is known. Ended ones stay as they are. */
  cancel(id: OrderId): void {
    const order = this.#options.books.get(id);
    if (order === undefined || isFinal(order.state.status)) return;
    this.#cancelWanted.add(id);
    this.#cancelIfKnown(order);
  }

  /** Takes in what happened to an order. */
  update(id: OrderId, update: OrderUpdate): void {
    const { books, listener } = this.#options;
    const before = books.get(id);
    if (before === undefined) return;
    const outcome = applyOrderUpdate(before, update);
    if (!outcome.ok) {
      listener.disputed(before, outcome.error);
      this.#questions.ask(id);
      return;
    }
    if (outcome.value.kind === 'stale') return;
    const { order } = outcome.value;
    books.put(order, update.type);
    const isNewFill = order.execution.filledQuantity.greaterThan(before.execution.filledQuantity);
    if (update.type === 'fill' && isNewFill) {
      books.addFill(update.fill);
      listener.filled(order, update.fill);
    }
    this.#follow(before, order);
  }

  /** Asks for an order although it has not been silent: something is known that its state does not show. */
  inquire(id: OrderId): void {
    this.#questions.ask(id);
  }

  /** Forgets what was counted of a closed position. */
  forget(positionId: PositionId): void {
    this.#numbers.forget(positionId);
  }

  /** Asks for nothing more. Orders at the venue stay as they are. */
  stop(): void {
    this.#isStopped = true;
    this.#questions.stop();
  }

  get #now(): number {
    return this.#options.clock.now();
  }

  get #notFoundFinal(): { readonly notFoundFinalAt: number } {
    return { notFoundFinalAt: this.#now + RECEIVE_WINDOW_MS + NOT_FOUND_MARGIN_MS };
  }

  #entryId(intent: OrderIntent, attempt: number) {
    return { instance: this.#options.instance, subject: intent.id, leg: 'entry', number: attempt } as const;
  }

  #exitId(intent: OrderIntent, positionId: PositionId) {
    const number = this.#numbers.next(positionId, intent.leg);
    return clientOrderId({ instance: this.#options.instance, subject: positionId, leg: intent.leg, number });
  }

  #write(intent: RiskApproved<OrderIntent>, id: Order['clientOrderId']): Order {
    const order = newOrder(intent, id);
    this.#options.books.put(order, 'intended');
    return order;
  }

  #tell(orderId: OrderId, update: OrderUpdate): void {
    this.#options.tell({ type: 'order_update', orderId, update });
  }

  #sent(order: Order, attempt: number): void {
    const { clientOrderId: id } = order;
    this.update(order.intent.id, {
      type: 'sent',
      at: this.#now,
      clientOrderId: id,
      attempt,
      ...this.#notFoundFinal,
    });
  }

  #send(id: OrderId): void {
    const order = this.#options.books.get(id);
    const intent = this.#approved.get(id);
    if (order === undefined || intent === undefined || order.state.status !== 'pending' || this.#isStopped) return;
    if (this.#cancelWanted.has(id)) {
      this.#giveUp(id, 'cancelled before it was sent');
      return;
    }
    this.#sent(order, order.attempt);
    const submission: Submission = { intent, clientOrderId: order.clientOrderId, attempt: order.attempt };
    void this.#whenAnswered(this.#options.broker.submit(submission), (outcome) => this.#handleOutcome(id, outcome));
  }

  /** A broker that throws breaks its contract; what it did is then as unknown as after a lost answer. */
  async #whenAnswered(asked: Promise<RequestOutcome>, handle: (outcome: RequestOutcome) => void): Promise<void> {
    handle(
      await asked.catch((failure: unknown) => {
        return { kind: 'unknown', cause: describeFailure(failure), ...this.#notFoundFinal } as const;
      }),
    );
  }

  #handleOutcome(id: OrderId, outcome: RequestOutcome): void {
    const at = this.#now;
    switch (outcome.kind) {
      case 'answered':
        for (const update of outcome.updates) this.#tell(id, update);
        return;
      case 'unknown': {
        const { cause, notFoundFinalAt } = outcome;
        this.#tell(id, { type: 'outcome_unknown', at, cause, notFoundFinalAt });
        return;
      }
      case 'not_executed':
        this.#waitMs.set(id, Math.max(outcome.retryAfterMs, RESEND_MS));
        this.#tell(id, { type: 'not_executed', at });
        return;
      case 'refused':
        this.#tell(id, { type: 'rejected', at, code: outcome.code, reason: outcome.reason });
    }
  }

  /** What a new state of an order asks for. */
  #follow(before: Order, order: Order): void {
    const { id } = order.intent;
    const { status } = order.state;
    const isOver = isFinal(status) && !lacksFills(order);
    const wasOver = isFinal(before.state.status) && !lacksFills(before);
    if (isOver) {
      this.#questions.drop(id);
      this.#approved.delete(id);
      this.#waitMs.delete(id);
      this.#cancelWanted.delete(id);
      if (!wasOver) this.#options.listener.ended(order);
      return;
    }
    if (needsAnswer(order)) this.#questions.ask(id);
    else this.#questions.drop(id);
    if (status !== before.state.status) this.#options.listener.moved(order);
    if (status === 'pending') this.#sendAgain(order);
    else if (this.#cancelWanted.has(id)) this.#cancelIfKnown(order);
  }

  /** An order that surely was not executed. Entries are sent again; an exit is decided anew by whoever wanted it. */
  #sendAgain(order: Order): void {
    const { id, leg } = order.intent;
    const mayTry = leg === 'entry' && order.attempt < ENTRY_ATTEMPTS && !this.#cancelWanted.has(id);
    if (!mayTry) {
      this.#giveUp(id, 'not executed');
      return;
    }
    const waitMs = this.#waitMs.get(id) ?? RESEND_MS;
    this.#options.clock.setTimer(waitMs, () => {
      const waiting = this.#options.books.get(id);
      if (waiting?.state.status !== 'pending') return;
      if (!this.#options.listener.stillWanted(waiting)) {
        this.#giveUp(id, 'not executed, and no longer wanted');
        return;
      }
      const attempt = waiting.attempt + 1;
      const renamed = { ...waiting, attempt, clientOrderId: clientOrderId(this.#entryId(waiting.intent, attempt)) };
      this.#options.books.put(renamed, 'renamed');
      void this.#options.books.commitDurably().then((isStored) => {
        if (isStored) this.#send(id);
        else this.#giveUp(id, 'the next attempt could not be stored');
      });
    });
  }

  #giveUp(id: OrderId, reason: string): void {
    const at = this.#now;
    this.#tell(id, { type: 'cancelled', at, venueOrderId: null, reportedQuantity: null, reason });
  }

  #cancelIfKnown(order: Order): void {
    const { id } = order.intent;
    const { status } = order.state;
    if (status !== 'open' && status !== 'partial') return;
    this.update(id, { type: 'cancel_requested', at: this.#now });
    void this.#whenAnswered(this.#options.broker.cancel(order), (outcome) => {
      if (outcome.kind === 'answered') for (const update of outcome.updates) this.#tell(id, update);
      // Refused: most often because it has just ended. The answer to the question says.
      this.#questions.ask(id);
    });
  }

  async #ask(id: OrderId): Promise<void> {
    const order = this.#options.books.get(id);
    if (order === undefined) return;
    const answer = await this.#options.broker.query(order).catch((failure: unknown): OrderAnswer => {
      return { kind: 'no_answer', cause: describeFailure(failure) };
    });
    if (answer.kind === 'found') {
      for (const update of answer.updates) this.#tell(id, update);
      const isStillWorking = ['cancelling', 'replacing'].includes(order.state.status);
      if (isStillWorking) this.#tell(id, { type: 'request_refused', at: this.#now });
      return;
    }
    if (answer.kind === 'no_answer' || !answer.final) return;
    if (order.state.status === 'sent' || order.state.status === 'unknown') {
      this.#tell(id, { type: 'not_executed', at: this.#now });
      return;
    }
    const problem = `the exchange does not know order ${order.clientOrderId}, which was ${order.state.status}`;
    this.#options.listener.disputed(order, new AitraderError('INTERNAL', { problem }));
  }
}
