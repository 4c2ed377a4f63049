import type { Instrument } from '../../domain/instrument.ts';
import { atoms } from '../atoms.ts';
import type { Atoms } from '../atoms.ts';
import { BookSide } from '../book/book-side.ts';
import { Scale } from '../book/scale.ts';
import { compileRules } from '../orders/order-rules.ts';
import type { OrderRules } from '../orders/order-rules.ts';
import { TriggerIndex } from '../orders/trigger-index.ts';
import type { Conditional, WorkingOrder } from '../orders/working-order.ts';
import { Contract } from '../account/contract.ts';
import type { Listing } from '../venue-types.ts';

/** One symbol: its rules, its book, its prices, and who waits for them. */
export class SymbolMarket {
  readonly symbol: string;
  instrument: Instrument;
  scale: Scale;
  rules: OrderRules;
  readonly bids = new BookSide<WorkingOrder>(true);
  readonly asks = new BookSide<WorkingOrder>(false);
  /** Whether the outside tells levels beyond the best ones. */
  hasDepth = false;
  readonly triggers = { last: new TriggerIndex<Conditional>(), mark: new TriggerIndex<Conditional>() };
  /** Price of the last trade, NaN before the first. */
  lastTicks = NaN;
  /** The average price that rules refer to, NaN: the last price stands in. */
  averageTicks = NaN;
  nextTradeId: number;
  /** Null on spot. */
  readonly contract: Contract | null;

  constructor(listing: Listing) {
    const { instrument } = listing;
    this.symbol = instrument.symbol;
    this.instrument = instrument;
    this.scale = scaleOf(instrument);
    this.rules = compileRules(instrument, this.scale);
    this.nextTradeId = listing.firstTradeId ?? 1;
    this.contract = contractOf(listing, this.scale);
  }

  get isTrading(): boolean {
    return this.instrument.status === 'trading';
  }

  /** The side whose orders a buy (or sell) trades with. */
  opposite(isBuy: boolean): BookSide<WorkingOrder> {
    return isBuy ? this.asks : this.bids;
  }

  own(isBuy: boolean): BookSide<WorkingOrder> {
    return isBuy ? this.bids : this.asks;
  }

  /** The price that market orders are valued with and limit prices are held against; zero when nothing is known. */
  get referencePrice(): Atoms {
    if (this.contract !== null && this.contract.mark > 0n) return this.contract.mark;
    const ticks = Number.isNaN(this.averageTicks) ? this.lastTicks : this.averageTicks;
    return Number.isNaN(ticks) ? 0n : this.scale.price(ticks);
  }
}

/** The book's units: the tick, and the finer one of the two steps. */
export function scaleOf(instrument: Instrument): Scale {
  const { tick, step, marketStep } = instrument.rules;
  const quantityUnit = marketStep === null ? atoms(step) : commonUnit(atoms(step), atoms(marketStep));
  return new Scale(atoms(tick), quantityUnit);
}

/** The largest unit that divides both (Euclid). */
export function commonUnit(a: Atoms, b: Atoms): Atoms {
  return b === 0n ? a : commonUnit(b, a % b);
}

function contractOf(listing: Listing, scale: Scale): Contract | null {
  const { instrument } = listing;
  if (instrument.futures === null) return null;
  const { marginAsset, fundingIntervalMs, leverageBrackets } = instrument.futures;
  return new Contract(
    {
      symbol: instrument.symbol,
      marginAsset,
      fundingIntervalMs,
      liquidationFeeRate: listing.liquidationFeeRate ?? 0n,
      brackets: leverageBrackets,
    },
    scale,
  );
}
