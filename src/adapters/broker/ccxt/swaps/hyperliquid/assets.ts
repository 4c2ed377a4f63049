import { Decimal } from '../../../../../domain/decimal.ts';
import type { Price, Quantity } from '../../../../../domain/decimal.ts';
import type { OrderSide } from '../../../../../domain/order/order.ts';
import { HOUR_MS } from '../../../../../domain/time.ts';
import type { Clock } from '../../../../../ports/clock.ts';
import { RefusedHere } from '../../connection/failures.ts';
import { SYMBOL_UNKNOWN } from '../swap-venue.ts';
import { fieldsOf, integerOf, listOf, textOf } from '../../connection/fields.ts';
import type { HyperliquidClient } from './client.ts';

const META_COST = { weight: 20, priority: 'question' } as const;
const VALID_FOR_MS = 6 * HOUR_MS;

/** https://hyperliquid.gitbook.io/hyperliquid-docs/for-developers/api/tick-and-lot-size */
const SIGNIFICANT_DIGITS = 5;
const MAX_DECIMALS = 6;

/** A perpetual of the exchange: orders name it by its number, answers by its coin. */
export interface Asset {
  readonly index: number;
  readonly coin: string;
  readonly symbol: string;
  readonly sizeDecimals: number;
}

export interface Assets {
  /** @throws RefusedHere for one that is not listed */
  ofSymbol(symbol: string): Asset;
  /** Null for one that is traded elsewhere: spot, or the perpetuals of others. */
  ofCoin(coin: string): Asset | null;
}

/** The perpetuals of the exchange, asked for when they are needed. */
export class ListedAssets {
  readonly #client: HyperliquidClient;
  readonly #clock: Clock;
  readonly #settleAsset: string;
  #listed: Promise<Assets> | null = null;
  #listedAtMs = -Infinity;

  constructor(client: HyperliquidClient, clock: Clock, settleAsset: string) {
    this.#client = client;
    this.#clock = clock;
    this.#settleAsset = settleAsset;
  }

  async now(): Promise<Assets> {
    const nowMs = this.#clock.monotonicMs();
    if (this.#listed === null || nowMs - this.#listedAtMs > VALID_FOR_MS) {
      this.#listedAtMs = nowMs;
      this.#listed = this.#list();
      this.#listed.catch(() => (this.#listed = null));
    }
    return this.#listed;
  }

  async #list(): Promise<Assets> {
    const { universe } = fieldsOf(await this.#client.ask({ type: 'meta' }, META_COST));
    const assets = listOf(universe).map((asset, index): Asset => {
      const coin = textOf(asset, 'name');
      // As the market data call it: base and quote in one word.
      const symbol = `${coin.toUpperCase()}${this.#settleAsset}`;
      return { index, coin, symbol, sizeDecimals: integerOf(asset, 'szDecimals') };
    });
    const bySymbol = new Map(assets.map((asset) => [asset.symbol, asset]));
    const byCoin = new Map(assets.map((asset) => [asset.coin, asset]));
    return {
      ofSymbol(symbol) {
        const asset = bySymbol.get(symbol);
        if (asset === undefined) throw new RefusedHere(SYMBOL_UNKNOWN, `the exchange does not list ${symbol}`);
        return asset;
      },
      ofCoin: (coin) => byCoin.get(coin) ?? null,
    };
  }
}

/** The nearest price that the exchange takes on the side away from the other side: five digits, or a whole number. */
export function roundedPrice(price: Decimal, side: OrderSide, { sizeDecimals }: Asset): Price {
  const rounding = side === 'buy' ? Decimal.ROUND_UP : Decimal.ROUND_DOWN;
  const whole = price.toDecimalPlaces(0, rounding);
  const digits = price.lessThan(10 ** SIGNIFICANT_DIGITS)
    ? price.toSignificantDigits(SIGNIFICANT_DIGITS, rounding)
    : whole;
  return digits.toDecimalPlaces(MAX_DECIMALS - sizeDecimals, rounding) as Price;
}

/** @throws RefusedHere for a price that the exchange does not take */
export function exactPrice(price: Price, asset: Asset): Price {
  if (roundedPrice(price, 'buy', asset).equals(price)) return price;
  const rule = `five significant digits and ${MAX_DECIMALS - asset.sizeDecimals} decimals, or a whole number`;
  throw new RefusedHere('TICK', `a price of ${price.toFixed()}; the exchange takes ${rule}`);
}

/** @throws RefusedHere for a size that the exchange does not take */
export function exactSize(quantity: Quantity, { sizeDecimals }: Asset): Quantity {
  if (quantity.greaterThan(0) && quantity.decimalPlaces() <= sizeDecimals) return quantity;
  throw new RefusedHere('SIZE', `a size of ${quantity.toFixed()}; the exchange takes ${sizeDecimals} decimals`);
}
