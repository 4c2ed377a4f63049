import { AitraderError, describeFailure } from '../../domain/errors.ts';
import type { OrderId, PositionId } from '../../domain/ids.ts';
import { isFinal, newOrder } from '../../domain/order/order.ts';
import type { Order, OrderIntent } from '../../domain/order/order.ts';
import { applyOrderUpdate } from '../../domain/order/update.ts';
import type { OrderUpdate } from '../../domain/order/update.ts';
import type { RiskApproved } from '../../domain/risk-approval.ts';
import { SECOND_MS } from '../../domain/time.ts';
import type { OrderAnswer, RequestOutcome, Submission } from '../../ports/broker.ts';
import { OrderNames } from './order-names.ts';
import { OrderNotes } from './order-notes.ts';
import { NO_LONGER_WANTED } from './order-desk-options.ts';
import type { OrderDeskOptions } from './order-desk-options.ts';
import { isOver, needsAnswer, Questions } from './questions.ts';

/** An order can reach the venue until its recvWindow is over; after that and a margin, "not found" means never executed. */
const NOT_FOUND_FINAL_MS = 5 * SECOND_MS + 2 * SECOND_MS;
/** An entry is sent at most so often. */
const ENTRY_ATTEMPTS = 3;
/** Between two attempts of an entry at the least. */
const RESEND_MS = SECOND_MS;
/** So often a venue must say that it does not know a working order: its replicas lag behind. */
const DENIALS = 2;

/**
 * The life of our own orders: writes each down before it is sent, classifies what came of it, asks for what is not known,
 * and books every fill once. It decides nothing about markets.
 */
export class OrderDesk {
  readonly #options: OrderDeskOptions;
  readonly names: OrderNames;
  readonly #questions: Questions;
  readonly #notes = new OrderNotes();
  #isStopped = false;

  constructor(options: OrderDeskOptions) {
    this.#options = options;
    this.names = new OrderNames(options.instance);
    this.#questions = new Questions(options.clock, (id) => void this.#ask(id));
  }

  /** Orders whose fate is being asked for. */
  get unanswered(): number {
    return this.#questions.open;
  }

  /** Goes on with an order of an earlier run: whether it was sent is not known, so it is asked for before anything else. */
  restore(order: Order): void {
    this.names.note(order.clientOrderId);
    if (isOver(order)) return;
    if (order.state.status === 'pending') {
      this.#tell(order.intent.id, { type: 'outcome_unknown', at: this.#now, cause: 'restart', ...this.#notFoundFinal });
    }
    this.#questions.ask(order.intent.id);
  }

  /** Takes an order of ours into the books that was found at the venue alone. */
  adopt(order: Order, updates: readonly OrderUpdate[]): void {
    this.#options.books.put(order, 'found at the exchange');
    for (const update of updates) this.update(order.intent.id, update);
  }

  /** Sends an order that opens or adds: only once it is written down durably. */
  enter(intent: RiskApproved<OrderIntent>): Order {
    const order = this.#write(intent, this.names.entry(intent.id, 1));
    this.#notes.approved.set(intent.id, intent);
    this.#sendWhenStored(intent.id);
    return order;
  }

  /** Sends an order that closes, reduces or protects: at once, as its id can be asked for after a crash. */
  exit(intent: RiskApproved<OrderIntent>, positionId: PositionId): void {
    this.writeExit(intent, positionId);
    this.sendExit(intent.id);
  }

  /** Writes down an order that closes and has to wait before it can be sent, so that it is known after a crash. */
  writeExit(intent: RiskApproved<OrderIntent>, positionId: PositionId): void {
    this.#write(intent, this.names.exit(positionId, intent.leg));
    this.#notes.approved.set(intent.id, intent);
  }

  /** Sends what was written down. */
  sendExit(id: OrderId): void {
    this.#send(id);
  }

  /**
   * Puts a new order in the place of a working one. The old one's end is told by the venue like any other.
   * @returns null when the old one does not work any more, or is about to end
   */
  replace(old: OrderId, intent: RiskApproved<OrderIntent>, positionId: PositionId): Order | null {
    const order = this.#options.books.get(old);
    if (order?.state.status !== 'open' && order?.state.status !== 'partial') return null;
    const replacement = this.#write(intent, this.names.exit(positionId, intent.leg));
    this.update(old, { type: 'replace_requested', at: this.#now, replacementId: intent.id });
    this.#sent(replacement, replacement.attempt);
    const submission = { intent, clientOrderId: replacement.clientOrderId, attempt: replacement.attempt };
    const fate = this.#options.broker.replace(order, submission);
    void this.#whenAnswered(fate, (outcome) => {
      this.#handleOutcome(replacement, outcome);
      if (outcome.kind === 'refused' || outcome.kind === 'not_executed') {
        this.#tell(old, { type: 'request_refused', at: this.#now });
      }
      // Refused: perhaps because the old one has ended unheard.
      this.#options.later(() => this.#questions.ask(old));
    });
    return replacement;
  }

  /** Cancels a working order; one that is on its way is cancelled as soon as it is known. Ended ones stay as they are. */
  cancel(id: OrderId): void {
    const order = this.#options.books.get(id);
    if (order === undefined || isFinal(order.state.status)) return;
    const isUnsent = order.state.status === 'pending' && order.intent.leg !== 'entry';
    this.#notes.cancelWanted.add(id);
    if (isUnsent) this.#giveUp(id, NO_LONGER_WANTED);
    else this.#cancelIfKnown(order);
  }

  /** Takes in what happened to an order. */
  update(id: OrderId, update: OrderUpdate): void {
    const { books, listener } = this.#options;
    const before = books.get(id);
    if (before === undefined) return;
    const outcome = applyOrderUpdate(before, update);
    if (!outcome.ok) {
      listener.disputed(before, outcome.error);
      // Not anew: the same answer would be in dispute again.
      this.#questions.goOn(id);
      return;
    }
    if (outcome.value.kind === 'stale') return;
    const { order } = outcome.value;
    books.put(order, update.type);
    const isNewFill = order.execution.filledQuantity.greaterThan(before.execution.filledQuantity);
    if (update.type === 'fill' && isNewFill) {
      const fill = { ...update.fill, orderId: id };
      books.addFill(fill);
      try {
        listener.filled(order, fill);
      } finally {
        this.#follow(before, order);
      }
    } else this.#follow(before, order);
  }

  /** Asks for an order although it has not been silent, as its state does not show all; within so long at the latest. */
  inquire(id: OrderId, withinMs?: number): void {
    this.#questions.ask(id, withinMs);
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
    return { notFoundFinalAt: this.#now + NOT_FOUND_FINAL_MS };
  }

  #write(intent: RiskApproved<OrderIntent>, id: Order['clientOrderId']): Order {
    const order = newOrder(intent, id);
    this.#options.books.put(order, 'intended');
    return order;
  }

  #tell(orderId: OrderId, update: OrderUpdate): void {
    this.#options.later(() => this.update(orderId, update));
  }

  #sendWhenStored(id: OrderId): void {
    void this.#options.books.commitDurably().then((isStored) => {
      if (isStored) this.#options.later(() => this.#send(id));
      else this.#giveUp(id, 'it could not be written down, so nothing was sent');
    });
  }

  #sent(order: Order, attempt: number): void {
    const { clientOrderId: id } = order;
    const sent = { type: 'sent', at: this.#now, clientOrderId: id, attempt, ...this.#notFoundFinal } as const;
    this.update(order.intent.id, sent);
  }

  #send(id: OrderId): void {
    const order = this.#options.books.get(id);
    const intent = this.#notes.approved.get(id);
    if (order === undefined || intent === undefined || order.state.status !== 'pending' || this.#isStopped) return;
    const isWanted = intent.leg !== 'entry' || this.#options.listener.stillWanted(order);
    if (this.#notes.cancelWanted.has(id) || !isWanted) {
      this.#giveUp(id, NO_LONGER_WANTED);
      return;
    }
    this.#sent(order, order.attempt);
    const submission: Submission = { intent, clientOrderId: order.clientOrderId, attempt: order.attempt };
    void this.#whenAnswered(this.#options.broker.submit(submission), (outcome) => this.#handleOutcome(order, outcome));
  }

  /** A broker that throws breaks its contract; what it did is then as unknown as after a lost answer. */
  async #whenAnswered(asked: Promise<RequestOutcome>, handle: (outcome: RequestOutcome) => void): Promise<void> {
    handle(
      await asked.catch((failure: unknown) => {
        return { kind: 'unknown', cause: describeFailure(failure), ...this.#notFoundFinal } as const;
      }),
    );
  }

  /** @param sent the order as it was sent */
  #handleOutcome(sent: Order, outcome: RequestOutcome): void {
    const at = this.#now;
    const { id } = sent.intent;
    if (outcome.kind === 'answered') {
      for (const update of outcome.updates) this.#tell(id, update);
      return;
    }
    // What did not come of an attempt says nothing of a later one, which may be at work already.
    if (!this.#isStillUnder(sent)) return;
    switch (outcome.kind) {
      case 'unknown':
        this.#tell(id, { type: 'outcome_unknown', at, cause: outcome.cause, notFoundFinalAt: outcome.notFoundFinalAt });
        return;
      case 'not_executed':
        this.#notes.waitMs.set(id, Math.max(outcome.retryAfterMs, RESEND_MS));
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
    this.#notes.denials.delete(id);
    if (isOver(order)) {
      this.#letGo(id);
      if (!isOver(before)) this.#options.listener.ended(order);
      return;
    }
    if (needsAnswer(order)) this.#questions.ask(id);
    else this.#questions.drop(id);
    if (status !== before.state.status) this.#options.listener.moved(order);
    if (status === 'pending') this.#sendAgain(order);
    else if (this.#notes.cancelWanted.has(id)) this.#cancelIfKnown(order);
  }

  #letGo(id: OrderId): void {
    this.#questions.drop(id);
    this.#notes.letGo(id);
  }

  /**
   * An order that surely was not executed. Entries are sent again; an exit is decided anew by whoever wanted it, and so is
   * an entry of an earlier run: what let it pass may hold no more.
   */
  #sendAgain(order: Order): void {
    const { id, leg } = order.intent;
    const isApproved = this.#notes.approved.has(id) && !this.#notes.cancelWanted.has(id);
    if (leg !== 'entry' || order.attempt >= ENTRY_ATTEMPTS || !isApproved) {
      this.#giveUp(id, 'not executed');
      return;
    }
    const waitMs = this.#notes.waitMs.get(id) ?? RESEND_MS;
    this.#options.clock.setTimer(waitMs, () => this.#options.later(() => this.#tryAgain(id)));
  }

  #tryAgain(id: OrderId): void {
    const waiting = this.#options.books.get(id);
    if (waiting?.state.status !== 'pending' || this.#isStopped) return;
    if (this.#notes.cancelWanted.has(id) || !this.#options.listener.stillWanted(waiting)) {
      this.#giveUp(id, 'not executed, and no longer wanted');
      return;
    }
    const attempt = waiting.attempt + 1;
    const renamed = { ...waiting, attempt, clientOrderId: this.names.entry(id, attempt) };
    this.#options.books.put(renamed, 'renamed');
    this.#sendWhenStored(id);
  }

  #giveUp(id: OrderId, reason: string): void {
    this.#tell(id, { type: 'cancelled', at: this.#now, venueOrderId: null, reportedQuantity: null, reason });
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

  /** Whether the order still goes by the id that it had then. */
  #isStillUnder({ intent, clientOrderId: then }: Order): boolean {
    return this.#options.books.get(intent.id)?.clientOrderId === then;
  }

  async #ask(id: OrderId): Promise<void> {
    const order = this.#options.books.get(id);
    if (order === undefined || isOver(order)) {
      this.#letGo(id);
      return;
    }
    const answer = await this.#options.broker.query(order).catch((failure: unknown): OrderAnswer => {
      return { kind: 'no_answer', cause: describeFailure(failure) };
    });
    if (answer.kind === 'found') {
      for (const update of answer.updates) this.#tell(id, update);
      const isStillWorking = ['cancelling', 'replacing'].includes(order.state.status);
      if (isStillWorking) this.#tell(id, { type: 'request_refused', at: this.#now });
      this.#options.later(() => this.#answered(id));
      return;
    }
    if (answer.kind === 'not_found' && answer.final && this.#isStillUnder(order)) this.#denied(order);
  }

  /** The venue has told how an order stands, and that is booked. */
  #answered(id: OrderId): void {
    const order = this.#options.books.get(id);
    if (order === undefined || isOver(order)) return;
    if (!needsAnswer(order)) this.#questions.drop(id);
    this.#options.listener.answered(order);
  }

  /** The venue does not know an order, and the request for it cannot arrive any more. */
  #denied(asked: Order): void {
    const { id } = asked.intent;
    const { status } = asked.state;
    if (status === 'sent' || status === 'unknown') {
      this.#tell(id, { type: 'not_executed', at: this.#now });
      return;
    }
    const denials = (this.#notes.denials.get(id) ?? 0) + 1;
    this.#notes.denials.set(id, denials);
    if (denials < DENIALS || isFinal(status)) return;
    const reason = `the exchange does not know it any more, which was ${status}`;
    const problem = `order ${asked.clientOrderId}: ${reason}`;
    this.#options.later(() => this.#options.listener.disputed(asked, new AitraderError('INTERNAL', { problem })));
    this.#tell(id, { type: 'expired', at: this.#now, venueOrderId: null, reportedQuantity: null, reason });
  }
}
