import { Decimal } from '../../domain/decimal.ts';
import type { Money, Price, Quantity } from '../../domain/decimal.ts';
import type { Market } from '../../domain/instrument.ts';
import type { PositionSide } from '../../domain/position/position.ts';
import { feeOn } from '../account/commission.ts';
import { Holdings, move } from '../account/holdings.ts';
import { House } from '../account/house.ts';
import { atoms, atomsDecimal, atomsNumber } from '../atoms.ts';
import type { Atoms } from '../atoms.ts';

/** What an open position cost and is worth by. */
export interface Stake {
  readonly side: PositionSide;
  readonly base: string;
  quantity: Atoms;
  /** What the open quantity was entered for. */
  cost: Atoms;
}

/** One exchange of money. */
export interface Payment {
  readonly notional: Atoms;
  readonly fee: Atoms;
}

/** What a reduction paid, and the profit of the part before fees. */
export interface Reduction extends Payment {
  readonly grossPnl: Atoms;
}

/**
 * The money of a backtest. Spot: cash buys base and is paid back for it. Futures: cash is the margin balance, profit comes
 * from the clearing account, and positions bind cost / leverage of it.
 */
export class BarAccount {
  readonly house = new House();
  private readonly holdings = new Holdings();
  private readonly stakes = new Set<Stake>();
  private readonly market: Market;
  private readonly quote: string;
  private readonly leverage: bigint;
  private readonly feeRate: Atoms;

  constructor(terms: {
    readonly market: Market;
    readonly quote: string;
    readonly balance: Money;
    readonly leverage: number;
    readonly feeBps: Decimal;
  }) {
    this.market = terms.market;
    this.quote = terms.quote;
    this.leverage = BigInt(terms.leverage);
    this.feeRate = atoms(terms.feeBps.dividedBy(10_000));
    move(this.house.outside.of(this.quote), this.cash, atoms(terms.balance));
  }

  /** What is not bound in positions, and may be spent `leverage` times. */
  get freeCash(): Money {
    let free = this.cash.free;
    if (this.market === 'futures') for (const { cost } of this.stakes) free -= cost / this.leverage;
    return atomsDecimal(free) as Money;
  }

  get cashBalance(): Money {
    return atomsDecimal(this.cash.free) as Money;
  }

  get cashNumber(): number {
    return atomsNumber(this.cash.free);
  }

  /** What an open position adds to equity at a price: on spot its market value, on futures its unrealised profit. */
  worth(stake: Stake, price: Price): Money {
    const value = atomsDecimal(stake.quantity).times(price);
    if (this.market === 'spot') return value as Money;
    const gain = value.minus(atomsDecimal(stake.cost));
    return (stake.side === 'long' ? gain : gain.negated()) as Money;
  }

  /** `worth` as market data: for curves, never for money. */
  worthNumber(stake: Stake, price: number): number {
    const value = atomsNumber(stake.quantity) * price;
    if (this.market === 'spot') return value;
    const gain = value - atomsNumber(stake.cost);
    return stake.side === 'long' ? gain : -gain;
  }

  /** Enters a position: pays its cost (spot) and the fee. */
  open(stake: Stake, price: Price): Payment {
    const payment = this.paymentOf(price, stake.quantity);
    stake.cost = payment.notional;
    this.stakes.add(stake);
    if (this.market === 'spot') {
      const { outside } = this.house;
      move(this.cash, outside.of(this.quote), payment.notional);
      move(outside.of(stake.base), this.holdings.of(stake.base), stake.quantity);
    }
    move(this.cash, this.house.fees.of(this.quote), payment.fee);
    return payment;
  }

  /** Reduces a position by the average-cost method; the last part takes all that is left of the cost. */
  reduce(stake: Stake, price: Price, quantity: Atoms): Reduction {
    return this.settle(stake, quantity, this.paymentOf(price, quantity));
  }

  /** Ends a position in liquidation. Its fee comes out of its margin, which is lost with it. */
  liquidate(stake: Stake, price: Price): Reduction {
    return this.settle(stake, stake.quantity, { ...this.paymentOf(price, stake.quantity), fee: 0n });
  }

  private settle(stake: Stake, quantity: Atoms, payment: Payment): Reduction {
    const costPart = quantity === stake.quantity ? stake.cost : (stake.cost * quantity) / stake.quantity;
    const gain = payment.notional - costPart;
    const grossPnl = stake.side === 'long' ? gain : -gain;
    stake.quantity -= quantity;
    stake.cost -= costPart;
    if (stake.quantity === 0n) this.stakes.delete(stake);
    if (this.market === 'spot') {
      const { outside } = this.house;
      move(outside.of(this.quote), this.cash, payment.notional);
      move(this.holdings.of(stake.base), outside.of(stake.base), quantity);
    } else {
      move(this.house.clearing.of(this.quote), this.cash, grossPnl);
    }
    move(this.cash, this.house.fees.of(this.quote), payment.fee);
    return { ...payment, grossPnl };
  }

  /** Funding of a futures position: value at the mark price x rate, from longs to shorts when the rate is positive. */
  payFunding(stake: Stake, mark: Price, rate: Decimal): Atoms {
    const owed = cut(atomsDecimal(stake.quantity).times(mark).times(rate));
    const amount = stake.side === 'long' ? -owed : owed;
    move(this.house.funding.of(this.quote), this.cash, amount);
    return amount;
  }

  private get cash(): ReturnType<Holdings['of']> {
    return this.holdings.of(this.quote);
  }

  private paymentOf(price: Price, quantity: Atoms): Payment {
    const notional = cut(price.times(atomsDecimal(quantity)));
    return { notional, fee: feeOn(notional, this.feeRate) };
  }
}

/** An amount cut to an atom, towards zero. */
function cut(amount: Decimal): Atoms {
  return atoms(amount.toDecimalPlaces(8, Decimal.ROUND_DOWN));
}

/** A quantity of the account as the program's Decimal. */
export function quantityOf(amount: Atoms): Quantity {
  return atomsDecimal(amount) as Quantity;
}

/** An amount of the account as the program's Decimal. */
export function moneyOf(amount: Atoms): Money {
  return atomsDecimal(amount) as Money;
}
