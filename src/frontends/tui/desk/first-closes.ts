import type { ClosedTrade } from './closed-trade.ts';

const HINT =
  'A trade won and one lost. Press 4, then ] for Closed, and Enter on a trade: its chart, and why it was entered and closed.';

/** Notices the first trade that was won and the first that was lost, and then says once where to see more of them. */
export class FirstCloses {
  #hasWon = false;
  #hasLost = false;

  /** The hint after the trade that completes the two, else null. */
  see({ pnl }: Pick<ClosedTrade, 'pnl'>): string | null {
    const hadBoth = this.#hasWon && this.#hasLost;
    this.#hasWon ||= pnl > 0;
    this.#hasLost ||= pnl < 0;
    return !hadBoth && this.#hasWon && this.#hasLost ? HINT : null;
  }
}
