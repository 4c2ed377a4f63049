import { AitraderError } from '../domain/errors.ts';
import type { AccountSnapshot, Broker } from '../ports/broker.ts';
import type { RiskDesk } from './risk-desk.ts';

/**
 * Looks for an account that was switched to hedge mode while the program runs. Its positions have two sides per symbol, which
 * orders of this program cannot name: they are left alone, told, and nothing is opened beside them.
 */
export class HedgeWatch {
  readonly #broker: Pick<Broker, 'account'>;
  readonly #risk: RiskDesk;
  #legs = '';
  #isTold = false;

  constructor(broker: Pick<Broker, 'account'>, risk: RiskDesk) {
    this.#broker = broker;
    this.#risk = risk;
  }

  /** Why nothing may be opened; null while the account shows no position of hedge mode. */
  get hindrance(): AitraderError | null {
    return this.#legs === '' ? null : this.#problem;
  }

  /** @returns the snapshot without what is of hedge mode */
  look(snapshot: AccountSnapshot): AccountSnapshot {
    const legs = snapshot.positions.filter(({ isHedgeLeg }) => isHedgeLeg === true);
    const named = legs.map(({ symbol, side }) => `${symbol} ${side}`).join(', ');
    const isNews = named !== this.#legs;
    this.#legs = named;
    if (legs.length === 0) {
      this.#isTold = false;
      return snapshot;
    }
    if (isNews) this.#tell(`${named} are left alone and have no stop from here; `);
    return { ...snapshot, positions: snapshot.positions.filter((position) => !legs.includes(position)) };
  }

  /** An order was refused: as it names no side of a position, it may be. */
  orderRefused(code: string): void {
    if (code === 'HEDGE_MODE' && !this.#isTold) this.#tell('');
  }

  get #problem(): AitraderError {
    return new AitraderError('HEDGE_MODE', { venue: this.#broker.account.venue });
  }

  #tell(what: string): void {
    this.#isTold = true;
    const { message, hint } = this.#problem;
    const text = `${message}; ${what}nothing is opened. ${hint}`;
    this.#risk.raise({ type: 'anomaly_detected', severity: 'critical', message: text });
  }
}
