import type { VenueSymbol } from '../domain/ids.ts';
import type { Instrument } from '../domain/instrument.ts';
import type { FeedStatus } from '../ports/market-feed.ts';
import type { EngineContext } from './context.ts';
import type { RiskDesk } from './risk-desk.ts';

/** Tells people what happens to the market data itself. */
export class MarketNews {
  readonly #context: EngineContext;
  readonly #risk: RiskDesk;
  readonly #isEnding: () => boolean;

  constructor(context: EngineContext, risk: RiskDesk, isEnding: () => boolean) {
    this.#context = context;
    this.#risk = risk;
    this.#isEnding = isEnding;
  }

  stale(symbol: VenueSymbol, isStale: boolean): void {
    const { logger, books } = this.#context;
    books.note({ subject: 'market', id: symbol, change: isStale ? 'stale' : 'recovered', data: {} });
    if (!isStale) {
      logger.info(`${symbol} is heard again`, { symbol });
      return;
    }
    logger.warn(`${symbol} is stale: nothing was heard of it`, { symbol });
    const isBlind = [...books.positions.values()].some((position) => {
      return position.symbol === symbol && position.protection.guard !== 'venue';
    });
    if (!isBlind) return;
    const message = `${symbol}: no price comes, and the stop of its position is watched by this program alone`;
    this.#risk.raise({ type: 'position_unprotected', severity: 'critical', message, details: { symbol } });
  }

  feed(status: FeedStatus): void {
    const { logger, books } = this.#context;
    books.note({ subject: 'market', id: 'feed', change: status.status, data: {} });
    if (status.status === 'connected') logger.info('market data flows');
    else if (status.status === 'reconnecting') {
      const { cause, attempt } = status;
      logger.warn(`market data is interrupted: ${cause}`, { attempt, symbols: status.symbols.length });
    } else if (!this.#isEnding()) {
      const message = `market data has ended: ${status.cause}`;
      this.#risk.raise({ type: 'stream_lost', severity: 'critical', message });
    }
  }

  /** A symbol that stops trading is not opened any more; who holds it has to know. */
  instrument({ symbol, status, rules }: Instrument, before: Instrument): void {
    const { logger, market, books } = this.#context;
    if (market.get(symbol) === undefined) return;
    if (status === before.status) {
      logger.info(`${symbol}: the exchange has changed its rules`, {
        tick: rules.tick.toFixed(),
        step: rules.step.toFixed(),
      });
      return;
    }
    const isHeld = [...books.positions.values()].some((position) => position.symbol === symbol);
    const message = `${symbol} is ${status.replaceAll('_', ' ')} at the exchange, it was ${before.status}`;
    const severity = status === 'trading' ? 'info' : isHeld ? 'critical' : 'warning';
    this.#risk.raise({ type: 'symbol_not_trading', severity, message, details: { symbol } });
  }
}
