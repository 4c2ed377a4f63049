import { assertNever } from '../../../lib/assert-never.ts';
import type { Account } from '../../../domain/account.ts';
import { Decimal } from '../../../domain/decimal.ts';
import type { Money, Price, Quantity } from '../../../domain/decimal.ts';
import type { AccountEvent } from '../../../domain/event.ts';
import type { Fee, Fill } from '../../../domain/fill.ts';
import { asId } from '../../../domain/ids.ts';
import type { VenueOrderId, VenueSymbol } from '../../../domain/ids.ts';
import type { Instrument } from '../../../domain/instrument.ts';
import type { OrderUpdate } from '../../../domain/order/update.ts';
import { atomsDecimal } from '../../../matching/atoms.ts';
import type { Atoms } from '../../../matching/atoms.ts';
import type { AlgoReport, OrderReport, VenueEvent, VenueFill } from '../../../matching/venue-types.ts';
import type { FundingHistory } from './paid-funding.ts';
import { paperOrder } from './paper-orders.ts';
import type { PaperOrder, PaperOrders } from './paper-orders.ts';

type OrderEvent = Extract<VenueEvent, { type: 'order' }>;

/** Where news go. */
interface Books {
  readonly account: Account;
  readonly instruments: ReadonlyMap<string, Instrument>;
  readonly orders: PaperOrders;
  readonly funding: FundingHistory;
  readonly tell: (event: AccountEvent) => void;
}

/** Turns what the venue model tells of orders and funding into the program's words, and writes it into the books. */
export class VenueNews {
  readonly #books: Books;

  constructor(books: Books) {
    this.#books = books;
  }

  hearOrder(event: OrderEvent): void {
    const { order } = event;
    const known = this.#books.orders.working(order.clientOrderId) ?? this.#liquidation(order);
    const update = this.#updateOf(known, event);
    if (update !== null) this.#note(known, update);
    if (order.status !== 'new' && order.status !== 'partially_filled') this.#books.orders.end(known);
  }

  /** A conditional futures order: its own life up to the trigger; after that its child's news are told under its name. */
  hearAlgo(at: number, algo: AlgoReport): void {
    const { orders } = this.#books;
    const known = orders.working(algo.clientAlgoId);
    if (known === undefined) return;
    const venueOrderId = asId<VenueOrderId>(`algo-${algo.algoId}`);
    const reportedQuantity = amount<Quantity>(algo.childExecutedQuantity);
    const reason = algo.cause ?? '';
    switch (algo.status) {
      case 'new':
        this.#note(known, { type: 'accepted', at, venueOrderId, reportedQuantity });
        return;
      case 'triggered': {
        const childVenueOrderId = algo.childOrderId === null ? null : orderIdOf(algo.childOrderId);
        this.#note(known, { type: 'triggered', at, venueOrderId, reportedQuantity, childVenueOrderId });
        return;
      }
      case 'cancelled':
      case 'expired':
        this.#note(known, { type: algo.status, at, venueOrderId, reportedQuantity, reason });
        orders.end(known);
        return;
      case 'rejected':
        this.#note(known, { type: 'rejected', at, code: reason, reason: 'refused when it was triggered' });
        orders.end(known);
        return;
      case 'triggering':
      case 'finished':
        return;
      default:
        assertNever(algo.status);
    }
  }

  hearIncome({ at, incomeId, kind, symbol, amount: paid }: Extract<VenueEvent, { type: 'income' }>): void {
    if (kind !== 'funding_fee' || symbol === null) return;
    const instrument = { market: this.#books.account.market, symbol: asId<VenueSymbol>(symbol) };
    const report = {
      type: 'funding_paid',
      instrument,
      incomeId: String(incomeId),
      amount: amount<Money>(paid),
      paidAt: at,
    } as const;
    this.#books.funding.note(at, report);
    this.#books.tell(report);
  }

  /** The order by which the venue closes a position: nobody's intent stands behind it. */
  #liquidation(report: OrderReport): PaperOrder {
    const order = paperOrder({
      market: this.#books.account.market,
      symbol: asId(report.symbol),
      side: report.side,
      quantity: amount<Quantity>(report.quantity),
      terms: { type: 'market' },
      reduceOnly: true,
      leg: 'exit',
      clientOrderId: report.clientOrderId,
      orderId: null,
    });
    this.#books.orders.add(order);
    return order;
  }

  #note(order: PaperOrder, update: OrderUpdate): void {
    const { tell } = this.#books;
    if ('venueOrderId' in update) order.venueOrderId ??= update.venueOrderId;
    if (update.type === 'fill') order.executed = order.executed.plus(update.fill.quantity) as Quantity;
    order.history.push(update);
    if (order.orderId !== null) tell({ type: 'order_update', orderId: order.orderId, update });
    else if (update.type === 'fill') tell({ type: 'foreign_fill', fill: update.fill, clientOrderId: null });
  }

  /** Null for what is told otherwise: the birth of a conditional order's child. */
  #updateOf(known: PaperOrder, { at, change, order, fill, cause }: OrderEvent): OrderUpdate | null {
    const venueOrderId = known.venueOrderId ?? orderIdOf(order.orderId);
    const reportedQuantity = amount<Quantity>(order.executedQuantity);
    const reason = cause ?? '';
    switch (change) {
      case 'new':
      case 'amended':
        return order.algoId === null ? { type: 'accepted', at, venueOrderId, reportedQuantity } : null;
      case 'trade':
        return fill && { type: 'fill', at, fill: this.#fillOf(known, order, fill) };
      case 'triggered':
        return { type: 'triggered', at, venueOrderId, reportedQuantity, childVenueOrderId: null };
      case 'cancelled':
      case 'expired':
        return { type: change, at, venueOrderId, reportedQuantity, reason };
      case 'expired_in_match':
        return { type: change, at, venueOrderId, reportedQuantity };
      default:
        return assertNever(change);
    }
  }

  #fillOf(known: PaperOrder, order: OrderReport, fill: VenueFill): Fill {
    const price = amount<Price>(fill.price);
    return {
      market: known.market,
      symbol: known.symbol,
      venueTradeId: String(fill.tradeId),
      venueOrderId: orderIdOf(order.orderId),
      orderId: known.orderId,
      side: order.side,
      price,
      quantity: amount<Quantity>(fill.quantity),
      fee: this.#feeOf(order.symbol, fill, price),
      liquidity: fill.isMaker ? 'maker' : 'taker',
      time: fill.time,
    };
  }

  #feeOf(symbol: string, { commissionAsset: asset, commission }: VenueFill, price: Price): Fee {
    const paid = amount<Decimal>(commission);
    const rate = asset === this.#books.instruments.get(symbol)?.base ? price : new Decimal(1);
    return { asset, amount: paid, rate, value: paid.times(rate) as Money };
  }
}

function amount<Unit extends Decimal>(atoms: Atoms): Unit {
  return atomsDecimal(atoms) as Unit;
}

function orderIdOf(orderId: number): VenueOrderId {
  return asId<VenueOrderId>(String(orderId));
}
