import type { BalanceJson } from '../../../frontends/shared/json/account-json.ts';
import type { OrderJson } from '../../../frontends/shared/json/order-json.ts';
import type { PositionJson } from '../../../frontends/shared/json/position-json.ts';
import type { SignalJson } from '../../../frontends/shared/json/signal-json.ts';
import type { JournalEntryJson, TradeJson } from '../../../frontends/shared/json/trade-json.ts';
import type { TraderJson } from '../../../frontends/shared/json/trader-json.ts';
import type { StatsGroup } from '../../../frontends/shared/verbs/stats.ts';
import type { Cell, Column } from './table.ts';
import { idWord, moneyWord, NOTHING, priceWord, profitCell, profitPctCell } from './words.ts';
import { quantityWord, spanWord, timeWord } from './words.ts';

/** The columns of the lists, in the order in which they are read. Times are UTC. */

function stateTone(status: string): Cell {
  if (status === 'rejected' || status === 'disabled' || status === 'unknown') return { text: status, tone: 'bad' };
  if (status === 'executed' || status === 'filled' || status === 'running') return { text: status, tone: 'good' };
  return status;
}

export const SIGNAL_COLUMNS: readonly Column<SignalJson>[] = [
  { title: 'TIME', cell: ({ createdAt }, view) => timeWord(createdAt, view) },
  { title: 'ID', cell: ({ id }) => idWord(id) },
  { title: 'SYMBOL', cell: ({ symbol }) => symbol },
  { title: 'SIDE', cell: ({ side }) => side },
  { title: 'STATUS', cell: ({ status }) => stateTone(status) },
  { title: 'PRICE', align: 'right', cell: ({ price }) => priceWord(price) },
  { title: 'CONF', align: 'right', optional: true, cell: ({ confidence }) => String(confidence ?? NOTHING) },
  { title: 'TRADER', optional: true, cell: ({ trader }) => trader ?? NOTHING },
  {
    title: 'WHY',
    cell: ({ code, reason, conditions }) => (code === null ? conditions.join('; ') : `${code}: ${reason}`),
  },
];

export const ORDER_COLUMNS: readonly Column<OrderJson>[] = [
  { title: 'TIME', cell: ({ createdAt }, view) => timeWord(createdAt, view) },
  { title: 'ID', cell: ({ id }) => idWord(id) },
  { title: 'SYMBOL', cell: ({ symbol }) => symbol },
  { title: 'SIDE', cell: ({ side }) => side },
  { title: 'TYPE', cell: ({ type }) => type },
  { title: 'QUANTITY', align: 'right', cell: ({ quantity }) => quantityWord(quantity) },
  { title: 'PRICE', align: 'right', cell: ({ price, triggerPrice }) => priceWord(price ?? triggerPrice) },
  { title: 'FILLED', align: 'right', optional: true, cell: ({ filledQuantity }) => quantityWord(filledQuantity) },
  { title: 'AT', align: 'right', optional: true, cell: ({ averagePrice }) => priceWord(averagePrice) },
  { title: 'STATUS', cell: ({ status }) => stateTone(status) },
  { title: 'LEG', cell: ({ leg }) => leg },
  { title: 'TRADER', optional: true, cell: ({ trader }) => trader ?? NOTHING },
  { title: 'WHY', cell: ({ statusReason, reason }) => statusReason ?? reason },
];

function guardCell({ guard, status }: PositionJson): Cell {
  if (status !== 'open') return NOTHING;
  return guard === 'none' ? { text: 'NONE', tone: 'bad' } : guard === 'venue' ? 'exch' : 'local';
}

export const POSITION_COLUMNS: readonly Column<PositionJson>[] = [
  { title: 'OPENED', cell: ({ openedAt }, view) => timeWord(openedAt, view) },
  { title: 'ID', cell: ({ id }) => idWord(id) },
  { title: 'SYMBOL', cell: ({ symbol }) => symbol },
  { title: 'SIDE', cell: ({ side }) => side },
  { title: 'QUANTITY', align: 'right', cell: ({ quantity }) => quantityWord(quantity) },
  { title: 'ENTRY', align: 'right', cell: ({ entryPrice }) => priceWord(entryPrice) },
  { title: 'NOW', align: 'right', cell: ({ currentPrice }) => priceWord(currentPrice) },
  {
    title: 'PROFIT',
    align: 'right',
    cell: ({ status, unrealizedPnl, realizedPnl }) => profitCell(status === 'open' ? unrealizedPnl : realizedPnl),
  },
  { title: '%', align: 'right', cell: ({ unrealizedPnlPct }) => profitPctCell(unrealizedPnlPct) },
  { title: 'STOP', align: 'right', cell: ({ stopLoss }) => priceWord(stopLoss) },
  { title: 'GUARD', cell: guardCell },
  {
    title: 'TARGET',
    align: 'right',
    optional: true,
    cell: ({ takeProfit }) => priceWord(takeProfit.find(({ reachedAt }) => reachedAt === null)?.price ?? null),
  },
  { title: 'STATUS', optional: true, cell: ({ status, closeReason }) => closeReason ?? status },
  { title: 'TRADER', cell: ({ trader }) => trader ?? NOTHING },
];

export const TRADE_COLUMNS: readonly Column<TradeJson>[] = [
  { title: 'CLOSED', cell: ({ exitTime }, view) => timeWord(exitTime, view) },
  { title: 'ID', optional: true, cell: ({ id }) => idWord(id) },
  { title: 'SYMBOL', cell: ({ symbol }) => symbol },
  { title: 'SIDE', cell: ({ side }) => side },
  { title: 'QUANTITY', align: 'right', optional: true, cell: ({ quantity }) => quantityWord(quantity) },
  { title: 'ENTRY', align: 'right', cell: ({ entryPrice }) => priceWord(entryPrice) },
  { title: 'EXIT', align: 'right', cell: ({ exitPrice }) => priceWord(exitPrice) },
  { title: 'PROFIT', align: 'right', cell: ({ pnl }) => profitCell(pnl) },
  { title: '%', align: 'right', cell: ({ pnlPct }) => profitPctCell(pnlPct) },
  { title: 'FEES', align: 'right', optional: true, cell: ({ fees }) => moneyWord(fees) },
  { title: 'HELD', align: 'right', cell: ({ entryTime, exitTime }) => spanWord(exitTime - entryTime) },
  { title: 'REASON', cell: ({ reason }) => reason },
  { title: 'TRADER', cell: ({ trader }) => trader ?? NOTHING },
];

export const JOURNAL_COLUMNS: readonly Column<JournalEntryJson>[] = [
  { title: 'TIME', cell: ({ createdAt }, view) => timeWord(createdAt, view) },
  { title: 'SYMBOL', cell: ({ symbol }) => symbol },
  { title: 'SIDE', cell: ({ side }) => side },
  { title: 'PROFIT', align: 'right', cell: ({ pnl }) => profitCell(pnl) },
  { title: '%', align: 'right', cell: ({ pnlPct }) => profitPctCell(pnlPct) },
  { title: 'HELD', align: 'right', cell: ({ holdMs }) => spanWord(holdMs) },
  { title: 'SETUP', optional: true, cell: ({ setup }) => setup },
  { title: 'STRATEGY', optional: true, cell: ({ strategy }) => strategy },
  { title: 'WHY', cell: ({ entryReasoning, exitReasoning }) => `${entryReasoning} -> ${exitReasoning}` },
];

export const BALANCE_COLUMNS: readonly Column<BalanceJson>[] = [
  { title: 'ASSET', cell: ({ asset }) => asset },
  { title: 'FREE', align: 'right', cell: ({ free }) => priceWord(free) },
  { title: 'LOCKED', align: 'right', cell: ({ locked }) => priceWord(locked) },
  { title: 'TOTAL', align: 'right', cell: ({ total }) => priceWord(total) },
  { title: 'CHANGED', cell: ({ updatedAt }, view) => timeWord(updatedAt, view) },
];

export function sizeWord({ size }: TraderJson): string {
  if (size.quote !== undefined) return moneyWord(size.quote);
  return size.pct === undefined ? `${size.riskPct ?? 0}% risk` : `${size.pct}%`;
}

export function symbolsWord({ symbols }: TraderJson): string {
  if ('top' in symbols) return `top ${symbols.top}`;
  const [first = NOTHING, ...others] = symbols;
  return others.length === 0 ? first : `${first} +${others.length}`;
}

function counted(count: number | undefined): string {
  return count === undefined ? NOTHING : String(count);
}

export const TRADER_COLUMNS: readonly Column<TraderJson>[] = [
  { title: 'ID', cell: ({ id }) => idWord(id) },
  { title: 'STATE', cell: ({ state }) => stateTone(state) },
  { title: 'MODE', cell: ({ mode }) => mode },
  { title: 'SYMBOLS', cell: symbolsWord },
  { title: 'SIZE', align: 'right', cell: sizeWord },
  { title: 'CHECKED', align: 'right', optional: true, cell: ({ funnel }) => counted(funnel?.checked) },
  { title: 'MATCHED', align: 'right', cell: ({ funnel }) => counted(funnel?.matched) },
  { title: 'ORDERED', align: 'right', optional: true, cell: ({ funnel }) => counted(funnel?.ordered) },
  { title: 'FILLED', align: 'right', cell: ({ funnel }) => counted(funnel?.filled) },
  { title: 'NEXT', optional: true, cell: ({ nextCheckAt }, view) => timeWord(nextCheckAt, view) },
  { title: 'FILTER', optional: true, cell: ({ filter }) => filter ?? NOTHING },
  { title: 'NAME', cell: ({ name, reason }) => (reason === null ? name : `${name} (${reason})`) },
];

export const STATS_COLUMNS: readonly Column<StatsGroup>[] = [
  { title: 'TRADES', align: 'right', cell: ({ trades }) => String(trades) },
  { title: 'WON', align: 'right', cell: ({ winRate }) => (winRate === null ? NOTHING : `${winRate.toFixed(1)}%`) },
  { title: 'FACTOR', align: 'right', cell: ({ profitFactor }) => profitFactor?.toFixed(2) ?? NOTHING },
  { title: 'MEAN', align: 'right', cell: ({ expectancy }) => profitCell(expectancy) },
  { title: 'PROFIT', align: 'right', cell: ({ pnl }) => profitCell(pnl) },
  { title: 'FEES', align: 'right', optional: true, cell: ({ fees }) => moneyWord(fees) },
  { title: 'OF', cell: ({ name }) => name },
];
