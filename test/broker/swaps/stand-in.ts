/**
 * An exchange of perpetual swaps on loopback, with one symbol and one account: orders live and die in the program's own model
 * of a venue, and a dialect per exchange says it in that exchange's words, as its documentation writes them.
 */
import { createServer } from 'node:http';
import type { IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';

import { asId } from '../../../src/domain/ids.ts';
import type { Instrument } from '../../../src/domain/instrument.ts';
import { atoms } from '../../../src/matching/atoms.ts';
import { Venue } from '../../../src/matching/venue.ts';
import type { AlgoReport, OrderReport, OrderRequest, Refusal, VenueEvent } from '../../../src/matching/venue-types.ts';
import { AccountHistory } from '../../../src/sim/state/account-history.ts';
import type { RecordedFill } from '../../../src/sim/state/account-history.ts';
import { MARKET_START_MS, sourceSymbol } from '../manual-market.ts';

export const ACCOUNT = 'main';
const FEES = { makerRate: 20_000n, takerRate: 50_000n, feeToken: null };

/** A request as it came in. */
export interface Asked {
  readonly method: string;
  readonly path: string;
  readonly query: Readonly<Record<string, string>>;
  /** As it was sent, for signatures. */
  readonly queryText: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

export interface Answered {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** Text goes out as it is, anything else as JSON. */
  readonly body: unknown;
}

/** How an exchange answers. */
export type Speech = (asked: Asked, standIn: StandIn) => Answered;

/** What goes wrong with the next request to a path. */
export interface Mishap {
  readonly path: string;
  /** Whether the request is carried out all the same. */
  readonly isCarriedOut: boolean;
  /** Null: the connection is cut. */
  readonly answer: Answered | null;
}

/** An order as it stands, from whichever list of the model. */
export type StoodOrder =
  | { readonly kind: 'plain'; readonly order: OrderReport }
  | { readonly kind: 'algo'; readonly algo: AlgoReport; readonly child: OrderReport | null }
  /** Taken first, and refused a moment later. */
  | { readonly kind: 'refused'; readonly request: OrderRequest; readonly refusal: Refusal; readonly id: string };

export class StandIn {
  readonly venue: Venue;
  readonly history = new AccountHistory();
  readonly instrument: Instrument;
  readonly asked: Asked[] = [];
  readonly refused: Extract<StoodOrder, { kind: 'refused' }>[] = [];
  /** So much later than they happen the exchange lists orders and fills. */
  lagMs = 0;
  /** So much later than their orders it lists fills. */
  fillLagMs = 0;
  /** What goes wrong with a request that nothing was armed for; null: nothing. */
  trouble: () => Omit<Mishap, 'path'> | null = () => null;
  readonly #speech: Speech;
  #unlisted: { readonly at: number; readonly event: VenueEvent }[] = [];
  #mishaps: Mishap[] = [];
  readonly #server = createServer((request, response) => {
    void this.#answer(request).then((answer) => {
      if (answer === null) {
        request.socket.destroy();
        return;
      }
      const { status = 200, headers = {}, body } = answer;
      response.writeHead(status, { 'content-type': 'application/json', ...headers });
      response.end(typeof body === 'string' ? body : JSON.stringify(body));
    });
  });

  /** @param quote what the swaps are quoted, paid and margined in */
  constructor(symbol: string, speech: Speech, quote = 'USDT') {
    this.#speech = speech;
    const { futures } = sourceSymbol('BTCUSDT', 'BTC').instruments;
    if (!futures?.futures) throw new Error('there is no such future');
    const terms = { ...futures.futures, marginAsset: quote };
    const rules = { ...futures.rules, percentPrice: null };
    this.instrument = { ...futures, symbol: asId(symbol), quote, rules, futures: terms };
    this.venue = new Venue({
      market: 'futures',
      startMs: MARKET_START_MS,
      onEvent: (event) => this.#unlisted.push({ at: this.venue.now, event }),
    });
    this.venue.list({ instrument: this.instrument });
    this.venue.openAccount(ACCOUNT, FEES);
    this.venue.deposit(ACCOUNT, quote, atoms('100000'));
    this.venue.setLeverage({ accountId: ACCOUNT, symbol: this.instrument.symbol }, 1);
  }

  /** @returns where it listens, without a slash at the end */
  async listen(): Promise<string> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve));
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  arm(mishap: Mishap): void {
    this.#mishaps.push(mishap);
  }

  /** Takes an order, conditional or not. */
  place(request: OrderRequest): { readonly id: string } | Refusal {
    const placed = request.trigger === null ? this.venue.placeOrder(request) : this.venue.placeAlgoOrder(request);
    if (!placed.ok) return placed.error;
    return { id: 'algoId' in placed.value ? `a${placed.value.algoId}` : String(placed.value.order.orderId) };
  }

  /** Takes an order, and has it be refused a moment later. */
  refuseLater(request: OrderRequest, refusal: Refusal): { readonly id: string } {
    const id = `r${this.refused.length + 1}`;
    this.refused.push({ kind: 'refused', request, refusal, id });
    return { id };
  }

  /** @returns whether there was such an order at work */
  cancel(clientOrderId: string): boolean {
    const { symbol } = this.instrument;
    const algo = this.venue.cancelAlgoOrder({ accountId: ACCOUNT, id: { clientId: clientOrderId } });
    return algo.ok || this.venue.cancelOrder({ accountId: ACCOUNT, symbol, id: { clientOrderId } }).ok;
  }

  /** All fills that are listed by now, oldest first. */
  fills(): readonly RecordedFill[] {
    const untilMs = this.venue.now - this.fillLagMs;
    return this.history.fills.filter(({ fill }) => fill.time <= untilMs);
  }

  /** All orders that there ever were, oldest first: a triggered one together with its child. */
  orders(): StoodOrder[] {
    this.#list();
    const { history } = this;
    const plain = history.orders().filter(({ algoId }) => algoId === null);
    return [
      ...plain.map((order) => ({ kind: 'plain', order }) as const),
      ...history.algoOrders().map((algo) => {
        const child = algo.childOrderId === null ? null : history.orderById(algo.childOrderId);
        return { kind: 'algo', algo, child } as const;
      }),
      ...this.refused,
    ];
  }

  /** Writes down what is told by now. */
  #list(): void {
    const untilMs = this.venue.now - this.lagMs;
    for (const { event } of this.#unlisted.filter(({ at }) => at <= untilMs)) {
      this.history.record(event, event.type === 'order' ? (event.fill?.tradeId ?? 0) : 0);
    }
    this.#unlisted = this.#unlisted.filter(({ at }) => at > untilMs);
  }

  async #answer(request: IncomingMessage): Promise<Answered | null> {
    const { pathname, search, searchParams } = new URL(request.url ?? '', 'http://venue');
    const asked: Asked = {
      ...{ method: request.method ?? 'GET', path: pathname, query: Object.fromEntries(searchParams) },
      ...{ queryText: search.slice(1), headers: request.headers as Record<string, string>, body: await text(request) },
    };
    this.asked.push(asked);
    this.#list();
    const armed = this.#mishaps.find(({ path }) => path === pathname);
    this.#mishaps = this.#mishaps.filter((other) => other !== armed);
    const mishap = armed ?? this.trouble();
    if (mishap === null) return this.#speech(asked, this);
    if (mishap.isCarriedOut) this.#speech(asked, this);
    return mishap.answer;
  }
}

/** Whether the order may still be filled. */
export function isWorking(stood: StoodOrder): boolean {
  if (stood.kind === 'refused') return false;
  const order = stood.kind === 'plain' ? stood.order : stood.child;
  if (order !== null) return order.status === 'new' || order.status === 'partially_filled';
  return stood.kind === 'algo' && (stood.algo.status === 'new' || stood.algo.status === 'triggering');
}

export function clientIdOf(stood: StoodOrder): string {
  if (stood.kind === 'refused') return stood.request.clientOrderId;
  return stood.kind === 'plain' ? stood.order.clientOrderId : stood.algo.clientAlgoId;
}

export function idOf(stood: StoodOrder): string {
  if (stood.kind === 'refused') return stood.id;
  return stood.kind === 'plain' ? String(stood.order.orderId) : `a${stood.algo.algoId}`;
}

/** Under which id the fills of an order are listed: a conditional order goes by its own. */
export function idOfFilled(order: OrderReport): string {
  return order.algoId === null ? String(order.orderId) : `a${order.algoId}`;
}
