import type { MarginMode } from '../../domain/position/position.ts';
import { times } from '../atoms.ts';
import type { Atoms } from '../atoms.ts';
import type { PositionLeg } from '../venue-types.ts';
import type { Contract } from './contract.ts';

/** One leg of a futures symbol in one account: its position and the open orders that could make it larger. */
export class Position {
  readonly slot: FuturesSlot;
  readonly side: PositionLeg;
  /** Negative for a short. */
  steps = 0;
  /** What the open part was entered for, never negative, fees not counted. */
  entryNotional: Atoms = 0n;
  /** Commission of the open part's entries, in the margin asset. */
  entryFees: Atoms = 0n;
  /** Set aside for it in isolated margin; part of the wallet balance. */
  isolatedWallet: Atoms = 0n;
  /** Notional of working orders that are not reduce-only, by their side. */
  openBuy: Atoms = 0n;
  openSell: Atoms = 0n;
  /** Whether its change is noted already. */
  isNoted = false;
  /** Below zero: never. */
  updatedAt = -1;
  private valued = { steps: 0, mark: 0n, notional: 0n };

  constructor(slot: FuturesSlot, side: PositionLeg) {
    this.slot = slot;
    this.side = side;
  }

  get isFlat(): boolean {
    return this.steps === 0;
  }

  get isLong(): boolean {
    return this.steps > 0;
  }

  get quantity(): Atoms {
    return this.slot.contract.scale.quantity(Math.abs(this.steps));
  }

  /**
   * Value at the mark price, never negative; before the first mark price what it was entered for. Asked for with every
   * order of the account, so it is kept while it holds.
   */
  get notional(): Atoms {
    const { mark } = this.slot.contract;
    if (mark === 0n) return this.entryNotional;
    const { valued } = this;
    if (valued.steps !== this.steps || valued.mark !== mark) {
      this.valued = { steps: this.steps, mark, notional: times(this.quantity, mark) };
    }
    return this.valued.notional;
  }

  get unrealizedPnl(): Atoms {
    if (this.isFlat) return 0n;
    const gain = this.notional - this.entryNotional;
    return this.isLong ? gain : -gain;
  }

  /** What was paid for it: the entry notional, negative for a short. */
  get signedCost(): Atoms {
    return this.isLong ? this.entryNotional : -this.entryNotional;
  }

  /** How many steps an order of this side could close. */
  reducibleSteps(isBuy: boolean): number {
    return isBuy === this.isLong ? 0 : Math.abs(this.steps);
  }
}

/** A futures symbol in one account: how it is margined, and its legs. */
export class FuturesSlot {
  readonly contract: Contract;
  leverage: number;
  marginMode: MarginMode = 'cross';
  readonly both: Position;
  readonly long: Position;
  readonly short: Position;
  readonly legs: readonly Position[];

  constructor(contract: Contract, leverage: number) {
    this.contract = contract;
    this.leverage = leverage;
    this.both = new Position(this, 'both');
    this.long = new Position(this, 'long');
    this.short = new Position(this, 'short');
    this.legs = [this.both, this.long, this.short];
  }

  get hasPosition(): boolean {
    return !this.both.isFlat || !this.long.isFlat || !this.short.isFlat;
  }
}

/** What a trade did to a position. */
export interface PositionChange {
  readonly closedSteps: number;
  readonly openedSteps: number;
  /** Share of the trade's notional that opened. */
  readonly openedNotional: Atoms;
  /** Profit of the closed part before commission. */
  readonly realizedPnl: Atoms;
}

/**
 * Books a trade by the average-cost method: the closed part takes its share of the entry notional with it, the last part
 * all that is left. A trade larger than the position turns it. The isolated wallet shrinks with the closed share.
 */
export function bookTrade(
  position: Position,
  trade: { readonly isBuy: boolean; readonly steps: number; readonly notional: Atoms },
): PositionChange {
  const held = Math.abs(position.steps);
  const closedSteps = Math.min(trade.steps, position.reducibleSteps(trade.isBuy));
  const openedSteps = trade.steps - closedSteps;
  const closedNotional = share(trade.notional, closedSteps, trade.steps);
  const cost = share(position.entryNotional, closedSteps, held);
  const gain = closedNotional - cost;
  const realizedPnl = position.isLong ? gain : -gain;
  position.entryFees -= share(position.entryFees, closedSteps, held);
  position.isolatedWallet -= share(position.isolatedWallet, closedSteps, held);
  const openedNotional = trade.notional - closedNotional;
  position.entryNotional += openedNotional - cost;
  position.steps += trade.isBuy ? trade.steps : -trade.steps;
  return { closedSteps, openedSteps, openedNotional, realizedPnl };
}

/** `part` of `whole` of an amount, cut to an atom; the whole of it is all. */
export function share(amount: Atoms, part: number, whole: number): Atoms {
  if (part === 0 || amount === 0n) return 0n;
  return part === whole ? amount : (amount * BigInt(part)) / BigInt(whole);
}
