import type { Balance } from '../domain/account.ts';
import { ZERO } from '../domain/decimal.ts';
import type { Price, Quantity, Decimal } from '../domain/decimal.ts';
import { asId } from '../domain/ids.ts';
import type { AccountId } from '../domain/ids.ts';
import type { Instrument, Market } from '../domain/instrument.ts';
import type { VenuePosition } from '../ports/broker.ts';

interface Net {
  readonly quantity: Decimal;
  readonly cost: Decimal;
}

/** What a scripted venue counts of an account: cash and units, by the average-cost method. */
export class ScriptedLedger {
  readonly #market: Market;
  readonly #net = new Map<string, Net>();
  /** In quote units; on futures the wallet. */
  cash: Decimal;

  constructor(market: Market, cash: Decimal) {
    this.#market = market;
    this.cash = cash;
  }

  /** Units held: on futures below zero when short. */
  held(symbol: string): Decimal {
    return this.#netOf(symbol).quantity;
  }

  /** Books units that came (or went, below zero) at a price: spot pays for them, futures settle what a reduction gains. */
  trade(symbol: string, change: Decimal, price: Price): void {
    const { quantity, cost } = this.#netOf(symbol);
    const isMore = quantity.isZero() || quantity.isNegative() === change.isNegative();
    const costChange = isMore ? change.times(price) : cost.times(change).dividedBy(quantity);
    this.#net.set(symbol, { quantity: quantity.plus(change), cost: cost.plus(costChange) });
    if (this.#market === 'spot') this.cash = this.cash.minus(change.times(price));
    else if (!isMore) this.cash = this.cash.minus(change.times(price)).plus(costChange);
  }

  /** Takes units as a fee. */
  takeUnits(symbol: string, quantity: Decimal): void {
    const net = this.#netOf(symbol);
    this.#net.set(symbol, { ...net, quantity: net.quantity.minus(quantity) });
  }

  positions(): readonly VenuePosition[] {
    if (this.#market === 'spot') return [];
    return [...this.#net].flatMap(([symbol, { quantity, cost }]): VenuePosition[] => {
      if (quantity.isZero()) return [];
      return [
        {
          market: 'futures',
          symbol: asId(symbol),
          side: quantity.isNegative() ? 'short' : 'long',
          quantity: quantity.abs() as Quantity,
          entryPrice: cost.dividedBy(quantity) as Price,
          liquidationPrice: null,
          leverage: 1,
          marginMode: 'isolated',
          unrealizedPnl: ZERO,
        },
      ];
    });
  }

  /** Cash, and on spot the units as balances of their base asset. */
  balances(
    instruments: readonly Instrument[],
    whose: { readonly accountId: AccountId; readonly updatedAt: number },
  ): readonly Balance[] {
    const cash = { ...whose, asset: 'USDT', free: this.cash, locked: ZERO };
    if (this.#market === 'futures') return [cash];
    const units = instruments.map(({ symbol, base }) => {
      return { ...whose, asset: base, free: this.held(symbol), locked: ZERO };
    });
    return [cash, ...units];
  }

  #netOf(symbol: string): Net {
    return this.#net.get(symbol) ?? { quantity: ZERO, cost: ZERO };
  }
}
