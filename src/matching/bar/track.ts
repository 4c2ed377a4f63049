import { priceFromMarketData } from '../../domain/decimal.ts';
import type { Price } from '../../domain/decimal.ts';
import type { BarPosition } from './bar-position.ts';
import type { BarClose, BarSeries } from './bar-types.ts';

/** A symbol on its way through its bars. */
export class Track {
  readonly series: BarSeries;
  /** The bar that was entered last; -1 before the first. */
  index = -1;
  /** Whether that bar is the one of now. */
  isNow = false;
  position: BarPosition | null = null;
  readonly closes: BarClose[] = [];

  constructor(series: BarSeries) {
    this.series = series;
  }

  get open(): Price {
    return priceFromMarketData(this.series.columns.open[this.index] as number);
  }

  /** Before the first close the open of now stands in. */
  closeAt(index: number): Price {
    return index < 0 ? this.open : priceFromMarketData(this.series.columns.close[index] as number);
  }
}
