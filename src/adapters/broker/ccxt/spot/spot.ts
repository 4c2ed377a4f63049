import type { Decimal, Price } from '../../../../domain/decimal.ts';
import { describeFailure } from '../../../../domain/errors.ts';
import type { Fill } from '../../../../domain/fill.ts';
import type { LeverageBracket } from '../../../../domain/instrument.ts';
import type { Order, OrderIntent } from '../../../../domain/order/order.ts';
import type { OrderUpdate } from '../../../../domain/order/update.ts';
import { DAY_MS, SECOND_MS } from '../../../../domain/time.ts';
import type { Clock } from '../../../../ports/clock.ts';
import type { BrokerCapabilities, FundingReport, Submission, VenuePosition } from '../../../../ports/broker.ts';
import { NotSent, RefusedHere, UnreadableAnswer, VenueRefusal } from '../connection/failures.ts';
import type { Fields } from '../connection/fields.ts';
import { amountOf, amountOrNull, fieldsOf, isFields, listOf, textOf } from '../connection/fields.ts';
import type { VenueClient } from '../connection/venue-client.ts';
import type { AssetBalance, Dialect, KnownId, WorkingOrder } from '../dialect.ts';
import { checkFilledMeanwhile, checkReplacement } from '../dialect.ts';
import type { FillMaker, VenueTrade } from '../fills.ts';
import type { DialectParts } from '../market-parts.ts';
import { newsOf } from '../order-news.ts';
import { isConditional } from '../orders.ts';
import type { OwnOrders } from '../orders.ts';
import { priorityOf } from '../priority.ts';
import { named, nameQuestions } from '../trade-names.ts';
import type { OrderWords } from '../trade-names.ts';
import { tradesSince } from '../trade-pages.ts';
import type { PageTerms } from '../trade-pages.ts';
import { answeredTrades, standingOf, tradeOf, workingOrderOf } from './answers.ts';
import { ocoParams, orderParams } from './requests.ts';

/** The order is not known, or its symbol is not any more: then it does not work either. */
const NOT_FOUND: ReadonlySet<number | null> = new Set([-2013, -1121]);
const GONE: ReadonlySet<number | null> = new Set([-2011, -1121]);
const REJECTED = -2010;
const ROWS_A_PAGE = 1_000;
const PAGE = { weight: 20, priority: 'question' } as const;
const CANCEL = { weight: 1, priority: 'cancel' } as const;
const ORDER_WORDS: OrderWords = {
  one: { method: 'privateGetOrder', cost: { weight: 4, priority: 'question' } },
  page: { method: 'privateGetAllOrders', cost: PAGE },
  isNotFound: (failure) => failure instanceof VenueRefusal && NOT_FOUND.has(failure.code),
};

const CAPABILITIES: BrokerCapabilities = {
  orderTypes: {
    spot: new Set(['market', 'limit', 'stop_market', 'stop_limit', 'take_profit', 'trailing_stop'] as const),
    futures: new Set(),
  },
  residentStops: true,
  oco: true,
  atomicReplace: true,
  triggerSources: new Set(['last'] as const),
  maxTrailingDeltaBps: 2_000,
  accountStream: true,
  selfTradePrevention: true,
};

/** Binance spot. https://developers.binance.com/docs/binance-spot-api-docs/rest-api */
export class SpotDialect implements Dialect {
  readonly capabilities = CAPABILITIES;
  readonly #client: VenueClient;
  readonly #orders: OwnOrders;
  readonly #fills: FillMaker;
  readonly #clock: Clock;

  constructor(parts: DialectParts) {
    this.#client = parts.client;
    this.#orders = parts.orders;
    this.#fills = parts.fills;
    this.#clock = parts.clock;
  }

  async place(submission: Submission): Promise<readonly OrderUpdate[]> {
    const cost = { weight: 1, priority: priorityOf(submission.intent) };
    return this.#newsOfPlaced(await this.#client.call('privatePostOrder', orderParams(submission), cost), submission);
  }

  async placeList(submissions: readonly Submission[]): Promise<void> {
    const params = ocoParams(submissions);
    const answer = fieldsOf(
      await this.#client.call('privatePostOrderListOco', params, { weight: 1, priority: 'exit' }),
    );
    for (const order of listOf(answer['orders'])) this.#link(order, textOf(order, 'clientOrderId'));
  }

  /** One order of a list takes the other with it. */
  async cancel(order: Order): Promise<readonly OrderUpdate[]> {
    const { symbol } = order.intent;
    const params = { symbol, origClientOrderId: order.clientOrderId };
    try {
      const answer = fieldsOf(await this.#client.call('privateDeleteOrder', params, CANCEL));
      // A cancelled list is answered with the list.
      if (answer['orderReports'] === undefined) return newsOf(standingOf(answer), [], this.#clock.now());
      return (await this.find(order)) ?? [];
    } catch (failure) {
      const isGone = failure instanceof VenueRefusal && GONE.has(failure.code);
      const news = isGone ? await this.find(order) : null;
      if (news === null) throw failure;
      return news;
    }
  }

  /**
   * Stops change places in one request, everything else in two: an order that rests can be filled in part on the way, which
   * must be seen before the new one is sent. What the venue would refuse is refused before the old one goes.
   */
  async replace(order: Order, replacement: Submission): Promise<readonly OrderUpdate[]> {
    checkReplacement(order, replacement);
    await this.#checkAcceptable(replacement.intent).catch((failure: unknown) => {
      if (failure instanceof RefusedHere) throw failure;
      throw new NotSent(`the market could not be looked at: ${describeFailure(failure)}`, SECOND_MS);
    });
    if (isConditional(order.intent.terms)) return this.#exchange(order, replacement);
    const { symbol } = order.intent;
    const params = { symbol, origClientOrderId: order.clientOrderId };
    const cancelled = await this.#client.call('privateDeleteOrder', params, CANCEL);
    checkFilledMeanwhile(order, standingOf(fieldsOf(cancelled)).executed);
    return this.place(replacement);
  }

  async find({ intent: { symbol }, clientOrderId }: KnownId): Promise<readonly OrderUpdate[] | null> {
    const params = { symbol, origClientOrderId: clientOrderId };
    try {
      const order = fieldsOf(await this.#client.call('privateGetOrder', params, { weight: 4, priority: 'question' }));
      this.#link(order, clientOrderId);
      const standing = standingOf(order);
      const fills = standing.executed.isZero() ? [] : await this.#fillsOf(order, clientOrderId);
      return newsOf(standing, fills, this.#clock.now());
    } catch (failure) {
      if (failure instanceof VenueRefusal && NOT_FOUND.has(failure.code)) return null;
      throw failure;
    }
  }

  async balances(): Promise<readonly AssetBalance[]> {
    const cost = { weight: 20, priority: 'question' } as const;
    const account = fieldsOf(await this.#client.call('privateGetAccount', { omitZeroBalances: true }, cost));
    return listOf(account['balances']).map((balance) => ({
      asset: textOf(balance, 'asset'),
      free: amountOf(balance, 'free'),
      locked: amountOf(balance, 'locked'),
    }));
  }

  async positions(): Promise<readonly VenuePosition[]> {
    return [];
  }

  async workingOrders(): Promise<readonly WorkingOrder[]> {
    const at = this.#clock.now();
    const orders = listOf(await this.#client.call('privateGetOpenOrders', {}, { weight: 80, priority: 'question' }));
    for (const order of orders) this.#link(order, textOf(order, 'clientOrderId'));
    return orders.map((order) => workingOrderOf(order, at));
  }

  async trades(symbol: string, sinceMs: number): Promise<readonly VenueTrade[]> {
    const terms: PageTerms = {
      nowMs: this.#client.venueNow,
      limit: ROWS_A_PAGE,
      windowMs: DAY_MS,
      newestReachMs: Infinity,
    };
    const trades = await tradesSince(
      async (stretch) => {
        const times = stretch === null ? {} : { startTime: stretch.fromMs, endTime: stretch.toMs };
        return this.#tradePage({ symbol, limit: ROWS_A_PAGE, ...times });
      },
      sinceMs,
      terms,
    );
    const questions = nameQuestions(this.#client, symbol, ORDER_WORDS);
    return named(trades, { symbol, orders: this.#orders, questions });
  }

  async funding(): Promise<readonly FundingReport[]> {
    return [];
  }

  async leverageBrackets(): Promise<ReadonlyMap<string, readonly LeverageBracket[]>> {
    return new Map();
  }

  /** Spot has no leverage. */
  async setLeverage(): Promise<void> {
    return undefined;
  }

  isDuplicate(failure: unknown): boolean {
    return failure instanceof VenueRefusal && failure.code === REJECTED && failure.reason.startsWith('Duplicate order');
  }

  /**
   * The old stop goes and the new one comes in one request. It is not sent when the old one has begun to fill.
   * https://developers.binance.com/docs/binance-spot-api-docs/rest-api/trading-endpoints#cancel-an-existing-order-and-send-a-new-order-trade
   */
  async #exchange(order: Order, replacement: Submission): Promise<readonly OrderUpdate[]> {
    const isUntouched = order.execution.reportedQuantity.isZero();
    const params = {
      ...orderParams(replacement),
      cancelReplaceMode: 'STOP_ON_FAILURE',
      cancelOrigClientOrderId: order.clientOrderId,
      cancelRestrictions: isUntouched ? 'ONLY_NEW' : 'ONLY_PARTIALLY_FILLED',
    };
    try {
      const cost = { weight: 1, priority: 'exit' } as const;
      const answer = fieldsOf(await this.#client.call('privatePostOrderCancelReplace', params, cost));
      const news = await this.#newsOfPlaced(answer['newOrderResponse'], replacement);
      await this.#takeBackIfFilled(order, fieldsOf(answer['cancelResponse']), replacement);
      return news;
    } catch (failure) {
      throw innerRefusal(failure);
    }
  }

  /** An order that had begun to fill could fill further on the way: then the new one is for too many units. */
  async #takeBackIfFilled(order: Order, cancelled: Fields, { intent, clientOrderId }: Submission): Promise<void> {
    try {
      checkFilledMeanwhile(order, standingOf(cancelled).executed);
    } catch (tooMuch) {
      const params = { symbol: intent.symbol, origClientOrderId: clientOrderId };
      await this.#client.call('privateDeleteOrder', params, CANCEL).catch((failure: unknown) => {
        throw new UnreadableAnswer(`${describeFailure(tooMuch)}; taking it back failed: ${describeFailure(failure)}`);
      });
      throw tooMuch;
    }
  }

  /** Refuses what would trigger or take at once: after a cancel there would be neither order. */
  async #checkAcceptable({ symbol, side, terms }: OrderIntent): Promise<void> {
    const cost = { weight: 2, priority: 'exit' } as const;
    if (terms.type === 'limit' && terms.postOnly) {
      const book = fieldsOf(await this.#client.call('publicGetTickerBookTicker', { symbol }, cost));
      const wouldTake =
        side === 'buy'
          ? terms.price.greaterThanOrEqualTo(amountOf(book, 'askPrice'))
          : terms.price.lessThanOrEqualTo(amountOf(book, 'bidPrice'));
      if (wouldTake) throw new RefusedHere(String(REJECTED), 'Order would immediately match and take.');
    }
    const trigger = triggerOf(terms);
    if (trigger === null) return;
    const last = amountOf(fieldsOf(await this.#client.call('publicGetTickerPrice', { symbol }, cost)), 'price');
    const firesBelow = (side === 'sell') === trigger.isStop;
    const wouldTrigger = firesBelow ? trigger.price.greaterThanOrEqualTo(last) : trigger.price.lessThanOrEqualTo(last);
    if (wouldTrigger) throw new RefusedHere(String(REJECTED), 'Stop price would trigger immediately.');
  }

  async #newsOfPlaced(answer: unknown, { clientOrderId }: Submission): Promise<OrderUpdate[]> {
    const order = fieldsOf(answer);
    this.#link(order, clientOrderId);
    const trades = answeredTrades(order, clientOrderId);
    const fills = await Promise.all(trades.map(async (trade) => this.#fills.fillOf(trade)));
    return newsOf(standingOf(order), fills, this.#clock.now());
  }

  async #fillsOf(order: Fields, clientOrderId: string): Promise<Fill[]> {
    const params = { symbol: textOf(order, 'symbol'), orderId: textOf(order, 'orderId'), limit: ROWS_A_PAGE };
    const trades = await this.#tradePage(params);
    return Promise.all(trades.map(async (trade) => this.#fills.fillOf({ ...trade, clientOrderId })));
  }

  async #tradePage(params: Readonly<Record<string, string | number>>): Promise<VenueTrade[]> {
    return listOf(await this.#client.call('privateGetMyTrades', params, PAGE)).map(tradeOf);
  }

  #link(order: Fields, clientOrderId: string): void {
    this.#orders.link(textOf(order, 'symbol'), textOf(order, 'orderId'), clientOrderId);
  }
}

/** The price at which an order is set off; null for those that need none, or that find it themselves. */
function triggerOf(terms: OrderIntent['terms']): { readonly price: Price | Decimal; readonly isStop: boolean } | null {
  if (terms.type === 'stop_market' || terms.type === 'stop_limit') return { price: terms.triggerPrice, isStop: true };
  return terms.type === 'take_profit' ? { price: terms.triggerPrice, isStop: false } : null;
}

/** A failed change of places tells of both its halves; the reason is that of the half that failed. */
function innerRefusal(failure: unknown): unknown {
  if (!(failure instanceof VenueRefusal) || !isFields(failure.answer)) return failure;
  const data = failure.answer['data'];
  if (!isFields(data)) return failure;
  const halves = [data['newOrderResponse'], data['cancelResponse']].filter(isFields);
  const inner = halves.find((half) => amountOrNull(half, 'code')?.isNegative());
  if (inner === undefined) return failure;
  const { status, retryAfterMs, answer } = failure;
  const details = { status, code: Number(textOf(inner, 'code')), reason: textOf(inner, 'msg'), retryAfterMs, answer };
  return new VenueRefusal('POST /api/v3/order/cancelReplace', details);
}
