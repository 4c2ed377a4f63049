import { z } from 'zod';

import {
  amount,
  amountOrNull,
  count,
  figure,
  id,
  list,
  market,
  positionSide,
  textOrNull,
  time,
  timeOrNull,
  timeframe,
} from './values.ts';

/** What the API gives of the desk, the market and the program: the field names of `--json` on the command line too. */

export const openingForm = z
  .strictObject({
    allowed: z.boolean(),
    cause: z.enum(['daily_loss', 'consecutive_losses', 'kill_switch', 'paused_by_user']).nullable(),
    reason: textOrNull,
    since: timeOrNull,
    resetAt: timeOrNull,
  })
  .meta({ id: 'Opening', description: 'Whether positions may be opened; if not, why and until when.' });

export const standingForm = z
  .strictObject({ opening: openingForm, positionsOpen: count, ordersWorking: count })
  .meta({ id: 'Standing', description: 'How the desk stands after a command.' });

export const tickerForm = z
  .strictObject({
    symbol: z.string(),
    time: figure,
    last: figure,
    bid: figure,
    ask: figure,
    mark: figure,
    open: figure,
    high: figure,
    low: figure,
    volume: figure,
    quoteVolume: figure,
    changePct: figure,
    ageMs: figure,
    stale: z.boolean(),
  })
  .meta({ id: 'Ticker', description: 'A market now, with the 24 h figures of the venue. Market data are numbers.' });

export const candleForm = z
  .strictObject({
    symbol: z.string(),
    timeframe,
    openTime: time,
    open: figure,
    high: figure,
    low: figure,
    close: figure,
    volume: figure,
    quoteVolume: figure,
    trades: figure,
    buyVolume: figure,
    sellVolume: figure,
    closed: z.boolean(),
  })
  .meta({ id: 'Candle', description: 'One candle; it covers the timeframe from `openTime` on.' });

export const statusForm = z
  .strictObject({
    version: z.string(),
    time: time.meta({ description: "the desk's clock: it runs faster in a simulation" }),
    running: z.literal(true),
    mode: z.string(),
    pid: z.int(),
    money: z.enum(['sim', 'paper', 'live']),
    dataDir: z.string(),
    account: z.strictObject({ id, label: z.string(), venue: z.string(), market }),
    quoteAsset: z.string(),
    startedAt: time,
    uptimeMs: z.int(),
    feed: z.enum(['connected', 'reconnecting', 'offline']),
    feedLatencyMs: figure,
    symbols: count,
    symbolsStale: count,
    opening: openingForm,
    equity: amount,
    dailyPnl: amount,
    dailyPnlPct: z.number(),
    traders: z.strictObject({ running: count, paused: count, disabled: count }),
    positionsOpen: count,
    positionsUnguarded: count,
    ordersWorking: count,
    signalsAwaiting: count,
  })
  .meta({ id: 'Status', description: 'The desk at a glance.' });

export const riskForm = z
  .strictObject({
    opening: openingForm,
    equity: amount,
    dailyPnl: amount,
    dailyPnlPct: z.number(),
    day: z
      .strictObject({ startedAt: time, equity: amount, trades: count, wins: count, losses: count })
      .nullable()
      .meta({ description: 'the UTC day that the limits judge; null before its first figures' }),
    consecutiveLosses: count,
    exposure: amount.meta({ description: 'what the open positions are worth together' }),
    positionsOpen: count,
    positionsUnguarded: count,
    events: list(
      z.strictObject({
        id,
        type: z.string(),
        severity: z.enum(['info', 'warning', 'critical']),
        message: z.string(),
        at: time,
      }),
    ).meta({ description: 'the newest 50, newest first' }),
  })
  .meta({ id: 'Risk', description: 'How near the limits are, and what happened about them.' });

const figuresOfTrades = {
  trades: count,
  winRate: figure,
  profitFactor: figure,
  expectancy: amountOrNull,
  pnl: amount,
  fees: amount,
};

export const statsForm = z
  .strictObject({
    by: z.enum(['trader', 'symbol', 'reason', 'day']),
    total: z.strictObject(figuresOfTrades),
    groups: list(z.strictObject({ key: z.string(), name: z.string(), ...figuresOfTrades })),
  })
  .meta({ id: 'Stats', description: 'Sums over the closed trades.' });

export const filterForm = z
  .strictObject({
    id,
    name: z.string(),
    title: z.string().meta({ description: 'what the filter calls itself' }),
    description: z.string(),
    origin: z.enum(['shipped', 'file', 'database']),
    timeframes: list(timeframe),
    every: z.string(),
    lookback: count,
    references: list(z.string()),
    sides: list(positionSide),
    top: count.nullable(),
    params: z
      .record(
        z.string(),
        z.strictObject({
          default: z.union([z.string(), z.number(), z.boolean()]),
          min: figure,
          max: figure,
          step: figure,
          about: z.string(),
        }),
      )
      .readonly(),
    sourceHash: z.string(),
    createdAt: time,
    updatedAt: time,
  })
  .meta({ id: 'Filter', description: 'Code that says when to enter.' });

export const filterSourceForm = filterForm
  .extend({ source: z.string() })
  .meta({ id: 'FilterSource', description: 'A filter with its code.' });

export const logForm = z
  .strictObject({
    id: z.string(),
    at: time,
    level: z.enum(['debug', 'info', 'warn', 'error', 'fatal']),
    source: z.string(),
    text: z.string(),
  })
  .meta({ id: 'LogLine', description: "A line of the program's log, secrets masked." });

export const healthForm = z.strictObject({ status: z.literal('ok'), time }).meta({ id: 'Health' });

export const errorForm = z
  .strictObject({
    error: z.strictObject({
      code: z.string().meta({ description: 'stable; see the catalogue of errors' }),
      message: z.string().meta({ description: 'what was wrong and what was given' }),
      hint: z.string().meta({ description: 'what to do' }),
    }),
  })
  .meta({ id: 'Error' });

export type OpeningForm = z.infer<typeof openingForm>;
export type StandingForm = z.infer<typeof standingForm>;
export type TickerForm = z.infer<typeof tickerForm>;
export type CandleForm = z.infer<typeof candleForm>;
export type StatusForm = z.infer<typeof statusForm>;
export type RiskForm = z.infer<typeof riskForm>;
export type StatsForm = z.infer<typeof statsForm>;
export type FilterForm = z.infer<typeof filterForm>;
export type FilterSourceForm = z.infer<typeof filterSourceForm>;
export type LogForm = z.infer<typeof logForm>;
export type ErrorForm = z.infer<typeof errorForm>;
