import type { Instrument } from '../../domain/instrument.ts';
import type { Decimal } from '../../domain/decimal.ts';

/** How the venue writes market figures of one symbol on one market. */
export interface NumberFormat {
  price(value: number): string;
  quantity(value: number): string;
  /** Amounts of the quote asset. */
  quote(value: number): string;
  readonly priceDecimals: number;
  readonly quantityDecimals: number;
}

const SPOT_DECIMALS = 8;

/** Decimals of a tick or step: 0.010 has two. */
export function decimalsOf(step: Decimal): number {
  return step.decimalPlaces();
}

/** Spot writes eight decimals everywhere, futures as many as tick and step have. */
export function numberFormat(instrument: Instrument): NumberFormat {
  const isSpot = instrument.market === 'spot';
  const priceDecimals = isSpot ? SPOT_DECIMALS : decimalsOf(instrument.rules.tick);
  const quantityDecimals = isSpot ? SPOT_DECIMALS : decimalsOf(instrument.rules.step);
  const quoteDecimals = isSpot ? SPOT_DECIMALS : priceDecimals + quantityDecimals;
  return {
    price: (value) => value.toFixed(priceDecimals),
    quantity: (value) => value.toFixed(quantityDecimals),
    quote: (value) => value.toFixed(quoteDecimals),
    priceDecimals,
    quantityDecimals,
  };
}
