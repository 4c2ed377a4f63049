import type { OpeningJson } from '../../../frontends/shared/json/account-json.ts';
import type { OrderJson } from '../../../frontends/shared/json/order-json.ts';
import type { PositionJson } from '../../../frontends/shared/json/position-json.ts';
import type { SignalJson } from '../../../frontends/shared/json/signal-json.ts';
import type { TraderJson } from '../../../frontends/shared/json/trader-json.ts';
import type { StandingJson } from '../../../frontends/shared/verbs/actions.ts';
import type { StatusJson } from '../../../frontends/shared/verbs/status.ts';
import { printable } from '../../../lib/printable.ts';
import { sizeWord, symbolsWord } from './columns.ts';
import { pairs } from './table.ts';
import type { Cell } from './table.ts';
import type { View } from './view.ts';
import { idWord, moneyWord, NOTHING, priceWord, profitCell, quantityWord, spanWord, timeWord } from './words.ts';

/** What is said of single things: the desk, a trader, what an action did. */

function openingCell(opening: OpeningJson | null, view: View): Cell {
  if (opening === null) return 'allowed';
  if (opening.allowed) return { text: 'allowed', tone: 'good' };
  const until = opening.resetAt === null ? 'until `aitrader resume`' : `until ${timeWord(opening.resetAt, view)} UTC`;
  return { text: `stopped (${opening.reason ?? opening.cause ?? 'unknown'}), ${until}`, tone: 'bad' };
}

function tradersWord({ running, paused, disabled }: StatusJson['traders']): string {
  return `${running} running, ${paused} paused, ${disabled} disabled`;
}

/** The desk at a glance. */
export function statusText(status: StatusJson, view: View): string {
  if (!status.running) {
    const lastSeen = status.lastSeenAt === null ? 'never' : `${timeWord(status.lastSeenAt, view)} UTC`;
    return pairs(
      [
        ['running', { text: 'no', tone: 'bad' }],
        ['data folder', status.dataDir],
        ['money', status.money],
        ['last seen', lastSeen],
        ['opening', openingCell(status.opening, view)],
        ['traders', tradersWord(status.traders)],
        ['left open', `${status.positionsOpen} positions, ${status.ordersWorking} orders`],
      ],
      view,
    );
  }
  const { account, positionsUnguarded, symbolsStale, signalsAwaiting } = status;
  const profit = profitCell(status.dailyPnl);
  const isConnected = status.feed === 'connected';
  const latency = status.feedLatencyMs === null ? '' : `, ${Math.round(status.feedLatencyMs)} ms`;
  return pairs(
    [
      ['running', `${status.mode} mode, pid ${status.pid}, for ${spanWord(status.uptimeMs)}`],
      ['data folder', status.dataDir],
      ['account', `${account.label} (${account.venue} ${account.market}), ${status.money} money`],
      ['feed', { text: `${status.feed}${latency}`, tone: isConnected ? 'good' : 'bad' }],
      ['symbols', symbolsStale === 0 ? `${status.symbols}` : `${status.symbols}, ${symbolsStale} stale`],
      ['opening', openingCell(status.opening, view)],
      ['equity', `${moneyWord(status.equity)} ${status.quoteAsset}`],
      [
        'today',
        typeof profit === 'string' ? profit : { ...profit, text: `${profit.text} (${status.dailyPnlPct.toFixed(2)}%)` },
      ],
      ['traders', tradersWord(status.traders)],
      [
        'positions',
        positionsUnguarded === 0
          ? `${status.positionsOpen}`
          : { text: `${status.positionsOpen}, ${positionsUnguarded} without a stop`, tone: 'bad' },
      ],
      ['orders', `${status.ordersWorking}`],
      ['signals', signalsAwaiting === 0 ? 'none awaits approval' : `${signalsAwaiting} await approval`],
    ],
    view,
  );
}

function exitsWord(exits: TraderJson['exits']): string {
  if (exits === null) return 'as the filter says';
  const targets = exits.takeProfit.map((each) => (typeof each === 'string' ? each : `${each.at}:${each.part}`));
  return [
    `stop ${exits.stopLoss ?? 'by default'}`,
    ...(targets.length === 0 ? [] : [`targets ${targets.join(', ')}`]),
    ...(exits.trailing === null ? [] : [`trailing ${exits.trailing}`]),
    ...(exits.breakEven === null ? [] : [`break-even at ${exits.breakEven}`]),
    ...(exits.maxHold === null ? [] : [`at most ${exits.maxHold}`]),
  ].join(', ');
}

type FunnelJson = NonNullable<TraderJson['funnel']>;

/** How far the nearest symbol is from its trigger: what was plotted, and the levels that it is measured against. */
function nearestWord({ nearestMiss }: FunnelJson): string {
  if (nearestMiss === null) return NOTHING;
  const plots = nearestMiss.plots.map(({ name, value, level }) => {
    const at = level === null ? '' : ` (${priceWord(level)})`;
    return `${name} ${priceWord(value)}${at}`;
  });
  return `${nearestMiss.symbol}: ${plots.join(', ')}`;
}

function faultWord({ lastFault }: FunnelJson): Cell {
  if (lastFault === null) return 'none';
  const place = lastFault.line === null ? '' : ` (line ${lastFault.line})`;
  return { text: `${lastFault.message}${place}`, tone: 'bad' };
}

/** Everything about a trader. */
export function traderText(trader: TraderJson, view: View): string {
  const { funnel, params, symbols } = trader;
  const given = Object.entries(params).map(([name, value]) => `${name}=${value}`);
  return pairs(
    [
      ['name', trader.name],
      ['id', trader.id],
      ['state', trader.reason === null ? trader.state : `${trader.state}: ${trader.reason}`],
      ['filter', trader.filter ?? NOTHING],
      ['symbols', 'top' in symbols ? symbolsWord(trader) : symbols.join(', ')],
      ['checked', trader.every ?? 'as the filter says'],
      ['parameters', given.length === 0 ? "the filter's own" : given.join(', ')],
      ['mode', trader.mode],
      ['size', sizeWord(trader)],
      ['exits', exitsWord(trader.exits)],
      ['positions', trader.maxPositions === null ? 'no limit of its own' : `at most ${trader.maxPositions}`],
      ['cooldown', trader.cooldown ?? 'one candle'],
      ['reverses', trader.reverse ? 'yes' : 'no'],
      ['next check', timeWord(trader.nextCheckAt, view)],
      ...(funnel === null
        ? []
        : ([
            [
              'so far',
              `${funnel.checked} checked, ${funnel.matched} matched, ${funnel.approved} approved, ${funnel.ordered} ordered, ${funnel.filled} filled`,
            ],
            ['last refusal', funnel.lastRefusal ?? 'none'],
            ['nearest', nearestWord(funnel)],
            ['last fault', faultWord(funnel)],
          ] as const)),
    ],
    view,
  );
}

/** Closing takes its time: what is left when the kill was taken on is on its way out, unless it was to be kept. */
export function killedText(standing: StandingJson): string {
  const { positionsOpen, ordersWorking } = standing;
  if (positionsOpen + ordersWorking === 0) return `${openingWord(standing)}; nothing is left open\n`;
  const left = `${positionsOpen} positions and ${ordersWorking} orders are still there`;
  return `${openingWord(standing)}; ${left}, see aitrader positions\n`;
}

function openingWord({ opening }: StandingJson): string {
  return opening.allowed ? 'opening is allowed' : `opening is stopped (${printable(opening.reason ?? '')})`;
}

/** What pause and resume came to. */
export function standingText(standing: StandingJson): string {
  const { positionsOpen, ordersWorking } = standing;
  return `${openingWord(standing)}; ${positionsOpen} positions open, ${ordersWorking} orders working\n`;
}

export function stoppingText({ pid, positionsOpen }: StandingJson & { readonly pid: number }): string {
  return `pid ${pid} is ending; ${positionsOpen} positions stay open\n`;
}

export function closedText(left: PositionJson | null): string {
  if (left === null) return 'closed\n';
  return left.status === 'open'
    ? `the close is on its way; ${quantityWord(left.quantity)} ${left.symbol} are open now\n`
    : `closed ${left.symbol}\n`;
}

export function protectedText({ symbol, stopLoss, takeProfit, trailing }: PositionJson): string {
  const targets = takeProfit.map(({ price }) => price).join(', ') || 'none';
  return `${symbol}: stop ${stopLoss ?? 'none'}, targets ${targets}, trailing ${trailing ?? 'none'}\n`;
}

export function cancelledText(order: OrderJson | null): string {
  return order === null ? 'cancelled\n' : `order ${idWord(order.id)} in ${order.symbol} is ${order.status}\n`;
}

export function decidedText(signal: SignalJson | null): string {
  if (signal === null) return 'done\n';
  return `signal ${idWord(signal.id)} in ${signal.symbol} is ${signal.status}: ${printable(signal.reason)}\n`;
}
