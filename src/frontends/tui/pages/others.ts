import type { Order } from '../../../domain/order/order.ts';
import { averageFillPrice } from '../../../domain/order/order.ts';
import type { MarketRow } from '../../../ports/engine-handle.ts';
import type { ClosedTrade } from '../desk/closed-trade.ts';
import type { DeskView, NumberedLog } from '../desk/view.ts';
import { orderPriceWord } from '../panels/words.ts';
import { moneyWord, momentWord, NOTHING, percentWord, priceWord, profitWord } from '../style/figures.ts';
import { quantityWord, shortWord, spanWord } from '../style/figures.ts';
import type { Line } from '../style/line.ts';
import { span, toneOfChange } from '../style/line.ts';
import { paragraph, shown } from '../style/text.ts';
import { candleChartLines } from './candle-chart.ts';
import { chartLines, LEAST_CHART_ROWS } from './chart.ts';
import type { ChartLevel } from './chart.ts';
import type { Pair } from './pairs.ts';
import { headline, pairLines } from './pairs.ts';

interface Size {
  readonly width: number;
  readonly height: number;
}

function roomBelow(text: readonly Line[], { width, height }: Size): Size {
  return { width, height: Math.max(LEAST_CHART_ROWS, height - text.length) };
}

/** The candles around a trade, E under the one of its entry and X under that of its exit. Empty when they are not known. */
function tradeChart(trade: ClosedTrade, view: DeskView, size: Size): Line[] {
  const { symbol, traderId, entryPrice, exitPrice, entryTime, exitTime } = trade;
  const levels: readonly ChartLevel[] = [
    { name: 'entry', price: entryPrice, tone: 'accent' },
    ...(exitPrice === null ? [] : [{ name: 'exit', price: exitPrice, tone: toneOfChange(trade.pnl) } as const]),
  ];
  const marks = [
    { letter: 'E', at: entryTime },
    { letter: 'X', at: exitTime },
  ];
  return candleChartLines(view.chartOf(symbol, traderId), { levels, marks }, size) ?? [];
}

export function tradeLines(trade: ClosedTrade, view: DeskView, size: Size): Line[] {
  const { quoteAsset } = view.info;
  const result = `${profitWord(trade.pnl)} ${quoteAsset} (${percentWord(trade.pnlPct)}) after fees`;
  const text = [
    headline(`${trade.symbol} ${trade.side}, closed by ${trade.reason}`),
    ...pairLines(
      [
        ['result', span(result, toneOfChange(trade.pnl))],
        ['quantity', quantityWord(trade.quantity)],
        ['entry', `${priceWord(trade.entryPrice)} on ${momentWord(trade.entryTime)}`],
        ['exit', `${priceWord(trade.exitPrice)} on ${momentWord(trade.exitTime)}`],
        ['held', spanWord(trade.exitTime - trade.entryTime)],
        ['fees', `${moneyWord(trade.fees)} ${quoteAsset}`],
        ['trader', view.traderName(trade.traderId)],
        ['entered for', trade.conditions.map(shown).join('; ') || NOTHING],
      ],
      size.width,
    ),
    [],
  ];
  return [...text, ...tradeChart(trade, view, roomBelow(text, size))];
}

function statePairs({ state }: Order): Pair[] {
  switch (state.status) {
    case 'rejected':
      return [['refused', span(`${shown(state.code)}: ${shown(state.reason)}`, 'bad')]];
    case 'cancelled':
    case 'expired':
      return [['because', shown(state.reason)]];
    case 'unknown':
      return [['unknown for', span(shown(state.cause), 'warn')]];
    default:
      return [];
  }
}

export function orderLines(order: Order, view: DeskView, width: number): Line[] {
  const { intent, execution, state } = order;
  const average = averageFillPrice(order);
  return [
    headline(`${intent.leg} order: ${intent.side} ${intent.symbol}`),
    ...pairLines(
      [
        ['status', state.status.replaceAll('_', ' ')],
        ...statePairs(order),
        ['type', `${intent.terms.type.replaceAll('_', ' ')} at ${orderPriceWord(intent.terms)}`],
        ['quantity', quantityWord(intent.quantity.toNumber())],
        ['filled', `${quantityWord(execution.filledQuantity.toNumber())} at ${priceWord(average?.toNumber() ?? null)}`],
        ['reduce-only', intent.reduceOnly ? 'yes' : 'no'],
        ['trader', view.traderName(intent.traderId)],
        ['why', shown(intent.reason)],
        ['id', `${order.clientOrderId}, attempt ${order.attempt}`],
        ['written', momentWord(intent.createdAt)],
      ],
      width,
    ),
  ];
}

export function marketLines(market: MarketRow, view: DeskView, size: Size): Line[] {
  const text = [
    headline(market.symbol),
    ...pairLines(
      [
        ['price', priceWord(market.last)],
        ['bid, ask', `${priceWord(market.bid)}, ${priceWord(market.ask)}`],
        ['mark', priceWord(market.mark)],
        ['24 h', span(percentWord(market.changePct), toneOfChange(market.changePct))],
        ['24 h range', `${priceWord(market.low)} .. ${priceWord(market.high)}`],
        ['turnover', `${shortWord(market.quoteVolume)} ${view.info.quoteAsset}`],
        ['last message', `${spanWord(market.ageMs)} ago${market.stale ? ': OLD, nothing is opened here' : ''}`],
      ],
      size.width,
    ),
    [],
  ];
  const { symbol, last } = market;
  const room = roomBelow(text, size);
  const levels = last > 0 ? [{ name: 'now', price: last, tone: 'strong' } as const] : [];
  const candles = candleChartLines(view.chartOf(symbol, null), { levels, marks: [] }, room);
  return [...text, ...(candles ?? chartLines(view.prices.pricesOf(symbol), [], room))];
}

export function logLines({ at, level, source, text }: NumberedLog, width: number): Line[] {
  return [
    headline(`${level} of ${shown(source)}, ${momentWord(at)}`),
    ...paragraph(shown(text), width - 2).map((line): Line => [span(' '), ...line]),
  ];
}
