import type { Atoms } from '../atoms.ts';
import type { AccountUpdateReason, FeeTerms, PositionLeg, PositionMode } from '../venue-types.ts';
import type { Contract } from './contract.ts';
import { Holdings } from './holdings.ts';
import { FuturesSlot } from './position.ts';
import type { Position } from './position.ts';

/** How many orders of an account work in one symbol: what MAX_NUM_ORDERS and MAX_NUM_ALGO_ORDERS count. */
export interface WorkingCounts {
  orders: number;
  algoOrders: number;
}

/** Leverage of a symbol that the account has not set, as at the venue; at most what the symbol allows. */
const DEFAULT_LEVERAGE = 20;

/** One account of one market. On spot `slots` stay empty. */
export class Account {
  readonly id: string;
  readonly holdings: Holdings;
  fees: FeeTerms;
  positionMode: PositionMode = 'one_way';
  /** Whether the margin call of a pool (asset, or symbol of an isolated position) has been told. */
  readonly warned = new Set<string>();
  /** Why the changes noted now came about; the first reason of an operation holds. */
  changeReason: AccountUpdateReason = 'order';
  /** Change of wallets other than by profit and commission, by asset; until it is told. */
  readonly transfers = new Map<string, Atoms>();
  private readonly slots = new Map<string, FuturesSlot>();
  private readonly counts = new Map<string, WorkingCounts>();
  private changedPositions: Position[] = [];
  private readonly onChange: () => void;
  private isNoted = false;

  /** @param onChange called at the first change of a balance or position since changes were told */
  constructor(id: string, fees: FeeTerms, onChange: (account: Account) => void) {
    this.id = id;
    this.fees = fees;
    this.onChange = () => {
      if (this.isNoted) return;
      this.isNoted = true;
      onChange(this);
    };
    this.holdings = new Holdings(this.onChange);
  }

  /** All changes have been told. */
  settleChanges(): void {
    this.isNoted = false;
    this.changeReason = 'order';
    if (this.transfers.size > 0) this.transfers.clear();
  }

  countsIn(symbol: string): WorkingCounts {
    const known = this.counts.get(symbol);
    if (known !== undefined) return known;
    const counts = { orders: 0, algoOrders: 0 };
    this.counts.set(symbol, counts);
    return counts;
  }

  slotIn(contract: Contract): FuturesSlot {
    const known = this.slots.get(contract.symbol);
    if (known !== undefined) return known;
    const slot = new FuturesSlot(contract, Math.min(DEFAULT_LEVERAGE, contract.maxLeverage));
    this.slots.set(contract.symbol, slot);
    return slot;
  }

  /** The symbol's slot, if the account ever used it. */
  slotOf(symbol: string): FuturesSlot | undefined {
    return this.slots.get(symbol);
  }

  allSlots(): IterableIterator<FuturesSlot> {
    return this.slots.values();
  }

  /** The leg that orders of this position side work on. */
  leg(contract: Contract, side: PositionLeg): Position {
    return this.slotIn(contract)[side];
  }

  notePosition(position: Position, at: number): void {
    position.updatedAt = at;
    if (position.isNoted) return;
    position.isNoted = true;
    this.changedPositions.push(position);
    this.onChange();
  }

  /** The positions that changed since the last call, in the order of their first change. */
  takeChangedPositions(): readonly Position[] {
    const changed = this.changedPositions;
    for (const position of changed) position.isNoted = false;
    this.changedPositions = [];
    return changed;
  }
}
