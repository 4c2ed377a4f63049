import { AitraderError, describeFailure } from '../../../../domain/errors.ts';
import type { ClientOrderId, VenueOrderId } from '../../../../domain/ids.ts';
import type { InstrumentRef, LeverageBracket } from '../../../../domain/instrument.ts';
import type { Order } from '../../../../domain/order/order.ts';
import type { OrderUpdate } from '../../../../domain/order/update.ts';
import type { MarginMode } from '../../../../domain/position/position.ts';
import { DAY_MS, WEEK_MS } from '../../../../domain/time.ts';
import type { Clock } from '../../../../ports/clock.ts';
import type { BrokerCapabilities, FundingReport, Submission, VenuePosition } from '../../../../ports/broker.ts';
import { RefusedHere, UnreadableAnswer, VenueRefusal } from '../connection/failures.ts';
import { failedOutcome } from '../connection/outcome.ts';
import type { Fields } from '../connection/fields.ts';
import { fieldsOf, listOf, textOf } from '../connection/fields.ts';
import type { VenueClient } from '../connection/venue-client.ts';
import type { AssetBalance, Dialect, KnownId, WorkingOrder } from '../dialect.ts';
import { checkFilledMeanwhile, checkReplacement } from '../dialect.ts';
import type { FillMaker, VenueTrade } from '../fills.ts';
import type { DialectParts } from '../market-parts.ts';
import { hasEnded, newsOf } from '../order-news.ts';
import { algoVenueId, isConditional } from '../orders.ts';
import type { OwnOrders } from '../orders.ts';
import { priorityOf } from '../priority.ts';
import { named, nameQuestions } from '../trade-names.ts';
import type { OrderWords } from '../trade-names.ts';
import { tradesSince } from '../trade-pages.ts';
import type { PageTerms } from '../trade-pages.ts';
import {
  algoNews,
  algoStandingOf,
  balancesOf,
  bracketsOf,
  fundingOf,
  positionOf,
  standingOf,
  tradeOf,
  triggeredNews,
  workingAlgoOf,
  workingOrderOf,
} from './answers.ts';
import { isGone, isNotFound, namedRefusal } from './refusals.ts';
import { algoParams, orderParams } from './requests.ts';

const DUPLICATE_ID = -4116;
const SAME_MARGIN_MODE = -4046;
const ROWS_A_PAGE = 1_000;
/** The income history goes back three months. */
const INCOME_REACH_MS = 89 * DAY_MS;
const QUESTION = { weight: 1, priority: 'question' } as const;
const PAGE = { weight: 5, priority: 'question' } as const;
const CANCEL = { weight: 1, priority: 'cancel' } as const;
const ORDER_WORDS: OrderWords = {
  one: { method: 'fapiPrivateGetOrder', cost: QUESTION },
  page: { method: 'fapiPrivateGetAllOrders', cost: PAGE },
  isNotFound,
};

const CAPABILITIES: BrokerCapabilities = {
  orderTypes: {
    spot: new Set(),
    futures: new Set(['market', 'limit', 'stop_market', 'stop_limit', 'take_profit', 'trailing_stop'] as const),
  },
  residentStops: true,
  oco: false,
  atomicReplace: false,
  triggerSources: new Set(['last', 'mark'] as const),
  maxTrailingDeltaBps: 1_000,
  accountStream: true,
  selfTradePrevention: true,
};

/** Binance USD-M futures in one-way mode. https://developers.binance.com/docs/derivatives/usds-margined-futures/general-info */
export class FuturesDialect implements Dialect {
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

  /** @throws RefusedHere with `HEDGE_MODE` */
  async place(submission: Submission): Promise<readonly OrderUpdate[]> {
    return this.#place(submission).catch((failure: unknown) => {
      throw namedRefusal(failure);
    });
  }

  async #place(submission: Submission): Promise<readonly OrderUpdate[]> {
    const { intent, clientOrderId } = submission;
    const cost = { weight: 1, priority: priorityOf(intent) };
    const at = (): number => this.#clock.now();
    if (isConditional(intent.terms)) {
      const answer = fieldsOf(await this.#client.call('fapiPrivatePostAlgoOrder', algoParams(submission), cost));
      const { algoOrderId } = algoStandingOf(answer);
      this.#orders.noteAlgoOrderId(clientOrderId, algoOrderId);
      return algoNews(algoStandingOf(answer), at());
    }
    const answer = fieldsOf(await this.#client.call('fapiPrivatePostOrder', orderParams(submission), cost));
    this.#orders.link(intent.symbol, textOf(answer, 'orderId'), clientOrderId);
    return newsOf(standingOf(answer), [], at());
  }

  /** @throws RefusedHere always: there are no lists on futures */
  async placeList(): Promise<void> {
    throw new RefusedHere('LIST_UNSUPPORTED', 'futures have no lists; send a stop and a target as reduce-only orders');
  }

  async cancel(order: Order): Promise<readonly OrderUpdate[]> {
    try {
      return isConditional(order.intent.terms) ? await this.#cancelAlgo(order) : await this.#cancelPlain(order);
    } catch (failure) {
      const news = isGone(failure) ? await this.find(order) : null;
      if (news === null) throw failure;
      const child = workingChildOf(news);
      return child === null ? news : this.#cancelChild(order, child);
    }
  }

  /**
   * A conditional order binds nothing: the new one is there before the old one goes. A resting order goes first, and when
   * more of it was filled by then the new one is not sent.
   */
  async replace(order: Order, replacement: Submission): Promise<readonly OrderUpdate[]> {
    checkReplacement(order, replacement);
    if (isConditional(order.intent.terms)) return this.#exchangeAlgo(order, replacement);
    const cancelled = await this.#deletePlain(order);
    checkFilledMeanwhile(order, standingOf(cancelled).executed);
    return this.place(replacement);
  }

  async find(order: KnownId): Promise<readonly OrderUpdate[] | null> {
    const { intent, clientOrderId } = order;
    try {
      return isConditional(intent.terms)
        ? await this.#findAlgo(order)
        : await this.#findPlain({ symbol: intent.symbol, origClientOrderId: clientOrderId }, clientOrderId);
    } catch (failure) {
      if (isNotFound(failure)) return null;
      throw failure;
    }
  }

  async balances(): Promise<readonly AssetBalance[]> {
    return balancesOf(await this.#client.call('fapiPrivateV3GetAccount', {}, { weight: 5, priority: 'question' }));
  }

  async positions(): Promise<readonly VenuePosition[]> {
    const cost = { weight: 5, priority: 'question' } as const;
    const positions = listOf(await this.#client.call('fapiPrivateV3GetPositionRisk', {}, cost));
    const isOpen = positions.some((position) => Number(position['positionAmt']) !== 0);
    if (!isOpen) return [];
    const configs = listOf(await this.#client.call('fapiPrivateGetSymbolConfig', {}, cost));
    const bySymbol = new Map(configs.map((config) => [textOf(config, 'symbol'), config]));
    return positions.map((position) => positionOf(position, bySymbol)).filter((position) => position !== null);
  }

  async workingOrders(): Promise<readonly WorkingOrder[]> {
    const at = this.#clock.now();
    const cost = { weight: 40, priority: 'question' } as const;
    const [plain, algos] = await Promise.all([
      this.#client.call('fapiPrivateGetOpenOrders', {}, cost),
      this.#client.call('fapiPrivateGetOpenAlgoOrders', {}, cost),
    ]);
    const children = listOf(plain).map((order) => this.#workingChild(workingOrderOf(order, at), at));
    return [...children, ...listOf(algos).map((order) => workingAlgoOf(order, at))];
  }

  async trades(symbol: string, sinceMs: number): Promise<readonly VenueTrade[]> {
    const terms: PageTerms = {
      nowMs: this.#client.venueNow,
      limit: ROWS_A_PAGE,
      windowMs: WEEK_MS,
      newestReachMs: WEEK_MS,
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

  /** Pages overlap by the last millisecond; each payment comes once. */
  async funding(sinceMs: number): Promise<readonly FundingReport[]> {
    const byId = new Map<string, FundingReport>();
    for (let startTime = Math.max(sinceMs, this.#client.venueNow - INCOME_REACH_MS); ;) {
      const params = { incomeType: 'FUNDING_FEE', startTime, limit: ROWS_A_PAGE };
      const rows = listOf(
        await this.#client.call('fapiPrivateGetIncome', params, { weight: 30, priority: 'question' }),
      );
      for (const report of rows.map(fundingOf)) byId.set(report.incomeId, report);
      const newest = Math.max(...rows.map((row) => Number(row['time'])));
      if (rows.length < ROWS_A_PAGE || newest <= startTime) return [...byId.values()];
      startTime = newest;
    }
  }

  async leverageBrackets(): Promise<ReadonlyMap<string, readonly LeverageBracket[]>> {
    return bracketsOf(await this.#client.call('fapiPrivateGetLeverageBracket', {}, QUESTION));
  }

  /**
   * @throws AitraderError `LEVERAGE_LIMIT` when the venue refuses, `HEDGE_MODE` when the account is not in one-way mode,
   *   `EXCHANGE_UNREACHABLE` without a clear answer
   */
  async setLeverage({ symbol }: InstrumentRef, leverage: number, marginMode: MarginMode): Promise<void> {
    const cost = { weight: 1, priority: 'entry' } as const;
    try {
      await this.#checkPositionMode();
      const marginType = marginMode === 'isolated' ? 'ISOLATED' : 'CROSSED';
      await this.#client.call('fapiPrivatePostMarginType', { symbol, marginType }, cost).catch((failure: unknown) => {
        if (!(failure instanceof VenueRefusal && failure.code === SAME_MARGIN_MODE)) throw failure;
      });
      await this.#client.call('fapiPrivatePostLeverage', { symbol, leverage }, cost);
    } catch (failure) {
      if (failure instanceof AitraderError) throw failure;
      const outcome = failedOutcome(failure, this.#orders.notFoundFinalAt());
      if (outcome.kind !== 'refused') {
        throw new AitraderError('EXCHANGE_UNREACHABLE', { venue: 'binance', problem: outcome.cause });
      }
      const allowed = `what the exchange takes (${outcome.code}: ${outcome.reason})`;
      throw new AitraderError('LEVERAGE_LIMIT', { symbol, given: `${leverage} (${marginMode})`, allowed });
    }
  }

  isDuplicate(failure: unknown): boolean {
    return failure instanceof VenueRefusal && failure.code === DUPLICATE_ID;
  }

  /** Orders here say nothing of a position side: the account must have one position a symbol. */
  async #checkPositionMode(): Promise<void> {
    const mode = fieldsOf(
      await this.#client.call('fapiPrivateGetPositionSideDual', {}, { weight: 30, priority: 'question' }),
    );
    if (mode['dualSidePosition'] === true) throw new AitraderError('HEDGE_MODE', { venue: 'binance' });
  }

  /** The conditional order of ours that gave birth to a working order. */
  #workingChild(working: WorkingOrder, at: number): WorkingOrder {
    const { symbol, venueOrderId } = working.foreign;
    const clientOrderId = this.#orders.clientIdOf(symbol, venueOrderId) ?? working.clientOrderId;
    this.#orders.link(symbol, venueOrderId, clientOrderId);
    if (!this.#orders.isConditional(clientOrderId)) return working;
    const algoOrderId = this.#orders.algoOrderId(clientOrderId);
    const triggered = triggeredNews(algoOrderId, venueOrderId, at);
    return { ...working, clientOrderId, updates: [triggered, ...working.updates] };
  }

  async #deletePlain({ intent: { symbol }, clientOrderId }: Order): Promise<Fields> {
    const params = { symbol, origClientOrderId: clientOrderId };
    return fieldsOf(await this.#client.call('fapiPrivateDeleteOrder', params, CANCEL));
  }

  async #cancelPlain(order: Order): Promise<readonly OrderUpdate[]> {
    return newsOf(standingOf(await this.#deletePlain(order)), [], this.#clock.now());
  }

  /** One that has been triggered is cancelled by its child. */
  async #cancelChild(order: Order, child: VenueOrderId): Promise<readonly OrderUpdate[]> {
    const params = { symbol: order.intent.symbol, orderId: child };
    await this.#client.call('fapiPrivateDeleteOrder', params, CANCEL);
    return (await this.find(order)) ?? [];
  }

  async #cancelAlgo(order: Order): Promise<readonly OrderUpdate[]> {
    const { state, clientOrderId } = order;
    const child = state.status === 'triggered' ? state.childVenueOrderId : null;
    if (child !== null) return this.#cancelChild(order, child);
    const answer = fieldsOf(
      await this.#client.call('fapiPrivateDeleteAlgoOrder', { clientAlgoId: clientOrderId }, CANCEL),
    );
    const algoOrderId = this.#orders.algoOrderId(clientOrderId) ?? algoVenueId(textOf(answer, 'algoId'));
    return algoNews({ algoOrderId, clientOrderId, status: 'CANCELED', childOrderId: null }, this.#clock.now());
  }

  async #exchangeAlgo(order: Order, replacement: Submission): Promise<readonly OrderUpdate[]> {
    const news = await this.place(replacement);
    try {
      await this.#client.call('fapiPrivateDeleteAlgoOrder', { clientAlgoId: order.clientOrderId }, CANCEL);
    } catch (failure) {
      // Not known: both may wait. The caller asks for the old one, and both only reduce.
      if (!isGone(failure)) return news;
      const params = { clientAlgoId: replacement.clientOrderId };
      await this.#client.call('fapiPrivateDeleteAlgoOrder', params, CANCEL).catch((second: unknown) => {
        throw new UnreadableAnswer(`the replacement may stand: it cannot be taken back (${describeFailure(second)})`);
      });
      throw new RefusedHere(String(failure.code), 'the order to be replaced does not wait any more');
    }
    return news;
  }

  async #findPlain(
    params: Readonly<Record<string, string>>,
    clientOrderId: ClientOrderId,
  ): Promise<readonly OrderUpdate[]> {
    const order = fieldsOf(await this.#client.call('fapiPrivateGetOrder', params, QUESTION));
    const [symbol, orderId] = [textOf(order, 'symbol'), textOf(order, 'orderId')];
    this.#orders.link(symbol, orderId, clientOrderId);
    const standing = standingOf(order);
    const trades = standing.executed.isZero() ? [] : await this.#tradePage({ symbol, orderId, limit: ROWS_A_PAGE });
    const fills = await Promise.all(trades.map(async (trade) => this.#fills.fillOf({ ...trade, clientOrderId })));
    return newsOf(standing, fills, this.#clock.now());
  }

  async #findAlgo({ intent: { symbol }, clientOrderId }: KnownId): Promise<readonly OrderUpdate[]> {
    const params = { clientAlgoId: clientOrderId };
    const standing = algoStandingOf(fieldsOf(await this.#client.call('fapiPrivateGetAlgoOrder', params, QUESTION)));
    const { algoOrderId, childOrderId } = standing;
    const at = this.#clock.now();
    this.#orders.noteAlgoOrderId(clientOrderId, algoOrderId);
    if (childOrderId === null) return algoNews(standing, at);
    const accepted = { type: 'accepted', at, venueOrderId: algoOrderId, reportedQuantity: null } as const;
    const child = await this.#findPlain({ symbol, orderId: childOrderId }, clientOrderId);
    return [accepted, triggeredNews(algoOrderId, childOrderId, at), ...child];
  }

  async #tradePage(params: Readonly<Record<string, string | number>>): Promise<VenueTrade[]> {
    return listOf(await this.#client.call('fapiPrivateGetUserTrades', params, PAGE)).map(tradeOf);
  }
}

/** The child of a conditional order that still works; null when there is none, or it has ended. */
function workingChildOf(news: readonly OrderUpdate[]): VenueOrderId | null {
  const triggered = news.find((update) => update.type === 'triggered');
  return hasEnded(news) ? null : (triggered?.childVenueOrderId ?? null);
}
