import { Decimal } from '../../src/domain/decimal.ts';
import { fillKey } from '../../src/domain/fill.ts';
import { parseClientOrderId } from '../../src/domain/order/client-order-id.ts';
import { isFinal } from '../../src/domain/order/order.ts';
import { realizedPnl } from '../../src/domain/position/ledger.ts';
import { isLeftAlone } from '../../src/domain/position/protection.ts';
import type { Position } from '../../src/domain/position/position.ts';
import type { Rule } from './rules.ts';
import { baseChange, isOwnId } from './venue-facts.ts';
import type { VenueFacts } from './venue-facts.ts';
import type { World } from './world.ts';

const ZERO = new Decimal(0);

type Note = (rule: Rule, what: string) => void;

/** How the program names the opening of a position that it has found. */
export const IMPORTED = 'found at the exchange';
/** What the program's clock may be behind, and more. */
const CLOCK_MARGIN_MS = 10_000;

interface Known {
  readonly facts: VenueFacts;
  readonly soldByHand: ReadonlySet<string>;
}

/** Holds orders, fills, holdings and money of the program against what the exchange has of them, once all is at rest. */
export function checkBooks(world: World, known: Known, note: Note): void {
  new BookChecks(world, known, note).run(world.engine?.handle.positions() ?? []);
}

class BookChecks {
  readonly #world: World;
  readonly #facts: VenueFacts;
  readonly #note: Note;
  readonly #soldByHand: ReadonlySet<string>;

  constructor(world: World, { facts, soldByHand }: Known, note: Note) {
    this.#world = world;
    this.#facts = facts;
    this.#soldByHand = soldByHand;
    this.#note = note;
  }

  run(positions: readonly Position[]): void {
    this.#checkSentOnce();
    this.#checkWorking();
    this.#checkFills();
    this.#checkHoldings(positions);
    this.#checkMoney(positions);
    this.#checkBalances();
    this.#checkFunding();
  }

  #checkSentOnce(): void {
    const taken = this.#facts.orders().filter(({ clientOrderId }) => isOwnId(clientOrderId));
    const byId = Map.groupBy(taken, ({ clientOrderId }) => clientOrderId);
    for (const [id, orders] of byId)
      if (orders.length > 1) this.#note('sent_once', `${id} was taken ${orders.length} times`);
    const executed = taken.filter((order) => !order.executed.isZero());
    const bySubject = Map.groupBy(executed, ({ clientOrderId }) => {
      const parts = parseClientOrderId(clientOrderId);
      return parts?.leg === 'entry' ? parts.subject : '';
    });
    for (const [subject, orders] of bySubject) {
      if (subject !== '' && orders.length > 1) this.#note('sent_once', `entry ${subject} was executed twice`);
    }
  }

  #checkWorking(): void {
    const { store, engine } = this.#world;
    const atVenue = this.#facts.working().filter(({ isOwn }) => isOwn);
    const stored = new Map([...store.orders.values()].map((order) => [order.clientOrderId as string, order]));
    for (const { clientOrderId, symbol } of atVenue) {
      const order = stored.get(clientOrderId);
      if (order === undefined || isFinal(order.state.status)) {
        this.#note(
          'none_forgotten',
          `${symbol}: ${clientOrderId} works at the exchange and is ${order?.state.status ?? 'in no book'}`,
        );
      }
    }
    const working = new Set(atVenue.map(({ clientOrderId }) => clientOrderId));
    for (const order of [...stored.values(), ...(engine?.handle.orders() ?? [])]) {
      const isLeft = !isFinal(order.state.status) && !working.has(order.clientOrderId);
      if (isLeft) this.#note('none_forgotten', `${order.clientOrderId} is ${order.state.status} in the books alone`);
    }
    const stops = Map.groupBy(atVenue, ({ symbol }) => symbol);
    for (const [symbol, orders] of stops) {
      if (orders.length > 1) this.#note('none_forgotten', `${orders.length} orders of ours work in ${symbol}`);
    }
  }

  #checkFills(): void {
    const atVenue = new Map(this.#facts.fills().map((fill) => [fill.key, fill]));
    const booked = new Set([...this.#world.store.fills.values()].map(fillKey));
    for (const [key, fill] of atVenue) {
      // What happened in a symbol that is not known any more is told by nobody.
      if (fill.isOwn && !booked.has(key) && !this.#world.network.unlisted.has(fill.symbol))
        this.#note('books_equal_venue', `the fill ${key} of ${fill.clientOrderId} is not booked`);
    }
    for (const key of booked) {
      const fill = atVenue.get(key);
      if (fill === undefined) this.#note('books_equal_venue', `the fill ${key} was booked and never happened`);
      else if (!fill.isOwn && this.#world.plan.market === 'spot')
        this.#note('users_own', `the user's fill ${key} was booked`);
    }
  }

  /** What was booked as dust of a symbol: it is held. */
  #dust(symbol: string): Decimal {
    return [...this.#world.store.trades.values()].reduce<Decimal>((sum, trade) => {
      return trade.symbol === symbol ? sum.plus(trade.dust?.quantity ?? 0) : sum;
    }, new Decimal(0));
  }

  #checkHoldings(positions: readonly Position[]): void {
    const { plan, store } = this.#world;
    const stored = [...store.positions.values()].filter(({ state }) => state.status === 'open');
    const ids = (list: readonly Position[]): string =>
      list
        .map(({ id, quantity }) => `${id} ${quantity.toFixed()}`)
        .sort()
        .join();
    if (ids(stored) !== ids(positions)) this.#note('books_equal_venue', 'store and program hold different positions');
    if (plan.market === 'futures') {
      for (const symbol of [...plan.traded, plan.byHand]) this.#checkPosition(symbol, positions);
      return;
    }
    for (const symbol of plan.traded) this.#checkUnits(symbol, positions);
    this.#checkSales();
  }

  /** Futures: ours, and what others have made of it. */
  #checkPosition(symbol: string, positions: readonly Position[]): void {
    const position = positions.find((each) => each.symbol === symbol);
    const booked = position?.quantity.times(position.side === 'short' ? -1 : 1) ?? ZERO;
    const { held, least, most, takenAt, overtaken } = this.#facts.share(symbol);
    if (!this.#facts.position(symbol).equals(held)) throw new Error(`the fills of ${symbol} do not make its position`);
    const figures = `${symbol}: ${booked.toFixed()} in the books, the exchange ${held.toFixed()}`;
    const isOther = booked.isZero() !== held.isZero() || booked.times(held).lessThan(0);
    if (isOther || booked.abs().greaterThan(held.abs())) this.#note('books_equal_venue', figures);
    const isFound = position?.openReason === IMPORTED;
    const isExact = isFound ? !isLeftAlone(position) || booked.equals(held) : most.greaterThanOrEqualTo(booked.abs());
    if (!isExact || (!isFound && least.greaterThan(booked.abs())))
      this.#note('books_equal_venue', `${figures}, of which ${least.toFixed()} to ${most.toFixed()} are ours`);
    const wasFound = [...this.#world.store.positions.values()].some((each) => {
      return each.symbol === symbol && each.openReason === IMPORTED;
    });
    if (!wasFound && overtaken.greaterThan(0))
      this.#note('users_own', `${overtaken.toFixed()} ${symbol} of others were closed`);
    if (takenAt !== null && !this.#isTold(symbol, takenAt))
      this.#note('told', `${symbol}: nobody heard that somebody took units of ours`);
  }

  #isTold(symbol: string, since: number): boolean {
    return this.#world.alerts.some(({ text, at }) => text.includes(symbol) && at >= since - CLOCK_MARGIN_MS);
  }

  /** Spot: what our fills have left, less what the user has sold of it. */
  #checkUnits(symbol: string, positions: readonly Position[]): void {
    const base = symbol.replace('USDT', '');
    const [held, own] = [this.#facts.held(base), this.#facts.ofUs(base)];
    const booked = positions.find((each) => each.symbol === symbol)?.quantity ?? ZERO;
    const expected = booked.plus(this.#dust(symbol));
    if (own.lessThan(0)) this.#note('users_own', `${own.negated().toFixed()} ${base} of the user were sold`);
    const isTouched = this.#soldByHand.has(symbol);
    const isRight = isTouched ? booked.lessThanOrEqualTo(Decimal.min(own, held)) : own.equals(expected);
    // An entry in a symbol that has left since may have been filled, and nobody tells it.
    if (!isRight && !this.#world.network.unlisted.has(symbol))
      this.#note('books_equal_venue', `${symbol}: ${expected.toFixed()}, the exchange ${own.toFixed()}`);
    const isTold = this.#world.alerts.some(({ text }) => text.includes(symbol) && text.includes('by another way'));
    if (isTouched && own.greaterThan(expected) && !isTold)
      this.#note('told', `${symbol}: nobody heard that units of ours were sold by hand`);
  }

  /** At no moment more was sold by us than we had bought. */
  #checkSales(): void {
    const units = new Map<string, Decimal>();
    for (const fill of this.#facts.fills()) {
      if (!fill.isOwn) continue;
      const base = fill.symbol.replace('USDT', '');
      const left = (units.get(base) ?? new Decimal(0)).plus(baseChange(fill, base));
      units.set(base, left);
      if (left.lessThan(0))
        this.#note('users_own', `${fill.clientOrderId} sold ${left.negated().toFixed()} ${base} of the user`);
    }
  }

  /** Where nobody else has moved a position of ours: what their fills were worth is in no book. */
  #symbolsOfOurs(): ReadonlySet<string> {
    const { plan } = this.#world;
    const touched =
      plan.market === 'spot'
        ? this.#soldByHand
        : new Set([
            ...plan.start.futures.positions.map(({ symbol }) => symbol),
            ...this.#facts.fills().flatMap((fill) => (fill.isOwn ? [] : fill.symbol)),
          ]);
    const { unlisted } = this.#world.network;
    return new Set(plan.traded.filter((symbol) => !touched.has(symbol) && !unlisted.has(symbol)));
  }

  /** What our fills brought and took, against what the books say was gained and is bound. */
  #checkMoney(positions: readonly Position[]): void {
    const { store, plan } = this.#world;
    const own = this.#symbolsOfOurs();
    const isOurs = ({ symbol }: { readonly symbol: string }): boolean => own.has(symbol);
    const zero = new Decimal(0);
    const sum = (values: readonly Decimal[]): Decimal =>
      values.reduce<Decimal>((total, value) => total.plus(value), zero);
    const fees = new Map([...store.fills.values()].map((fill) => [fillKey(fill), fill.fee]));
    const flow = sum(
      this.#facts.fills().flatMap(({ isOwn, side, notional, key, fee, feeAsset, symbol }) => {
        if (!isOwn || !own.has(symbol)) return [];
        const rate = feeAsset === 'USDT' ? 1 : (fees.get(key)?.rate ?? zero);
        const traded = side === 'sell' ? notional : notional.negated();
        // A fee in base is part of what was bought: it is paid in units and costs what they cost.
        const isBase = plan.market === 'spot' && `${feeAsset}USDT` === symbol;
        return [traded.minus(isBase ? 0 : fee.times(rate))];
      }),
    );
    const [trades, open] = [[...store.trades.values()].filter(isOurs), positions.filter(isOurs)];
    const gained = sum([...trades.map(({ pnl }) => pnl), ...open.map(realizedPnl)]);
    const bound = sum(open.map(({ openCost, side }) => (side === 'long' ? openCost : openCost.negated())));
    const dust = sum(trades.map(({ dust: left }) => left?.cost ?? zero));
    const funding = sum([...trades.map((trade) => trade.funding), ...open.map(({ totals }) => totals.funding)]);
    const expected = gained.minus(funding).minus(bound).minus(dust);
    const difference = flow.minus(expected);
    if (difference.abs().greaterThan('1e-6'))
      this.#note('money_conserved', `${difference.toFixed(8)} USDT are accounted for nowhere`);
  }

  /** Each payment for a position of ours is booked, by its id. */
  #checkFunding(): void {
    const { store } = this.#world;
    const own = this.#symbolsOfOurs();
    for (const { id, symbol, amount } of this.#facts.funding()) {
      if (symbol === null || !own.has(symbol)) continue;
      const booked = store.funding.get(id);
      if (booked === undefined) this.#note('money_conserved', `the funding ${id} of ${symbol} is not booked`);
      else if (!amount.equals(booked))
        this.#note('money_conserved', `the funding ${id} of ${symbol} is booked as ${booked}`);
    }
  }

  #checkBalances(): void {
    const { engine, plan } = this.#world;
    if (plan.market !== 'spot') return;
    for (const { asset, free, locked } of engine?.handle.balances() ?? []) {
      const atVenue = this.#facts.held(asset);
      if (!free.plus(locked).equals(atVenue)) {
        this.#note(
          'books_equal_venue',
          `${asset}: balance ${free.plus(locked).toFixed()}, the exchange ${atVenue.toFixed()}`,
        );
      }
    }
  }
}
