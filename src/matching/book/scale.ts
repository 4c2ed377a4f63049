import { AitraderError } from '../../domain/errors.ts';
import type { Atoms } from '../atoms.ts';
import { ceilDiv, floorDiv, ONE } from '../atoms.ts';

/** Counts above this are refused: beyond 2^53 a Float64 no longer counts every step. */
export const MAX_COUNT = Number.MAX_SAFE_INTEGER;

/**
 * Between amounts and the whole numbers that the book counts in: prices in ticks, quantities in steps.
 * The units divide the symbol's tick and step; they are finer than those only after a rule change.
 */
export class Scale {
  readonly priceUnit: Atoms;
  readonly quantityUnit: Atoms;
  private readonly ticksPerPrice: number;
  private readonly stepsPerUnit: number;
  private readonly notionalUnit: bigint;
  private readonly isExact: boolean;

  constructor(priceUnit: Atoms, quantityUnit: Atoms) {
    this.priceUnit = priceUnit;
    this.quantityUnit = quantityUnit;
    this.ticksPerPrice = Number(ONE) / Number(priceUnit);
    this.stepsPerUnit = Number(ONE) / Number(quantityUnit);
    const product = priceUnit * quantityUnit;
    this.isExact = product % ONE === 0n;
    this.notionalUnit = this.isExact ? product / ONE : product;
  }

  /** Ticks of a price, NaN when it lies between two or beyond what can be counted. */
  ticks(price: Atoms): number {
    return wholeCount(price, this.priceUnit);
  }

  /** Steps of a quantity, NaN when it lies between two or beyond what can be counted. */
  steps(quantity: Atoms): number {
    return wholeCount(quantity, this.quantityUnit);
  }

  price(ticks: number): Atoms {
    return BigInt(ticks) * this.priceUnit;
  }

  quantity(steps: number): Atoms {
    return BigInt(steps) * this.quantityUnit;
  }

  /** Ticks of a price in any amount, with fractions: for comparing a mark price with triggers. */
  fractionalTicks(price: Atoms): number {
    return Number(price) / Number(this.priceUnit);
  }

  /**
   * The tick nearest to a price of market data.
   * @throws AitraderError `PRICE_INVALID` for NaN, infinities and what is not above zero
   */
  marketTicks(price: number): number {
    const ticks = Math.round(price * this.ticksPerPrice);
    if (!(ticks > 0 && ticks <= MAX_COUNT)) throw new AitraderError('PRICE_INVALID', { given: String(price) });
    return ticks;
  }

  /**
   * The whole steps in a quantity of market data, to the nearest.
   * @throws AitraderError `QUANTITY_INVALID` for NaN, infinities and negative numbers
   */
  marketSteps(quantity: number): number {
    const steps = Math.round(quantity * this.stepsPerUnit);
    if (!(steps >= 0 && steps <= MAX_COUNT)) throw new AitraderError('QUANTITY_INVALID', { given: String(quantity) });
    return steps;
  }

  /** Price x quantity, cut to an atom: what a trade moves. */
  notional(ticks: number, steps: number): Atoms {
    const units = wholeProduct(ticks, steps) * this.notionalUnit;
    return this.isExact ? units : floorDiv(units, ONE);
  }

  /** Price x quantity, raised to an atom: what must be held ready for a purchase, whatever parts it trades in. */
  notionalRaised(ticks: number, steps: number): Atoms {
    const units = wholeProduct(ticks, steps) * this.notionalUnit;
    return this.isExact ? units : ceilDiv(units, ONE);
  }

  /** How many whole steps `funds` pay for at a price. */
  affordableSteps(funds: Atoms, ticks: number): number {
    if (funds <= 0n) return 0;
    const scaled = this.isExact ? funds : funds * ONE;
    const steps = Number(scaled / (BigInt(ticks) * this.notionalUnit));
    return Math.min(steps, MAX_COUNT);
  }
}

const MAX_EXACT = BigInt(Number.MAX_SAFE_INTEGER);

function wholeCount(amount: Atoms, unit: Atoms): number {
  // What a Float64 holds exactly is divided several times faster as one.
  if (amount <= MAX_EXACT && unit <= MAX_EXACT) {
    const count = Number(amount) / Number(unit);
    return Number.isInteger(count) ? count : NaN;
  }
  const count = amount % unit === 0n ? Number(amount / unit) : NaN;
  return count <= MAX_COUNT ? count : NaN;
}

function wholeProduct(a: number, b: number): bigint {
  const product = a * b;
  return product <= MAX_COUNT ? BigInt(product) : BigInt(a) * BigInt(b);
}
