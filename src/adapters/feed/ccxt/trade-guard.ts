import type { Trade } from 'ccxt';

import type { VenueSymbol } from '../../../domain/ids.ts';
import { SECOND_MS } from '../../../domain/time.ts';

/** Ids remembered of a symbol: what a venue repeats when it is subscribed to again. */
const REMEMBERED_IDS = 500;
/** Older trades are those that some venues tell to whoever subscribes; they are no news. */
const OLDEST_MS = 15 * SECOND_MS;

interface Heard {
  lastTime: number;
  count: number;
  readonly ids: Set<string>;
}

/** Lets the trades of each symbol pass once and in the order of their times. */
export class TradeGuard {
  readonly #heard = new Map<VenueSymbol, Heard>();

  /**
   * @param nowMs the venue's time, NaN where it cannot be known
   * @returns the trade's number, which rises within a symbol; null for one that is late or doubled
   */
  admit(symbol: VenueSymbol, { id, timestamp }: Pick<Trade, 'id' | 'timestamp'>, nowMs: number): number | null {
    const time = timestamp ?? NaN;
    const heard = this.#heard.get(symbol) ?? { lastTime: -Infinity, count: 0, ids: new Set<string>() };
    if (Number.isNaN(time) || time < heard.lastTime || nowMs - time > OLDEST_MS) return null;
    if (id !== undefined && heard.ids.has(id)) return null;
    if (id !== undefined) remember(heard.ids, id);
    heard.lastTime = time;
    heard.count += 1;
    this.#heard.set(symbol, heard);
    return heard.count;
  }

  forget(symbol: VenueSymbol): void {
    this.#heard.delete(symbol);
  }
}

/** A set keeps its order: the first is the oldest. */
function remember(ids: Set<string>, id: string): void {
  ids.add(id);
  if (ids.size <= REMEMBERED_IDS) return;
  for (const oldest of ids) {
    ids.delete(oldest);
    return;
  }
}
