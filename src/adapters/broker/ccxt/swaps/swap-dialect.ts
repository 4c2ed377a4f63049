import { AitraderError, describeFailure } from '../../../../domain/errors.ts';
import type { Fill } from '../../../../domain/fill.ts';
import type { InstrumentRef, LeverageBracket } from '../../../../domain/instrument.ts';
import type { Order } from '../../../../domain/order/order.ts';
import type { OrderUpdate } from '../../../../domain/order/update.ts';
import type { MarginMode } from '../../../../domain/position/position.ts';
import type { Clock } from '../../../../ports/clock.ts';
import type { FundingReport, Submission, VenuePosition } from '../../../../ports/broker.ts';
import { JudgedRefusal, RefusedHere, UnreadableAnswer } from '../connection/failures.ts';
import type { RefusalMeaning } from '../connection/failures.ts';
import { failedOutcome } from '../connection/outcome.ts';
import type { AssetBalance, Dialect, KnownId, WorkingOrder } from '../dialect.ts';
import { checkFilledMeanwhile, checkReplacement } from '../dialect.ts';
import type { FillMaker, VenueTrade } from '../fills.ts';
import { isConditional } from '../orders.ts';
import type { OwnOrders } from '../orders.ts';
import { newsOfSeen, workingOf } from './seen-news.ts';
import { SYMBOL_UNKNOWN } from './swap-venue.ts';
import type { SeenOrder, SwapVenue } from './swap-venue.ts';

/** What speaking to a venue of swaps needs. */
export interface SwapDialectParts {
  /** Its name, for messages. */
  readonly name: string;
  readonly venue: SwapVenue;
  readonly orders: OwnOrders;
  readonly fills: Pick<FillMaker, 'fillOf'>;
  readonly clock: Clock;
  /** An order was sent, or something was done about it: there will be news. */
  readonly expectNews: (order: KnownId) => void;
}

/** What looking at an order has shown. */
interface LookedAt {
  readonly seen: SeenOrder;
  readonly updates: readonly OrderUpdate[];
}

/** Perpetual swaps of a venue other than Binance: the same steps everywhere, in the words of each venue. */
export class SwapDialect implements Dialect {
  readonly capabilities: Dialect['capabilities'];
  readonly #parts: SwapDialectParts;

  constructor(parts: SwapDialectParts) {
    this.#parts = parts;
    this.capabilities = parts.venue.capabilities;
  }

  /** Sends the order, and looks at what became of it: these venues take requests first and refuse orders later. */
  async place(submission: Submission): Promise<readonly OrderUpdate[]> {
    const { venue, orders, clock, expectNews } = this.#parts;
    const { intent, clientOrderId } = submission;
    if (!venue.capabilities.orderTypes.futures.has(intent.terms.type)) {
      throw new RefusedHere('ORDER_TYPE_UNSUPPORTED', `the exchange has no order of the kind ${intent.terms.type}`);
    }
    if ('triggerSource' in intent.terms && !venue.capabilities.triggerSources.has(intent.terms.triggerSource)) {
      const told = `the exchange has no trigger by the ${intent.terms.triggerSource} price`;
      throw new RefusedHere('TRIGGER_UNSUPPORTED', told);
    }
    expectNews({ intent, clientOrderId });
    const venueOrderId = await venue.send(submission);
    orders.link(intent.symbol, venueOrderId, clientOrderId);
    const accepted = { type: 'accepted', at: clock.now(), venueOrderId, reportedQuantity: null } as const;
    // It has been taken: a look that fails changes nothing about that.
    const news = await this.look({ intent, clientOrderId }).catch(() => null);
    if (news === null) return [accepted];
    if (news.seen.standing === 'rejected') {
      const refusal = { meaning: 'refused', code: 'REJECTED', reason: news.seen.reason, retryAfterMs: null } as const;
      throw new JudgedRefusal('the order', refusal);
    }
    return news.updates;
  }

  /** @throws RefusedHere always: there are no lists of swaps here */
  async placeList(): Promise<void> {
    throw new RefusedHere('LIST_UNSUPPORTED', 'swaps have no lists; send a stop and a target as reduce-only orders');
  }

  async cancel(order: Order): Promise<readonly OrderUpdate[]> {
    const { venue, expectNews } = this.#parts;
    expectNews(order);
    try {
      await venue.withdraw(order);
    } catch (failure) {
      const news = means(failure, 'gone') ? await this.look(order) : null;
      if (news === null || news.seen.standing === 'working') throw failure;
      return news.updates;
    }
    // Also without this answer the cancel is done: the news tell of it.
    return (await this.look(order).catch(() => null))?.updates ?? [];
  }

  /**
   * A conditional order binds nothing: the new one is there before the old one goes. A resting order goes first, and when
   * more of it was filled by then, or its end is not certain, the new one is not sent.
   */
  async replace(order: Order, replacement: Submission): Promise<readonly OrderUpdate[]> {
    checkReplacement(order, replacement);
    if (isConditional(order.intent.terms)) return this.#exchangeConditional(order, replacement);
    const { venue, expectNews } = this.#parts;
    expectNews(order);
    await venue.withdraw(order);
    const old = await venue.look(order).catch(() => null);
    if (old === null || old.standing === 'working') {
      throw new RefusedHere('CANCEL_PENDING', 'the end of the order to be replaced is not certain yet');
    }
    checkFilledMeanwhile(order, old.executed);
    return this.place(replacement);
  }

  /** An order as it stands, with all that happened to it; null when the venue does not know it. */
  async look(order: KnownId): Promise<LookedAt | null> {
    const { venue, orders, clock } = this.#parts;
    const seen = await venue.look(order).catch((failure: unknown) => {
      if (isNowhere(failure)) return null;
      throw failure;
    });
    if (seen === null) return null;
    const { intent, clientOrderId } = order;
    for (const id of [seen.venueOrderId, seen.childVenueOrderId]) {
      if (id !== null) orders.link(intent.symbol, id, clientOrderId);
    }
    return { seen, updates: newsOfSeen(seen, await this.#fillsOf(seen, clientOrderId), clock.now()) };
  }

  async find(order: KnownId): Promise<readonly OrderUpdate[] | null> {
    this.#parts.expectNews(order);
    return (await this.look(order))?.updates ?? null;
  }

  balances(): Promise<readonly AssetBalance[]> {
    return this.#parts.venue.balances();
  }

  positions(): Promise<readonly VenuePosition[]> {
    return this.#parts.venue.positions();
  }

  /** The working orders as the venue shows them. */
  async seenWorking(): Promise<readonly SeenOrder[]> {
    const working = await this.#parts.venue.working();
    for (const { clientOrderId, symbol, venueOrderId } of working) {
      if (clientOrderId !== '') this.#parts.orders.link(symbol, venueOrderId, clientOrderId);
    }
    return working;
  }

  async workingOrders(): Promise<readonly WorkingOrder[]> {
    const at = this.#parts.clock.now();
    return (await this.seenWorking()).map((seen) => workingOf(seen, at));
  }

  async trades(symbol: string, sinceMs: number): Promise<readonly VenueTrade[]> {
    const { venue } = this.#parts;
    const trades = (await venue.trades(symbol, sinceMs)).filter(({ time }) => time >= sinceMs);
    const named: VenueTrade[] = [];
    for (const trade of trades)
      named.push({ ...trade, clientOrderId: trade.clientOrderId ?? (await this.#nameOf(trade)) });
    return named.sort((a, b) => a.time - b.time);
  }

  funding(sinceMs: number): Promise<readonly FundingReport[]> {
    return this.#parts.venue.funding(sinceMs);
  }

  /** They are not read: the venue itself refuses what is beyond them. */
  async leverageBrackets(): Promise<ReadonlyMap<string, readonly LeverageBracket[]>> {
    return new Map();
  }

  /**
   * @throws AitraderError `LEVERAGE_LIMIT` when the venue refuses, `HEDGE_MODE` when the account is not in one-way mode,
   *   `EXCHANGE_UNREACHABLE` without a clear answer
   */
  async setLeverage(instrument: InstrumentRef, leverage: number, marginMode: MarginMode): Promise<void> {
    const { venue, orders, name } = this.#parts;
    try {
      await venue.setLeverage(instrument, leverage, marginMode);
    } catch (failure) {
      if (failure instanceof AitraderError) throw failure;
      const outcome = failedOutcome(failure, orders.notFoundFinalAt());
      if (outcome.kind !== 'refused') {
        throw new AitraderError('EXCHANGE_UNREACHABLE', { venue: name, problem: outcome.cause });
      }
      const allowed = `what the exchange takes (${outcome.code}: ${outcome.reason})`;
      const { symbol } = instrument;
      throw new AitraderError('LEVERAGE_LIMIT', { symbol, given: `${leverage} (${marginMode})`, allowed });
    }
  }

  isDuplicate(failure: unknown): boolean {
    return means(failure, 'duplicate');
  }

  async #nameOf({ symbol, venueOrderId }: VenueTrade): Promise<string | null> {
    const { venue, orders } = this.#parts;
    const known = orders.clientIdOf(symbol, venueOrderId);
    if (known !== undefined) return known;
    const name = (await venue.nameOf?.(symbol, venueOrderId)) ?? null;
    if (name !== null) orders.link(symbol, venueOrderId, name);
    return name;
  }

  async #fillsOf(seen: SeenOrder, clientOrderId: string): Promise<readonly Fill[]> {
    if (seen.executed.isZero()) return [];
    const { venue, fills } = this.#parts;
    const trades = await venue.fillsOf(seen);
    return Promise.all(trades.map(async (trade) => fills.fillOf({ ...trade, clientOrderId })));
  }

  async #exchangeConditional(order: Order, replacement: Submission): Promise<readonly OrderUpdate[]> {
    const { venue, expectNews } = this.#parts;
    const news = await this.place(replacement);
    expectNews(order);
    try {
      await venue.withdraw(order);
    } catch (failure) {
      // Not known: both may wait. The caller asks for the old one, and both only reduce.
      if (!(failure instanceof JudgedRefusal) || failure.meaning !== 'gone') return news;
      await venue.withdraw(replacement).catch((second: unknown) => {
        throw new UnreadableAnswer(`the replacement may stand: it cannot be taken back (${describeFailure(second)})`);
      });
      throw new RefusedHere(failure.code, 'the order to be replaced does not wait any more');
    }
    return news;
  }
}

/** Whether the order is not known, or its symbol is not any more. */
function isNowhere(failure: unknown): boolean {
  return means(failure, 'gone') || (failure instanceof RefusedHere && failure.code === SYMBOL_UNKNOWN);
}

function means(failure: unknown, meaning: RefusalMeaning): boolean {
  return failure instanceof JudgedRefusal && failure.meaning === meaning;
}
