import type { VenueSymbol } from '../domain/ids.ts';
import type { EngineContext } from './context.ts';

/** Says once of each symbol that filters look at, and that the market does not have, which traders wait for it in vain. */
export class MissingReferences {
  readonly #context: Pick<EngineContext, 'books' | 'logger'>;
  readonly #told = new Set<VenueSymbol>();

  constructor(context: Pick<EngineContext, 'books' | 'logger'>) {
    this.#context = context;
  }

  tell(symbols: readonly VenueSymbol[]): void {
    const { books, logger } = this.#context;
    for (const symbol of symbols) {
      const waiting = [...books.traders.values()].filter(({ filterId }) => {
        return books.filters.get(filterId)?.meta.references.includes(symbol) === true;
      });
      if (waiting.length === 0 || this.#told.has(symbol)) continue;
      this.#told.add(symbol);
      const names = waiting.map(({ name }) => name).join(', ');
      logger.warn(`${names}: makes no checks, as its filter looks at ${symbol}, which this market does not have`);
    }
  }
}
