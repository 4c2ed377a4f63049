import { AitraderError, describeFailure } from '../../../domain/errors.ts';
import type { AccountEvent } from '../../../domain/event.ts';
import type { ClientOrderId, OrderId } from '../../../domain/ids.ts';
import type { Instrument, InstrumentRef } from '../../../domain/instrument.ts';
import type { Order } from '../../../domain/order/order.ts';
import type { OrderUpdate } from '../../../domain/order/update.ts';
import type { MarginMode } from '../../../domain/position/position.ts';
import type { Clock } from '../../../ports/clock.ts';
import type {
  AccountSnapshot,
  Broker,
  FundingReport,
  OrderAnswer,
  ReportedFill,
  RequestOutcome,
  Submission,
} from '../../../ports/broker.ts';
import type { AccountNews } from './account-news.ts';
import { failedOutcome } from './connection/outcome.ts';
import type { Dialect, KnownId } from './dialect.ts';
import type { FillMaker } from './fills.ts';
import type { OwnOrders } from './orders.ts';
import type { UserStream } from './stream/user-stream.ts';

const CLOSED: RequestOutcome = { kind: 'not_executed', cause: 'the broker is closed', retryAfterMs: 0 };

/** What the broker is made of; see ccxt.ts. */
export interface BrokerParts {
  readonly account: Broker['account'];
  readonly dialect: Dialect;
  readonly orders: OwnOrders;
  readonly fills: Pick<FillMaker, 'fillOf'>;
  readonly news: Pick<AccountNews, 'onEvent' | 'close'>;
  /** Where the news come from. */
  readonly stream: Pick<UserStream, 'close'>;
  readonly clock: Clock;
  readonly instruments: () => Promise<readonly Instrument[]>;
}

/** A live account behind the port: what came of each request, whose orders are whose, and nothing sent twice. */
export class CcxtBroker implements Broker {
  readonly account: Broker['account'];
  readonly capabilities: Broker['capabilities'];
  readonly #parts: BrokerParts;
  readonly #underWay = new Map<ClientOrderId, Promise<RequestOutcome>>();
  #isClosed = false;

  constructor(parts: BrokerParts) {
    this.account = parts.account;
    this.capabilities = parts.dialect.capabilities;
    this.#parts = parts;
  }

  /** @throws AitraderError `EXCHANGE_UNREACHABLE` */
  async instruments(): Promise<readonly Instrument[]> {
    const { instruments, dialect } = this.#parts;
    const [listed, brackets] = await this.#ask(() => Promise.all([instruments(), dialect.leverageBrackets()]));
    return listed.map((instrument) => {
      const leverageBrackets = brackets.get(instrument.symbol);
      if (instrument.futures === null || leverageBrackets === undefined) return instrument;
      return { ...instrument, futures: { ...instrument.futures, leverageBrackets } };
    });
  }

  submit(submission: Submission): Promise<RequestOutcome> {
    return this.#once([submission], async () => this.#parts.dialect.place(submission));
  }

  /** The news of lists go out as events alone: an answer could not say which order they belong to. */
  submitList(submissions: readonly Submission[]): Promise<RequestOutcome> {
    return this.#once(submissions, async () => {
      await this.#parts.dialect.placeList(submissions);
      return [];
    });
  }

  async cancel(order: Order): Promise<RequestOutcome> {
    const { orders, dialect } = this.#parts;
    if (this.#isClosed) return CLOSED;
    orders.learn(order);
    try {
      return { kind: 'answered', updates: await dialect.cancel(order) };
    } catch (failure) {
      return failedOutcome(failure, orders.notFoundFinalAt());
    }
  }

  replace(order: Order, replacement: Submission): Promise<RequestOutcome> {
    this.#parts.orders.learn(order);
    return this.#once([replacement], async () => this.#parts.dialect.replace(order, replacement));
  }

  async query(order: Order): Promise<OrderAnswer> {
    const { orders, dialect, clock } = this.#parts;
    orders.learn(order);
    const askedAtMs = clock.monotonicMs();
    try {
      const updates = await dialect.find(order);
      if (updates !== null) return { kind: 'found', updates };
      return { kind: 'not_found', final: orders.isNotFoundFinal(order.clientOrderId, askedAtMs) };
    } catch (failure) {
      return { kind: 'no_answer', cause: describeFailure(failure) };
    }
  }

  /** @throws AitraderError `EXCHANGE_UNREACHABLE` */
  async snapshot(): Promise<AccountSnapshot> {
    const { dialect, orders, clock } = this.#parts;
    const at = clock.now();
    const [balances, positions, working] = await this.#ask(() =>
      Promise.all([dialect.balances(), dialect.positions(), dialect.workingOrders()]),
    );
    return {
      at,
      balances: balances.map((balance) => ({ accountId: this.account.id, ...balance, updatedAt: at })),
      positions,
      ownOrders: working.flatMap(({ clientOrderId, updates, foreign }) => {
        const { market, symbol, side, quantity, terms } = foreign;
        return orders.isOwn(clientOrderId) ? [{ market, symbol, side, quantity, terms, clientOrderId, updates }] : [];
      }),
      foreignOrders: working
        .filter(({ clientOrderId }) => !orders.isOwn(clientOrderId))
        .map(({ foreign }) => ({ ...foreign, seenAt: at })),
    };
  }

  /** At most half a year back. @throws AitraderError `EXCHANGE_UNREACHABLE` */
  async fillsSince({ symbol }: InstrumentRef, sinceMs: number): Promise<readonly ReportedFill[]> {
    const { dialect, fills } = this.#parts;
    return this.#ask(async () => {
      const trades = await dialect.trades(symbol, sinceMs);
      return Promise.all(
        trades.map(async (trade) => ({ fill: await fills.fillOf(trade), clientOrderId: trade.clientOrderId })),
      );
    });
  }

  /** @throws AitraderError `EXCHANGE_UNREACHABLE` */
  async fundingSince(sinceMs: number): Promise<readonly FundingReport[]> {
    return this.#ask(() => this.#parts.dialect.funding(sinceMs));
  }

  /** @throws AitraderError `LEVERAGE_LIMIT` when the venue refuses, `HEDGE_MODE`, `EXCHANGE_UNREACHABLE` without a clear answer */
  async setLeverage(instrument: InstrumentRef, leverage: number, marginMode: MarginMode): Promise<void> {
    await this.#parts.dialect.setLeverage(instrument, leverage, marginMode);
  }

  onEvent(listener: (event: AccountEvent) => void): () => void {
    return this.#parts.news.onEvent(listener);
  }

  ownerOf(clientOrderId: string): OrderId | null {
    return this.#parts.orders.ownerOf(clientOrderId);
  }

  /** Nothing is told any more; requests that are under way are waited for, as their outcome matters. */
  async close(): Promise<void> {
    this.#isClosed = true;
    this.#parts.stream.close();
    this.#parts.news.close();
    await Promise.allSettled(this.#underWay.values());
  }

  /** The same submission while it is under way is the same request. */
  #once(submissions: readonly Submission[], act: () => Promise<readonly OrderUpdate[]>): Promise<RequestOutcome> {
    if (this.#isClosed) return Promise.resolve(CLOSED);
    const ids = submissions.map(({ clientOrderId }) => clientOrderId);
    const same = ids.map((id) => this.#underWay.get(id)).find((request) => request !== undefined);
    if (same !== undefined) return same;
    const request = this.#attempt(submissions, act).finally(() => {
      for (const id of ids) this.#underWay.delete(id);
    });
    for (const id of ids) this.#underWay.set(id, request);
    return request;
  }

  async #attempt(
    submissions: readonly Submission[],
    act: () => Promise<readonly OrderUpdate[]>,
  ): Promise<RequestOutcome> {
    const { orders, dialect } = this.#parts;
    // Client order ids are unique among working orders only: a second request after a fill would be a second order.
    if (submissions.some(({ clientOrderId }) => orders.wasSent(clientOrderId))) {
      const known = await this.#recall(submissions);
      if (known !== null) return known;
    }
    for (const { intent, clientOrderId } of submissions) orders.noteUnderWay(intent, clientOrderId);
    const settle = (isRepeatable: boolean): void => {
      for (const { clientOrderId } of submissions) orders.noteSettled(clientOrderId, isRepeatable);
    };
    try {
      const updates = await act();
      settle(false);
      return { kind: 'answered', updates };
    } catch (failure) {
      const outcome = failedOutcome(failure, orders.notFoundFinalAt());
      const isDuplicate = dialect.isDuplicate(failure);
      settle(outcome.kind === 'not_executed' || (outcome.kind === 'refused' && !isDuplicate));
      return isDuplicate ? ((await this.#recall(submissions)) ?? outcome) : outcome;
    }
  }

  /** What became of earlier requests under the same ids; null when nothing can have, or can still, come of them. */
  async #recall(submissions: readonly KnownId[]): Promise<RequestOutcome | null> {
    const { orders, dialect, clock } = this.#parts;
    const askedAtMs = clock.monotonicMs();
    try {
      const news = await Promise.all(submissions.map(async (submission) => dialect.find(submission)));
      const found = news.filter((updates) => updates !== null);
      if (found.length > 0) return { kind: 'answered', updates: submissions.length === 1 ? found.flat() : [] };
      if (submissions.every(({ clientOrderId }) => orders.isNotFoundFinal(clientOrderId, askedAtMs))) return null;
      const cause = 'it was sent before, and the exchange does not know it yet';
      return { kind: 'unknown', cause, notFoundFinalAt: orders.notFoundFinalAt() };
    } catch (failure) {
      const cause = `it was sent before, and cannot be asked for: ${describeFailure(failure)}`;
      return { kind: 'unknown', cause, notFoundFinalAt: orders.notFoundFinalAt() };
    }
  }

  async #ask<Answer>(question: () => Promise<Answer>): Promise<Answer> {
    try {
      return await question();
    } catch (failure) {
      const { venue } = this.account;
      const context = { venue, problem: describeFailure(failure) };
      throw new AitraderError('EXCHANGE_UNREACHABLE', context, { cause: failure });
    }
  }
}
