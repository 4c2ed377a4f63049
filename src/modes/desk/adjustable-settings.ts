import type { Config } from '../../config/config.ts';
import type { Money } from '../../domain/decimal.ts';
import { asId } from '../../domain/ids.ts';
import type { VenueSymbol } from '../../domain/ids.ts';
import type { Level } from '../../domain/levels.ts';
import type { RiskLimits } from '../../domain/risk.ts';

/** The settings of the desk that may change while it runs. Whoever reads one reads it anew for each decision. */
export class AdjustableSettings {
  readonly #maxLeverage: number;
  #config: Config;
  #memeSymbols: ReadonlySet<VenueSymbol>;

  constructor(config: Config) {
    this.#maxLeverage = config.risk.maxLeverage;
    this.#config = config;
    this.#memeSymbols = memeSymbols(config);
  }

  /** Takes over what may change of another reading of the configuration. */
  adopt(config: Config): void {
    this.#config = config;
    this.#memeSymbols = memeSymbols(config);
  }

  /** The leverage belongs to the account as it was opened, and stays. */
  get limits(): RiskLimits {
    return { ...this.#config.risk, maxLeverage: this.#maxLeverage };
  }

  get defaultStop(): Level {
    return this.#config.traders.defaultStop;
  }

  get defaultSize(): Money {
    return this.#config.traders.defaultSize;
  }

  get maxActiveTraders(): number {
    return this.#config.traders.maxActive;
  }

  get memeSymbols(): ReadonlySet<VenueSymbol> {
    return this.#memeSymbols;
  }

  get mayTrade(): boolean {
    return this.#config.features.autoTrading;
  }
}

function memeSymbols({ symbols }: Config): ReadonlySet<VenueSymbol> {
  return new Set(symbols.meme.map((name) => asId<VenueSymbol>(name)));
}
