import type { SeriesKey } from './chance.ts';
import { uniformAt } from './chance.ts';
import type { Grid } from './price-grid.ts';
import { onGrid, stepsOf } from './price-grid.ts';
import type { DepthSide, DepthView, QuoteEvent } from './source.ts';
import { DEPTH_LEVELS } from './source.ts';

/** How long a level keeps its size. */
const LEVEL_LIFE_MS = 5_000;

/** Best price and size of both sides. */
type TopOfBook = Pick<QuoteEvent, 'bid' | 'bidQuantity' | 'ask' | 'askQuantity'>;

/** Levels behind the best ones, made from price and time: a level keeps its place and, for a while, its size. */
export class SyntheticDepth {
  readonly #key: SeriesKey;
  readonly #prices: Grid;
  readonly #quantities: Grid;
  readonly #gapTicks: number;
  readonly #levelLots: number;

  /** @param symbol its grids, how many ticks apart levels lie and their average size near the top */
  constructor(
    key: SeriesKey,
    symbol: {
      readonly prices: Grid;
      readonly quantities: Grid;
      readonly gapTicks: number;
      readonly levelLots: number;
    },
  ) {
    this.#key = key;
    this.#prices = symbol.prices;
    this.#quantities = symbol.quantities;
    this.#gapTicks = symbol.gapTicks;
    this.#levelLots = symbol.levelLots;
  }

  /** Writes the levels around `top` at a time. */
  fill(view: DepthView, top: TopOfBook, timeMs: number): void {
    this.#fillSide(view.bids, { price: top.bid, quantity: top.bidQuantity, away: -1 }, timeMs);
    this.#fillSide(view.asks, { price: top.ask, quantity: top.askQuantity, away: 1 }, timeMs);
  }

  #fillSide(side: DepthSide, best: { price: number; quantity: number; away: 1 | -1 }, timeMs: number): void {
    const life = Math.floor(timeMs / LEVEL_LIFE_MS);
    const gap = this.#gapTicks;
    const gaps = Math.round(stepsOf(this.#prices, best.price)) / gap;
    const first = best.away > 0 ? Math.floor(gaps) + 1 : Math.ceil(gaps) - 1;
    side.prices[0] = best.price;
    side.quantities[0] = best.quantity;
    side.count = 1;
    for (let level = 1; level < DEPTH_LEVELS; level += 1) {
      const ticks = (first + best.away * (level - 1)) * gap;
      if (ticks <= 0) return;
      const chance = uniformAt(this.#key, Math.imul(life, 0x9e3779b1) + ticks);
      const lots = Math.ceil(this.#levelLots * (1 + 0.15 * level) * (0.3 + 1.4 * chance));
      side.prices[level] = onGrid(this.#prices, ticks);
      side.quantities[level] = onGrid(this.#quantities, lots);
      side.count += 1;
    }
  }
}
