import type { Market } from '../../domain/instrument.ts';
import type { Account } from '../account/account.ts';
import { House } from '../account/house.ts';
import type { Position } from '../account/position.ts';
import type { Atoms } from '../atoms.ts';
import type { Waiting } from '../orders/trigger-index.ts';
import type { Conditional, WorkingOrder } from '../orders/working-order.ts';
import { FuturesSettlement } from '../settlement/futures-settlement.ts';
import type { Income } from '../settlement/futures-settlement.ts';
import type { Settlement } from '../settlement/settlement.ts';
import { SpotSettlement } from '../settlement/spot-settlement.ts';
import type { LastIds, Refusal, RefusalReason, VenueFill, VenueOptions } from '../venue-types.ts';
import { EventQueue } from './event-queue.ts';
import { algoRegistry, listRegistry, orderRegistry } from './order-registry.ts';
import { Schedule } from './schedule.ts';
import type { SymbolMarket } from './symbol-market.ts';

/** Everything that one venue is made of. The functions of this folder work on it; `Venue` is its outside. */
export class Core {
  readonly market: Market;
  readonly slippageBeyondBookBps: number | null;
  now: number;
  readonly events: EventQueue;
  readonly schedule = new Schedule();
  readonly house = new House();
  readonly markets = new Map<string, SymbolMarket>();
  readonly accounts = new Map<string, Account>();
  readonly orders = orderRegistry();
  readonly lists = listRegistry();
  readonly algos = algoRegistry();
  readonly feeTokenPrices = new Map<string, Atoms>();
  readonly settlement: Settlement;
  /** Triggers that prices have set off and nobody has acted on yet. */
  fired: Waiting<Conditional>[] = [];
  /** Positions that became flat or turned, whose reduce-only orders are to be looked at. */
  vacated: { readonly account: Account; readonly position: Position }[] = [];
  /** Accounts with changes to tell, in the order of their first one. */
  changed: Account[] = [];
  /** The order whose placement is being answered, and its fills so far. */
  answering: { readonly order: WorkingOrder; readonly fills: VenueFill[] } | null = null;
  private lastOrderId: number;
  private lastListId = 0;
  private lastAlgoId = 0;
  private lastIncomeId = 0;

  constructor(options: VenueOptions) {
    this.market = options.market;
    this.now = options.startMs;
    this.events = new EventQueue(options.onEvent);
    this.slippageBeyondBookBps = options.slippageBeyondBookBps ?? null;
    this.lastOrderId = (options.firstOrderId ?? 1) - 1;
    this.settlement = options.market === 'spot' ? new SpotSettlement(this) : new FuturesSettlement(this);
  }

  nextOrderId(): number {
    return (this.lastOrderId += 1);
  }

  nextListId(): number {
    return (this.lastListId += 1);
  }

  nextAlgoId(): number {
    return (this.lastAlgoId += 1);
  }

  /** Ids up to this one are taken by what was restored. */
  skipOrderIds(upTo: number): void {
    this.lastOrderId = Math.max(this.lastOrderId, upTo);
  }

  skipAlgoIds(upTo: number): void {
    this.lastAlgoId = Math.max(this.lastAlgoId, upTo);
  }

  get lastIds(): LastIds {
    return { order: this.lastOrderId, list: this.lastListId, algo: this.lastAlgoId, income: this.lastIncomeId };
  }

  /** Ids up to these were given by an earlier run. */
  skipIds({ order, list, algo, income }: LastIds): void {
    this.skipOrderIds(order);
    this.skipAlgoIds(algo);
    this.lastListId = Math.max(this.lastListId, list);
    this.lastIncomeId = Math.max(this.lastIncomeId, income);
  }

  marketOf(order: { readonly request: { readonly symbol: string } }): SymbolMarket {
    return this.markets.get(order.request.symbol) as SymbolMarket;
  }

  noteIncome({ account, ...income }: Income): void {
    this.lastIncomeId += 1;
    this.events.push({ type: 'income', at: this.now, incomeId: this.lastIncomeId, accountId: account.id, ...income });
  }

  noteVacated(account: Account, position: Position): void {
    this.vacated.push({ account, position });
  }
}

/** A refusal with its reason in words. */
export function refusal(reason: RefusalReason, message: string): Refusal {
  return { reason, message };
}
