import type { AccountEvent } from '../../../domain/event.ts';
import type { Instrument } from '../../../domain/instrument.ts';
import { Venue } from '../../../matching/venue.ts';
import type { VenueEvent } from '../../../matching/venue-types.ts';
import { AccountViews } from './account-views.ts';
import type { CompiledOptions } from './options.ts';
import { FundingHistory } from './paid-funding.ts';
import { PaperMarket } from './paper-market.ts';
import { PaperOrders } from './paper-orders.ts';
import { invalid, readSaved, savedText } from './saved-state.ts';
import type { SavedState } from './saved-state.ts';
import { encode } from './tagged-json.ts';
import { VenueNews } from './venue-news.ts';

/** Taken of the notional at liquidation, as at Binance: 1.25 %. */
const LIQUIDATION_FEE = 1_250_000n;

/** What the desk asks of the broker around it. */
export interface Surroundings {
  /** False: nothing may happen now, because too much waits to be saved. */
  readonly isOpen: () => boolean;
  readonly tell: (event: AccountEvent) => void;
  readonly changed: () => void;
  /** Something moved that nobody is told of. */
  readonly changedQuietly: () => void;
  /** An operation has come to its end. */
  readonly settle: () => void;
}

/**
 * The venue's side of the paper account: the venue model with this one account, its orders under their client ids, and the
 * prices that it follows. Everything happens at the moment of the call; latency and saving are the broker's matter.
 */
export class PaperDesk {
  readonly venue: Venue;
  readonly market: PaperMarket;
  readonly orders = new PaperOrders();
  readonly views: AccountViews;
  readonly funding: FundingHistory;
  /** Futures symbols whose leverage was set. */
  readonly configured: Set<string>;
  readonly #options: CompiledOptions;
  readonly #around: Surroundings;
  readonly #news: VenueNews;
  /** Symbols in which orders have changed since the last look around. */
  readonly #touched = new Set<string>();
  readonly #trailing = new Set<string>();

  /** @throws AitraderError `ROW_INVALID` when the saved state cannot be gone on from */
  constructor(options: CompiledOptions, around: Surroundings) {
    const { account, instruments, clock } = options;
    const state = options.saved === null ? null : readSaved(account, options.saved);
    let isReady = false;
    this.#options = options;
    this.#around = around;
    this.venue = new Venue({
      market: account.market,
      startMs: clock.now(),
      slippageBeyondBookBps: options.slippageBps,
      onEvent: (event) => isReady && this.#hear(event),
    });
    this.funding = new FundingHistory(state?.funding ?? []);
    this.configured = new Set(state?.configured);
    const { venue, orders, funding } = this;
    this.views = new AccountViews({ account, instance: options.instance, venue, orders });
    const bySymbol = new Map<string, Instrument>(instruments.map((instrument) => [instrument.symbol, instrument]));
    this.#news = new VenueNews({ account, instruments: bySymbol, orders, funding, tell: around.tell });
    this.market = new PaperMarket(venue, instruments, {
      enter: () => this.#enter(),
      leave: (symbol) => {
        if (this.#trailing.has(symbol)) around.changedQuietly();
        this.settle();
      },
    });
    this.#open(state);
    isReady = true;
  }

  /** The model's clock catches up: what was due meanwhile (funding) happens first. */
  catchUp(): void {
    this.venue.advanceTo(this.#options.clock.now());
  }

  /** Ends an operation: sees what there is to follow now, and lets the news go out. */
  settle(): void {
    if (this.#touched.size > 0) this.#lookAround();
    this.#around.settle();
  }

  /** All of the account as text, for the `saved` of a later run. */
  text(): string {
    const parts = {
      venue: encode(this.venue.exportState()),
      orders: this.orders.text(),
      funding: encode(this.funding.all()),
      configured: encode([...this.configured]),
    };
    const state = Object.entries(parts).map(([name, json]) => `"${name}":${json}`);
    return savedText(this.#options.account, `{${state.join(',')}}`);
  }

  #enter(): boolean {
    if (!this.#around.isOpen()) return false;
    this.catchUp();
    return true;
  }

  #open(state: SavedState | null): void {
    const { account, instruments, feeRate, quoteAsset, balance } = this.#options;
    for (const instrument of instruments) this.venue.list({ instrument, liquidationFeeRate: LIQUIDATION_FEE });
    this.venue.openAccount(account.id, { makerRate: feeRate, takerRate: feeRate, feeToken: null });
    if (state === null) this.venue.deposit(account.id, quoteAsset, balance);
    else this.#restore(state);
  }

  #restore(state: SavedState): void {
    const { account } = this.#options;
    try {
      this.venue.importState(state.venue);
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
      throw invalid(account, `an order or position cannot go on: ${error.message}`);
    }
    const working = new Set([
      ...this.venue.views.openOrders(account.id, null).map(({ clientOrderId }) => clientOrderId),
      ...this.venue.views.openAlgoOrders(account.id, null).map(({ clientAlgoId }) => clientAlgoId),
    ]);
    this.orders.restore(state.orders, ({ clientOrderId }) => working.has(clientOrderId));
    for (const { symbol } of this.orders.allWorking()) this.#touched.add(symbol);
    for (const { symbol } of this.views.snapshot(this.venue.now).positions)
      this.market.follow(symbol, { position: true });
    this.#lookAround();
  }

  #hear(event: VenueEvent): void {
    this.#around.changed();
    switch (event.type) {
      case 'order':
        this.#touched.add(event.order.symbol);
        this.#news.hearOrder(event);
        return;
      case 'algo_order':
        this.#touched.add(event.order.symbol);
        this.#news.hearAlgo(event.at, event.order);
        return;
      case 'income':
        this.#news.hearIncome(event);
        return;
      case 'balances':
        this.#tellBalances(event.at, event.balances);
        return;
      case 'futures_account':
        for (const { symbol, quantity } of event.positions) this.market.follow(symbol, { position: quantity !== 0n });
        this.#tellBalances(event.at, event.wallets);
        return;
      default:
        return;
    }
  }

  #tellBalances(at: number, changed: readonly { readonly asset: string }[]): void {
    if (changed.length === 0) return;
    const assets = new Set(changed.map(({ asset }) => asset));
    for (const balance of this.views.balances(at)) {
      if (assets.has(balance.asset)) this.#around.tell({ type: 'balance_changed', balance });
    }
  }

  /** Sees what of the touched symbols the account waits for now. */
  #lookAround(): void {
    const { views } = this.venue;
    const { id } = this.#options.account;
    for (const symbol of this.#touched) {
      const orders = views.openOrders(id, symbol);
      const triggers = [
        ...orders.filter(({ workingSince }) => workingSince === null).map(({ trigger }) => trigger),
        ...views.openAlgoOrders(id, symbol).flatMap(({ status, trigger }) => (status === 'new' ? [trigger] : [])),
      ];
      this.market.follow(symbol, {
        resting: orders.some(({ workingSince }) => workingSince !== null),
        waiting: triggers.length > 0,
      });
      if (triggers.some((trigger) => trigger?.type === 'trailing')) this.#trailing.add(symbol);
      else this.#trailing.delete(symbol);
    }
    this.#touched.clear();
  }
}
