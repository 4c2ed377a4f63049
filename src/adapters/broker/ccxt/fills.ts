import { Decimal, ZERO } from '../../../domain/decimal.ts';
import type { Money, Price, Quantity } from '../../../domain/decimal.ts';
import { describeFailure } from '../../../domain/errors.ts';
import type { Fee, Fill } from '../../../domain/fill.ts';
import { asId } from '../../../domain/ids.ts';
import type { VenueOrderId, VenueSymbol } from '../../../domain/ids.ts';
import type { Instrument, Market } from '../../../domain/instrument.ts';
import type { OrderSide } from '../../../domain/order/order.ts';
import { MINUTE_MS } from '../../../domain/time.ts';
import type { Logger } from '../../../ports/logger.ts';
import { UnreadableAnswer } from './connection/failures.ts';
import type { VenueClient } from './connection/venue-client.ts';
import type { OwnOrders } from './orders.ts';

/** A fill as the venue writes it, over whichever way it came. */
export interface VenueTrade {
  readonly symbol: string;
  readonly venueTradeId: string;
  readonly venueOrderId: string;
  /** Null when it is not known under which id the order was made. */
  readonly clientOrderId: string | null;
  readonly side: OrderSide;
  readonly price: Price;
  readonly quantity: Quantity;
  /** Null when nothing was charged. */
  readonly fee: { readonly asset: string; readonly amount: Decimal } | null;
  readonly isMaker: boolean;
  readonly time: number;
}

const ONE = new Decimal(1);
const CANDLE_COST = { weight: 2, priority: 'question' } as const;
/** Rates by asset and minute; those asked for longest ago are forgotten first. */
const MAX_RATES = 1_000;

/** Quote units for one unit of an asset at the end of a minute. */
export type MinuteRate = (asset: string, quote: string, minute: number) => Promise<Decimal>;

/** Makes fills of what the venue writes: whose they are, and what their fees are worth in quote units. */
export class FillMaker {
  readonly #market: Market;
  readonly #minuteRate: MinuteRate;
  readonly #orders: OwnOrders;
  readonly #instruments: () => Promise<readonly Instrument[]>;
  readonly #logger: Logger;
  readonly #rates = new Map<string, Promise<Decimal>>();
  readonly #lastRates = new Map<string, Decimal>();
  #bySymbol: ReadonlyMap<string, Instrument> | null = null;

  constructor(parts: {
    readonly market: Market;
    readonly minuteRate: MinuteRate;
    readonly orders: OwnOrders;
    readonly instruments: () => Promise<readonly Instrument[]>;
    readonly logger: Logger;
  }) {
    this.#market = parts.market;
    this.#minuteRate = parts.minuteRate;
    this.#orders = parts.orders;
    this.#instruments = parts.instruments;
    this.#logger = parts.logger;
  }

  async fillOf(trade: VenueTrade): Promise<Fill> {
    const { clientOrderId, side, price, quantity, isMaker, time } = trade;
    return {
      market: this.#market,
      symbol: asId<VenueSymbol>(trade.symbol),
      venueTradeId: trade.venueTradeId,
      venueOrderId: asId<VenueOrderId>(trade.venueOrderId),
      orderId: clientOrderId === null ? null : this.#orders.ownerOf(clientOrderId),
      side,
      price,
      quantity,
      fee: await this.#feeOf(trade),
      liquidity: isMaker ? 'maker' : 'taker',
      time,
    };
  }

  async #feeOf({ symbol, fee, price, time }: VenueTrade): Promise<Fee> {
    const { base, quote } = await this.#assetsOf(symbol);
    const { asset, amount } = fee ?? { asset: quote, amount: ZERO };
    const rate = asset === quote ? ONE : asset === base ? price : await this.#rateOf(asset, quote, time);
    return { asset, amount, rate, value: amount.times(rate) as Money };
  }

  /** @throws UnreadableAnswer for a symbol that the market does not list */
  async #assetsOf(symbol: string): Promise<Pick<Instrument, 'base' | 'quote'>> {
    const known = this.#bySymbol?.get(symbol);
    if (known !== undefined) return known;
    this.#bySymbol = new Map((await this.#instruments()).map((instrument) => [instrument.symbol, instrument]));
    const found = this.#bySymbol.get(symbol);
    if (found === undefined) throw new UnreadableAnswer(`a fill in ${symbol}, which the market does not list`);
    return found;
  }

  /** Quote units for one unit of `asset` in the minute of the fill: the close of its candle. */
  async #rateOf(asset: string, quote: string, time: number): Promise<Decimal> {
    const pair = asset + quote;
    const minute = Math.floor(time / MINUTE_MS) * MINUTE_MS;
    const key = `${pair} ${minute}`;
    const asked = this.#rates.get(key) ?? this.#minuteRate(asset, quote, minute);
    this.#rates.set(key, asked);
    const [oldest] = this.#rates.keys();
    if (this.#rates.size > MAX_RATES && oldest !== undefined) this.#rates.delete(oldest);
    try {
      const rate = await asked;
      this.#lastRates.set(pair, rate);
      return rate;
    } catch (failure) {
      this.#rates.delete(key);
      // A fill is money that has moved: it is told also when the worth of its fee is not known to the minute.
      const rate = this.#lastRates.get(pair) ?? ZERO;
      const fields = { pair, rate: rate.toFixed(), problem: describeFailure(failure) };
      this.#logger.warn('the rate of a fee is not known for its minute; an earlier one is taken', fields);
      return rate;
    }
  }
}

/** Rates by the candles of Binance. */
export function candleRate(client: VenueClient, market: Market): MinuteRate {
  const method = market === 'spot' ? 'publicGetKlines' : 'fapiPublicGetKlines';
  return async (asset, quote, minute) => {
    const symbol = asset + quote;
    const params = { symbol, interval: '1m', startTime: minute, limit: 1 };
    const answer = await client.call(method, params, CANDLE_COST);
    const [candle] = Array.isArray(answer) ? (answer as unknown[]) : [];
    const close: unknown = Array.isArray(candle) ? candle[4] : undefined;
    if (typeof close !== 'string') throw new UnreadableAnswer(`no candle of ${symbol}`);
    return new Decimal(close);
  };
}
