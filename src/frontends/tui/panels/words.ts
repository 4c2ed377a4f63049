import type { PositionSide } from '../../../domain/position/position.ts';
import type { OrderTerms } from '../../../domain/order/order.ts';
import type { Plot } from '../../../domain/signal.ts';
import type { SizeRule } from '../../../domain/trader.ts';
import type { NearMiss } from '../../../ports/filter-sandbox.ts';
import { moneyWord, NOTHING, priceWord } from '../style/figures.ts';
import type { Span } from '../style/line.ts';
import { span } from '../style/line.ts';
import { shown } from '../style/text.ts';

/** A side by its letter and an arrow; the tone only repeats them. */
export function sideCell(side: PositionSide): Span {
  return side === 'long' ? span('L▲', 'up') : span('S▼', 'down');
}

/** A figure of a filter with the level that it is measured against. */
export function plotWord({ name, value, level }: Plot): string {
  return `${shown(name)} ${priceWord(value)}${level === null ? '' : ` (${priceWord(level)})`}`;
}

export function missWord({ symbol, plots }: NearMiss): string {
  return `${symbol} ${plots.map(plotWord).join(', ')}`;
}

export function sizeWord(size: SizeRule, quoteAsset: string): string {
  switch (size.kind) {
    case 'quote':
      return `${moneyWord(size.amount.toNumber())} ${quoteAsset}`;
    case 'pct':
      return `${size.percent.toFixed()} % of equity`;
    case 'risk_pct':
      return `${size.percent.toFixed()} % of equity at risk`;
  }
}

/** The price that an order waits for or asks for. */
export function orderPriceWord(terms: OrderTerms): string {
  switch (terms.type) {
    case 'market':
      return 'market';
    case 'limit':
      return priceWord(terms.price.toNumber());
    case 'stop_market':
    case 'stop_limit':
    case 'take_profit':
      return priceWord(terms.triggerPrice.toNumber());
    case 'trailing_stop':
      return terms.activationPrice === null ? NOTHING : priceWord(terms.activationPrice.toNumber());
  }
}
