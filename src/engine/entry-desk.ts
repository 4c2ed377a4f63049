import { Decimal, notional, readPrice, ZERO_MONEY } from '../domain/decimal.ts';
import type { Money, Price } from '../domain/decimal.ts';
import { AitraderError } from '../domain/errors.ts';
import type { Exits } from '../domain/exits.ts';
import type { Fill } from '../domain/fill.ts';
import { asId } from '../domain/ids.ts';
import type { OrderId, PositionId, SignalId, VenueSymbol } from '../domain/ids.ts';
import { isFinal, remainingQuantity } from '../domain/order/order.ts';
import type { Level } from '../domain/levels.ts';
import type { Order } from '../domain/order/order.ts';
import type { PositionOpening } from '../domain/position/position.ts';
import type { Signal } from '../domain/signal.ts';
import type { Trader } from '../domain/trader.ts';
import type { EngineContext } from './context.ts';
import { lastPrice } from './context.ts';
import { decideEntry } from './execution/chain.ts';
import type { EntryDecision } from './execution/chain.ts';
import type { EntryFacts, EntryPolicy, EntryProposal, EntryQuote, Holding } from './execution/candidate.ts';
import type { OrderDesk } from './execution/order-desk.ts';
import { placeLevels } from './execution/place-levels.ts';
import { settleExits } from './execution/settle-exits.ts';
import type { SettledExits } from './execution/settle-exits.ts';
import { accountFunds } from './portfolio/funds.ts';
import type { PositionDesk } from './position-desk.ts';
import type { RiskDesk } from './risk-desk.ts';

const NO_EXITS: Exits = { stopLoss: null, takeProfit: [], trailing: null, breakEven: null, maxHoldMs: null };
const UNHEARD: EntryQuote = { last: NaN, bid: NaN, ask: NaN, time: -Infinity };
/** For an entry of an earlier run whose exits cannot be settled any more. */
const UNKNOWN_STOP: Level = { kind: 'percent', percent: new Decimal(2) };
/** Of how many ended entries the exits are kept for late fills. */
const ENDED_KEPT = 100;

/** What is kept of an entry until its first fill, and wanted back after a restart. */
interface EntryUnderWay {
  readonly orderId: OrderId;
  readonly traderId: Trader['id'] | null;
  readonly signalId: SignalId | null;
  readonly portfolioId: Trader['portfolioId'];
  /** Null when the symbol is not known any more. */
  readonly exits: () => SettledExits | null;
  readonly reason: string;
  /** What it was valued with when it was let pass; null for one of an earlier run. */
  readonly reference: Price | null;
}

export interface EntryDeskParts {
  readonly orders: OrderDesk;
  readonly positions: PositionDesk;
  readonly risk: RiskDesk;
  /** Why nothing may be opened now besides what the chain judges (storage, shutting down, units of others); null when it may. */
  readonly mayOpen: (symbol: VenueSymbol) => AitraderError | null;
}

/** What became of a proposal. */
export type EntryOutcome =
  | { readonly kind: 'refused'; readonly refusal: AitraderError }
  | { readonly kind: 'ordered'; readonly orderId: OrderId }
  /** The trader's position on the other side is being closed by this order. */
  | {
      readonly kind: 'closing';
      readonly positionId: PositionId;
      readonly orderId: OrderId | null;
      readonly thenEnter: boolean;
    };

/** From an approved signal to an open position. */
export class EntryDesk {
  readonly #context: EngineContext;
  readonly #parts: EntryDeskParts;
  readonly #underWay = new Map<OrderId, EntryUnderWay>();
  /** Entries that have ended: a cancel and a fill can cross on the wire, and the fill is real. */
  readonly #ended = new Map<OrderId, EntryUnderWay>();

  constructor(context: EngineContext, parts: EntryDeskParts) {
    this.#context = context;
    this.#parts = parts;
  }

  /** Orders of entries that have not brought a position yet. */
  get orderIds(): readonly OrderId[] {
    return [...this.#underWay.keys()];
  }

  /** Goes on with an entry of an earlier run: its exits are settled anew at its first fill, from what is wanted today. */
  restore(order: Order, proposal: EntryProposal): void {
    this.#underWay.set(order.intent.id, this.#entryOf(order, proposal));
  }

  /** What an order asks for of which nothing else is known any more: the default stop guards what it brings. */
  bareProposalOf({ intent }: Order): EntryProposal {
    const { market, symbol, userId, accountId, traderId, signalId, side, reason } = intent;
    return {
      ...{ market, symbol, userId, accountId, traderId, signalId, reason },
      portfolioId: null,
      agentId: intent.agentId,
      side: side === 'buy' ? 'long' : 'short',
      limitPrice: null,
      size: { kind: 'quote', amount: ZERO_MONEY },
      exits: NO_EXITS,
      reverse: false,
      maxPositions: null,
    };
  }

  /** What a signal asks for on behalf of its trader. */
  proposalOf(signal: Signal, trader: Trader, exits: Exits): EntryProposal {
    const { settings } = this.#context;
    return {
      market: signal.market,
      symbol: signal.symbol,
      userId: settings.userId,
      accountId: settings.accountId,
      traderId: trader.id,
      portfolioId: trader.portfolioId,
      signalId: signal.id,
      agentId: null,
      side: signal.side,
      limitPrice: null,
      size: trader.size,
      exits: {
        ...exits,
        stopLoss: signal.stopLoss ?? exits.stopLoss,
        takeProfit: signal.takeProfit.length > 0 ? signal.takeProfit : exits.takeProfit,
      },
      reverse: trader.reverse,
      maxPositions: trader.maxPositions,
      reason: signal.conditions.join('; '),
    };
  }

  /** Judges a proposal and carries out what comes of it. */
  propose(proposal: EntryProposal): EntryOutcome {
    const refused = (refusal: AitraderError): EntryOutcome => ({ kind: 'refused', refusal });
    const decision = this.#decide(proposal);
    const hindrance = decision.kind === 'close' ? null : this.#parts.mayOpen(proposal.symbol);
    if (hindrance !== null) return refused(hindrance);
    if (decision.kind === 'refused') return refused(decision.refusal);
    if (decision.kind === 'close') {
      const { positionId, thenEnter } = decision;
      const position = this.#context.books.positions.get(positionId);
      const reason = thenEnter ? 'reversal' : 'signal';
      const orderId = position === undefined ? null : this.#parts.positions.close(position, 'all', reason);
      return { kind: 'closing', positionId, orderId, thenEnter };
    }
    const { intent, exits, reference } = decision.entry;
    this.#underWay.set(intent.id, {
      orderId: intent.id,
      traderId: intent.traderId,
      signalId: intent.signalId,
      portfolioId: proposal.portfolioId,
      exits: () => exits,
      reason: proposal.reason,
      reference,
    });
    this.#parts.orders.enter(intent);
    return { kind: 'ordered', orderId: intent.id };
  }

  /**
   * An entry was filled: the first fill opens the position, later ones add to it.
   * @returns the position, null when the venue does not have the symbol any more
   */
  filled(order: Order, fill: Fill): PositionId | null {
    const position = [...this.#context.books.positions.values()].find(
      (each) => each.symbol === fill.symbol && each.market === fill.market,
    );
    if (position !== undefined) {
      this.#parts.positions.filled(position, order, fill);
      return position.id;
    }
    const { id } = order.intent;
    const entry = this.#underWay.get(id) ?? this.#ended.get(id);
    return this.#open(order, entry ?? this.#entryOf(order, this.bareProposalOf(order)), fill);
  }

  /** The entry is over. @returns whether it brought nothing */
  ended(order: Order): boolean {
    const { id } = order.intent;
    const entry = this.#underWay.get(id);
    this.#underWay.delete(id);
    if (entry !== undefined) this.#ended.set(id, entry);
    const [oldest] = this.#ended.keys();
    if (this.#ended.size > ENDED_KEPT && oldest !== undefined) this.#ended.delete(oldest);
    return order.execution.filledQuantity.isZero();
  }

  /** Cancels every entry on its way. */
  cancelAll(): void {
    for (const orderId of this.#underWay.keys()) this.#parts.orders.cancel(orderId);
  }

  /** Cancels what would still enter this symbol. */
  cancelIn(symbol: Order['intent']['symbol']): void {
    for (const orderId of this.#underWay.keys()) {
      if (this.#context.books.orders.get(orderId)?.intent.symbol === symbol) this.#parts.orders.cancel(orderId);
    }
  }

  #entryOf(order: Order, proposal: EntryProposal): EntryUnderWay {
    const { id, traderId, signalId, reason } = order.intent;
    const { portfolioId } = proposal;
    const exits = (): SettledExits | null => this.#settledNow(proposal);
    return { orderId: id, traderId, signalId, portfolioId, exits, reason, reference: null };
  }

  /** Exits as the proposal wants them; a plain stop where they cannot be settled. */
  #settledNow(proposal: EntryProposal): SettledExits | null {
    const facts = this.#facts(proposal);
    if (facts === null) return null;
    const bare = { ...proposal, exits: { ...NO_EXITS, stopLoss: UNKNOWN_STOP } };
    for (const wanted of [proposal, bare]) {
      const settled = settleExits({ proposal: wanted, facts, policy: this.#policy });
      if (settled.ok) return settled.value;
    }
    return null;
  }

  #decide(proposal: EntryProposal): EntryDecision {
    const facts = this.#facts(proposal);
    if (facts === null) {
      const { symbol, market } = proposal;
      const nearest = 'see the list of symbols that are watched';
      return { kind: 'refused', refusal: new AitraderError('SYMBOL_UNKNOWN', { given: symbol, market, nearest }) };
    }
    const exposure = (isCounted: (holding: Holding) => boolean): Money =>
      facts.holdings.filter(isCounted).reduce((sum, each) => sum.plus(each.notional) as Money, ZERO_MONEY);
    return decideEntry({ proposal, facts, policy: this.#policy }, (intent, prices) =>
      this.#parts.risk.approve(intent, {
        ...prices,
        equity: facts.account.equity,
        openPositions: facts.holdings.length,
        exposure: exposure(() => true),
        exposureInSymbol: exposure(({ symbol }) => symbol === proposal.symbol),
        leverage: facts.leverage,
      }),
    );
  }

  get #policy(): EntryPolicy {
    const { limits, maxPriceAgeMs, maxSpreadBps, defaultStop, memeSymbols } = this.#context.settings;
    return { limits, maxPriceAgeMs, maxSpreadBps, defaultStop, memeSymbols };
  }

  #facts({ symbol, market, traderId }: EntryProposal): EntryFacts | null {
    const { clock, settings, books, ids } = this.#context;
    const instrument = this.#context.instrument(symbol);
    const known = this.#context.market.get(symbol);
    if (instrument?.market !== market) return null;
    const last = (each: Parameters<typeof lastPrice>[1]): number => lastPrice(this.#context, each);
    const positions = [...books.positions.values()];
    const quote = books.balances.get(settings.quoteAsset);
    const { equity, freeCash } = accountFunds(quote, positions, last);
    const coming = this.#comingHoldings();
    const bound = coming.reduce<Decimal>((sum, entry) => sum.plus(entry.notional), ZERO_MONEY);
    const working = [...books.orders.values()].filter(
      ({ state, intent }) => intent.symbol === symbol && !isFinal(state.status),
    );
    const algo = working.filter(({ intent }) => intent.terms.type !== 'market' && intent.terms.type !== 'limit');
    return {
      now: clock.now(),
      orderId: asId<OrderId>(ids.next()),
      instrument,
      quote: known === undefined ? UNHEARD : { last: known.last, bid: known.bid, ask: known.ask, time: known.heardAt },
      atr: this.#context.atr(symbol, traderId),
      holdings: this.#holdings(coming),
      account: { equity, freeCash: freeCash.minus(bound.dividedBy(settings.leverage)) as Money },
      portfolio: null,
      leverage: settings.leverage,
      feeBps: settings.feeBps,
      workingOrders: working.length - algo.length,
      workingAlgoOrders: algo.length,
    };
  }

  /** What is open, with what is still coming to it, and what is coming alone. */
  #holdings(coming: readonly Holding[]): readonly Holding[] {
    const open = [...this.#context.books.positions.values()].map((position): Holding => {
      const { id, traderId, portfolioId, side, market, symbol, quantity, openCost } = position;
      const last = readPrice(lastPrice(this.#context, symbol));
      const worth = last === null ? openCost : notional(last, quantity);
      const more = coming.filter((each) => each.symbol === symbol);
      const whole = more.reduce((sum, each) => sum.plus(each.notional) as Money, worth);
      return { positionId: id, traderId, portfolioId, side, market, symbol, notional: whole };
    });
    const held = new Set(open.map(({ symbol }) => symbol));
    return [...open, ...coming.filter(({ symbol }) => !held.has(symbol))];
  }

  /** What entries may yet bring, valued as of now. */
  #comingHoldings(): readonly Holding[] {
    return [...this.#underWay.values()].flatMap(({ orderId, traderId, portfolioId, reference }): Holding[] => {
      const order = this.#context.books.orders.get(orderId);
      if (order === undefined) return [];
      const { market, symbol, terms } = order.intent;
      const limit = terms.type === 'limit' ? terms.price : null;
      const at = readPrice(lastPrice(this.#context, symbol)) ?? reference ?? limit;
      const worth = at === null ? ZERO_MONEY : notional(at, remainingQuantity(order));
      const side = order.intent.side === 'buy' ? 'long' : 'short';
      return [{ positionId: null, traderId, portfolioId, side, market, symbol, notional: worth }];
    });
  }

  #open(order: Order, entry: EntryUnderWay, fill: Fill): PositionId | null {
    const { settings, ids, clock } = this.#context;
    const instrument = this.#context.instrument(fill.symbol);
    const exits = entry.exits();
    if (instrument === null || exits === null) return null;
    const side = fill.side === 'buy' ? 'long' : 'short';
    const levels = placeLevels(exits, { side, from: fill.price, at: clock.now(), rules: instrument.rules });
    const { leverage, marginMode } = settings;
    // Stops and exits are named after their position: when a crash has lost it, what comes back must bear the same name.
    const isFirst = order.execution.venueTradeIds.length === 1;
    const opening: PositionOpening = {
      id: asId<PositionId>(isFirst ? order.intent.id : ids.next()),
      userId: settings.userId,
      accountId: settings.accountId,
      portfolioId: entry.portfolioId,
      traderId: entry.traderId,
      signalId: entry.signalId,
      base: instrument.base,
      quote: instrument.quote,
      futures: fill.market === 'futures' ? { leverage, marginMode, liquidationPrice: null } : null,
      plan: levels.plan,
      initialRisk: levels.risk,
      openReason: order.intent.reason,
      fill,
      stopPrice: levels.stopPrice,
    };
    return this.#parts.positions.open(opening, order).id;
  }
}
