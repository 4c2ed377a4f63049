import { decimal, money, price, quantity } from '../../domain/decimal.ts';
import type { Fee, Fill } from '../../domain/fill.ts';
import { asId } from '../../domain/ids.ts';

/** A fee of `amount` units of `asset`, each worth `rate` quote units. */
export function fee(asset: string, amount: string, rate = '1'): Fee {
  return { asset, amount: decimal(amount), rate: decimal(rate), value: money(decimal(amount).times(rate)) };
}

/** What a test says of a fill; price and quantity as decimal text, the rest as in `Fill`. */
export type FillSketch = Partial<Omit<Fill, 'price' | 'quantity'>> & {
  readonly price?: string;
  readonly quantity?: string;
};

/** A fill of BTCUSDT on spot: one bought at 100 for no fee, unless the sketch says otherwise. */
export function fill(sketch: FillSketch = {}): Fill {
  return {
    market: 'spot',
    symbol: asId('BTCUSDT'),
    venueTradeId: '1',
    venueOrderId: asId('7'),
    orderId: null,
    side: 'buy',
    fee: fee('USDT', '0'),
    liquidity: 'taker',
    time: 1_700_000_000_000,
    ...sketch,
    price: price(sketch.price ?? '100'),
    quantity: quantity(sketch.quantity ?? '1'),
  };
}
