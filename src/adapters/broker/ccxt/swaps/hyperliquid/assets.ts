import { Decimal } from '../../../../../domain/decimal.ts';
import type { Price, Quantity } from '../../../../../domain/decimal.ts';
import type { OrderSide } from '../../../../../domain/order/order.ts';
import type { Clock } from '../../../../../ports/clock.ts';
import { RefusedHere } from '../../connection/failures.ts';
import { Listing } from '../listing.ts';
import { SYMBOL_UNKNOWN } from '../swap-venue.ts';
import { fieldsOf, integerOf, listOf, textOf } from '../../connection/fields.ts';
import type { HyperliquidClient } from './client.ts';

const META_COST = { weight: 20, priority: 'question' } as const;

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

/** The perpetuals of the exchange. @param settleAsset in which they are settled */
export function assetListing(client: HyperliquidClient, clock: Clock, settleAsset: string): Listing<Assets> {
  return new Listing(clock, () => listAssets(client, settleAsset));
}

async function listAssets(client: HyperliquidClient, settleAsset: string): Promise<Assets> {
  const { universe } = fieldsOf(await client.ask({ type: 'meta' }, META_COST));
  const assets = listOf(universe).map((asset, index): Asset => {
    const coin = textOf(asset, 'name');
    // As the market data call it: base and quote in one word.
    const symbol = `${coin.toUpperCase()}${settleAsset}`;
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
