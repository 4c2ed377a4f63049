import type { Result } from '../lib/result.ts';
import { err } from '../lib/result.ts';
import type { Instrument } from '../domain/instrument.ts';
import type { MarginMode } from '../domain/position/position.ts';
import { Account } from './account/account.ts';
import { atomsFromMarketData } from './atoms.ts';
import type { Atoms } from './atoms.ts';
import { moveIsolatedMargin, setLeverage, setMarginMode, setPositionMode, transfer } from './desk/account-settings.ts';
import type { SlotKey } from './desk/account-settings.ts';
import { concludeOperation, runOperation } from './desk/aftermath.ts';
import { cancelAlgoOrder, placeAlgoOrder } from './desk/algo.ts';
import { amendOrder } from './desk/amend.ts';
import { cancelAllOrders, cancelList, cancelOrder, cancelReplace } from './desk/cancel.ts';
import { Core, refusal } from './desk/core.ts';
import { delist } from './desk/delist.ts';
import { exportState } from './desk/export-state.ts';
import { scheduleFunding } from './desk/funding.ts';
import { importState } from './desk/import-state.ts';
import { applyDepth, applyMark, applyQuote, applyTrade, marketNamed } from './desk/market-data.ts';
import { placeOrder } from './desk/place.ts';
import { placeOco } from './desk/place-list.ts';
import { replaceOrder } from './desk/replace.ts';
import { changeInstrument } from './desk/rescale.ts';
import { restoreAlgoOrder, restoreOrder, seedPosition } from './desk/seed.ts';
import type { SeedPosition } from './desk/seed.ts';
import { SymbolMarket } from './desk/symbol-market.ts';
import { VenueViews } from './venue-views.ts';
import type {
  AlgoReport,
  DepthUpdate,
  FeeTerms,
  GroupKey,
  Listing,
  OcoRequest,
  OrderKey,
  OrderListReport,
  OrderReport,
  OrderRequest,
  PlacedList,
  PlacedOrder,
  PositionLeg,
  PositionMode,
  QuoteUpdate,
  Refusal,
  TradeUpdate,
  VenueOptions,
  VenueState,
} from './venue-types.ts';

/**
 * One market of a venue: symbols, accounts, orders, a clock. How it is driven stands at the head of venue-types.ts.
 * Requests that were refused have changed nothing but the ids that are used up.
 */
export class Venue {
  private readonly core: Core;
  /** What there is, at this moment: orders, balances, positions, depth, the house accounts. */
  readonly views: VenueViews;

  constructor(options: VenueOptions) {
    this.core = new Core(options);
    this.views = new VenueViews(this.core);
  }

  // Time

  /** Milliseconds UTC. */
  get now(): number {
    return this.core.now;
  }

  /** Runs what is due up to `ms` (scheduled actions, funding), each at its time. An earlier time changes nothing. */
  advanceTo(ms: number): void {
    const { core } = this;
    while (core.schedule.nextDueMs <= ms) {
      core.now = Math.max(core.now, core.schedule.nextDueMs);
      const action = core.schedule.takeNext();
      if (action !== undefined) runOperation(core, action);
    }
    core.now = Math.max(core.now, ms);
  }

  /**
   * Runs `action` when the clock reaches `dueMs`, before anything later: an order that is still on its way, for example.
   * One that is due already runs with the next `advanceTo`.
   */
  at(dueMs: number, action: () => void): void {
    this.core.schedule.add(dueMs, action);
  }

  // Symbols and market data

  /** @throws RangeError when the symbol is listed already, or belongs to the other market */
  list(listing: Listing): void {
    const { instrument } = listing;
    if (this.core.markets.has(instrument.symbol) || instrument.market !== this.core.market) {
      throw new RangeError(`${instrument.market} symbol ${instrument.symbol} cannot be listed here (again)`);
    }
    const market = new SymbolMarket(listing);
    this.core.markets.set(instrument.symbol, market);
    if (market.contract !== null) scheduleFunding(this.core, market);
  }

  /** New exchange rules, brackets or status. Working orders stay, but for those of a delisted symbol; see `delist`. */
  change(instrument: Instrument): void {
    runOperation(this.core, () => {
      changeInstrument(this.core, marketNamed(this.core, instrument.symbol), instrument);
      if (instrument.status === 'delisted') delist(this.core, marketNamed(this.core, instrument.symbol));
    });
  }

  /** @throws AitraderError `PRICE_INVALID`, `QUANTITY_INVALID`; RangeError for an unlisted symbol. So all market data. */
  quote(update: QuoteUpdate): void {
    applyQuote(this.core, update);
  }

  depth(update: DepthUpdate): void {
    applyDepth(this.core, update);
  }

  trade(update: TradeUpdate): void {
    applyTrade(this.core, update);
  }

  mark(symbol: string, markPrice: number): void {
    applyMark(this.core, symbol, markPrice);
  }

  /** The average price that exchange rules refer to on spot; until it is given the last price stands in. */
  setAveragePrice(symbol: string, price: number): void {
    const market = marketNamed(this.core, symbol);
    market.averageTicks = market.scale.marketTicks(price);
  }

  /** The rate of the next funding, as a fraction in atoms. */
  setFundingRate(symbol: string, rate: Atoms): void {
    const { contract } = marketNamed(this.core, symbol);
    if (contract !== null) contract.fundingRate = rate;
  }

  /** Quote units for one unit of the fee token. */
  setFeeTokenPrice(quoteAsset: string, price: number): void {
    this.core.feeTokenPrices.set(quoteAsset, atomsFromMarketData(price));
  }

  // Accounts

  /** @throws RangeError when there is such an account */
  openAccount(accountId: string, fees: FeeTerms): void {
    const { core } = this;
    if (core.accounts.has(accountId)) throw new RangeError(`there is an account ${accountId} already`);
    core.accounts.set(accountId, new Account(accountId, fees, (changed) => core.changed.push(changed)));
  }

  /** @throws RangeError when there is no such account */
  setFees(accountId: string, fees: FeeTerms): void {
    const account = this.core.accounts.get(accountId);
    if (account === undefined) throw new RangeError(`there is no account ${accountId}`);
    account.fees = fees;
  }

  deposit(accountId: string, asset: string, amount: Atoms): Result<null, Refusal> {
    return runOperation(this.core, () => transfer(this.core, accountId, { asset, amount }));
  }

  withdraw(accountId: string, asset: string, amount: Atoms): Result<null, Refusal> {
    return runOperation(this.core, () => transfer(this.core, accountId, { asset, amount: -amount }));
  }

  setLeverage(key: SlotKey, leverage: number): Result<null, Refusal> {
    return runOperation(this.core, () => setLeverage(this.core, key, leverage));
  }

  setMarginMode(key: SlotKey, mode: MarginMode): Result<null, Refusal> {
    return runOperation(this.core, () => setMarginMode(this.core, key, mode));
  }

  setPositionMode(accountId: string, mode: PositionMode): Result<null, Refusal> {
    return runOperation(this.core, () => setPositionMode(this.core, accountId, mode));
  }

  /** Adds to (or takes from, negative) the margin of an isolated position. */
  moveIsolatedMargin(key: SlotKey & { readonly positionSide: PositionLeg }, amount: Atoms): Result<null, Refusal> {
    return runOperation(this.core, () => moveIsolatedMargin(this.core, key, amount));
  }

  // Orders

  placeOrder(request: OrderRequest): Result<PlacedOrder, Refusal> {
    if (this.core.market === 'futures' && request.trigger !== null) {
      return err(refusal('unsupported_combination', 'conditional futures orders go to the algo service'));
    }
    return runOperation(this.core, () => placeOrder(this.core, request));
  }

  cancelOrder(key: OrderKey): Result<OrderReport, Refusal> {
    return runOperation(this.core, () => cancelOrder(this.core, key));
  }

  /** @param symbol null: in all symbols */
  cancelAllOrders(accountId: string, symbol: string | null): OrderReport[] {
    return runOperation(this.core, () => cancelAllOrders(this.core, accountId, symbol));
  }

  /** `placed` is null when it was not tried, because the cancel failed and `stopOnFailure` was asked for. */
  cancelReplace(
    key: OrderKey,
    replacement: { readonly request: OrderRequest; readonly stopOnFailure: boolean },
  ): { cancelled: Result<OrderReport, Refusal>; placed: Result<PlacedOrder, Refusal> | null } {
    return runOperation(this.core, () => cancelReplace(this.core, key, replacement));
  }

  /** Puts another order in the place of a working one, or leaves everything as it is. */
  replaceOrder(key: OrderKey, request: OrderRequest): Result<PlacedOrder, Refusal> {
    return runOperation(this.core, () => replaceOrder(this.core, key, request));
  }

  /** Changes price and quantity of a limit order in the book, both given. */
  amendOrder(key: OrderKey, to: { readonly price: Atoms; readonly quantity: Atoms }): Result<PlacedOrder, Refusal> {
    return runOperation(this.core, () => amendOrder(this.core, key, to));
  }

  /** Spot: two orders, one cancels the other. */
  placeOco(request: OcoRequest): Result<PlacedList, Refusal> {
    return runOperation(this.core, () => placeOco(this.core, request));
  }

  cancelList(key: GroupKey): Result<OrderListReport, Refusal> {
    return runOperation(this.core, () => cancelList(this.core, key));
  }

  /** Futures: a conditional order, under `clientOrderId` as its client algo id. */
  placeAlgoOrder(request: OrderRequest): Result<AlgoReport, Refusal> {
    const { trigger } = request;
    if (this.core.market === 'spot' || trigger === null) {
      return err(refusal('unsupported_combination', 'the algo service takes conditional futures orders'));
    }
    return runOperation(this.core, () => placeAlgoOrder(this.core, { ...request, trigger }));
  }

  cancelAlgoOrder(key: GroupKey): Result<AlgoReport, Refusal> {
    return runOperation(this.core, () => cancelAlgoOrder(this.core, key));
  }

  // Start states

  /** A futures position entered before the venue began. Deposit first. */
  seedPosition(seed: SeedPosition): Result<null, Refusal> {
    return runOperation(this.core, () => seedPosition(this.core, seed));
  }

  /**
   * An order of an earlier run works on under its id; deposit first. Refused when its trigger has been passed meanwhile.
   * Orders of a list come back one by one, each with a lock of its own: place the list anew instead.
   */
  restoreOrder(report: OrderReport): Result<OrderReport, Refusal> {
    return runOperation(this.core, () => restoreOrder(this.core, report));
  }

  /** An algo order of an earlier run waits on under its id. */
  restoreAlgoOrder(report: AlgoReport): Result<AlgoReport, Refusal> {
    return runOperation(this.core, () => restoreAlgoOrder(this.core, report));
  }

  /** Everything that a later run needs to go on, but for what the outside shows. To be asked between two operations. */
  exportState(): VenueState {
    return exportState(this.core);
  }

  /**
   * Goes on where another run's `exportState` left off; symbols and accounts are there already, nothing else has happened.
   * @throws RangeError when an account, or a symbol with orders or a position, is missing
   */
  importState(state: VenueState): void {
    importState(this.core, state);
  }

  /** Tells what waits to be told: needed only after a sink has thrown. */
  tellPending(): void {
    concludeOperation(this.core);
  }
}
