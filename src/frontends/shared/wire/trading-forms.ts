import { z } from 'zod';

import {
  amount,
  amountOrNull,
  count,
  figure,
  id,
  list,
  market,
  plot,
  positionSide,
  target,
  textOrNull,
  time,
  timeOrNull,
  timeframe,
} from './values.ts';

/** What the API gives of traders and what they do: the field names of `--json` on the command line too. */

export const signalForm = z
  .strictObject({
    id,
    traderId: id,
    trader: textOrNull,
    market,
    symbol: z.string(),
    side: positionSide,
    status: z.enum([
      ...(['pending', 'analyzing', 'awaiting_approval', 'approved', 'rejected'] as const),
      ...(['executing', 'executed', 'cancelled', 'expired'] as const),
    ]),
    reason: z.string(),
    code: textOrNull,
    approvedBy: z.enum(['rule', 'agents', 'user']).nullable(),
    orderId: textOrNull,
    conditions: list(z.string()),
    confidence: figure,
    score: figure,
    price: figure,
    stopLoss: textOrNull,
    takeProfit: list(target),
    plots: list(plot),
    metadata: z.unknown(),
    checkedAt: time,
    expiresAt: time,
    createdAt: time,
    updatedAt: time,
  })
  .meta({ id: 'Signal', description: 'A stored match of a filter with its fate.' });

export const orderForm = z
  .strictObject({
    id,
    clientOrderId: z.string(),
    venueOrderId: textOrNull,
    traderId: textOrNull,
    trader: textOrNull,
    signalId: textOrNull,
    positionId: textOrNull,
    market,
    symbol: z.string(),
    side: z.enum(['buy', 'sell']),
    type: z.string(),
    price: amountOrNull,
    triggerPrice: amountOrNull,
    triggerSource: textOrNull,
    timeInForce: textOrNull,
    postOnly: z.boolean(),
    trailingDeltaBps: figure,
    activationPrice: amountOrNull,
    leg: z.string(),
    reduceOnly: z.boolean(),
    status: z.string(),
    statusReason: textOrNull,
    code: z.union([z.string(), z.number()]).nullable(),
    quantity: amount,
    filledQuantity: amount,
    averagePrice: amountOrNull,
    fees: amount,
    attempt: count,
    reason: z.string(),
    createdAt: time,
    updatedAt: time,
  })
  .meta({
    id: 'Order',
    description: 'An own order. `reason`: why it was wanted; `statusReason`: why it stands where it stands.',
  });

export const positionForm = z
  .strictObject({
    id,
    traderId: textOrNull,
    trader: textOrNull,
    signalId: textOrNull,
    market,
    symbol: z.string(),
    side: positionSide,
    status: z.enum(['open', 'closed', 'liquidated']),
    quantity: amount,
    entryPrice: amountOrNull,
    currentPrice: amountOrNull,
    notional: amountOrNull,
    unrealizedPnl: amountOrNull,
    unrealizedPnlPct: figure,
    realizedPnl: amount,
    fees: amount,
    funding: amount,
    stopLoss: amountOrNull,
    guard: z.string().meta({ description: 'who watches the stop; `none` is an alarm' }),
    guardCause: textOrNull,
    stopOrderId: textOrNull,
    takeProfit: list(z.strictObject({ price: amount, part: z.number(), orderId: textOrNull, reachedAt: timeOrNull })),
    trailing: textOrNull,
    breakEvenAt: amountOrNull,
    closeAt: timeOrNull,
    stopIsDefault: z.boolean(),
    leverage: figure,
    marginMode: z.enum(['isolated', 'cross']).nullable(),
    liquidationPrice: amountOrNull,
    bestPrice: amount,
    worstPrice: amount,
    reason: z.string(),
    openedAt: time,
    closedAt: timeOrNull,
    closeReason: textOrNull,
    updatedAt: time,
  })
  .meta({ id: 'Position', description: 'A holding. Profits of the open part are null while no price is known.' });

export const tradeForm = z
  .strictObject({
    id,
    positionId: id,
    traderId: textOrNull,
    trader: textOrNull,
    signalId: textOrNull,
    market,
    symbol: z.string(),
    side: positionSide,
    entryTime: time,
    entryPrice: amount,
    exitTime: time,
    exitPrice: amountOrNull,
    quantity: amount,
    fees: amount,
    funding: amount,
    pnl: amount.meta({ description: 'net of fees and with funding' }),
    pnlPct: z.number().meta({ description: '0 .. 100' }),
    reason: z.string(),
    conditions: list(z.string()),
    exits: list(z.strictObject({ time, price: amount, quantity: amount, reason: z.string(), grossPnl: amount })),
    dust: z.strictObject({ quantity: amount, cost: amount }).nullable(),
  })
  .meta({ id: 'Trade', description: 'A closed position, from flat to flat.' });

export const journalForm = z
  .strictObject({
    id,
    tradeId: id,
    market,
    symbol: z.string(),
    side: positionSide,
    entryPrice: amount,
    exitPrice: amountOrNull,
    quantity: amount,
    pnl: amount,
    pnlPct: z.number(),
    strategy: z.string(),
    timeframe,
    setup: z.string(),
    regime: textOrNull,
    entryReasoning: z.string(),
    exitReasoning: z.string(),
    confidence: figure,
    atEntry: z.strictObject({ rsi: figure, atr: figure, volume: figure }),
    wasCorrectEntry: z.boolean().nullable(),
    wasCorrectExit: z.boolean().nullable(),
    maxDrawdown: amount,
    maxProfit: amount,
    holdMs: z.int(),
    lessons: z.string(),
    improvements: z.string(),
    createdAt: time,
  })
  .meta({ id: 'JournalEntry', description: 'What is said of a trade.' });

export const balanceForm = z
  .strictObject({ accountId: id, asset: z.string(), free: amount, locked: amount, total: amount, updatedAt: time })
  .meta({ id: 'Balance', description: 'One asset of the account.' });

const funnel = z.strictObject({
  checked: count,
  matched: count,
  approved: count,
  ordered: count,
  filled: count,
  lastRefusal: textOrNull,
  nearestMiss: z.strictObject({ symbol: z.string(), plots: list(plot) }).nullable(),
  lastFault: z
    .strictObject({ code: z.string(), message: z.string(), line: count.nullable(), column: count.nullable() })
    .nullable(),
});

export const traderForm = z
  .strictObject({
    id,
    name: z.string(),
    filter: textOrNull,
    filterId: id,
    symbols: z.union([list(z.string()), z.strictObject({ top: count })]),
    every: textOrNull,
    params: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])).readonly(),
    mode: z.enum(['auto', 'semi_auto', 'signals']),
    size: z.strictObject({ quote: amount.optional(), pct: z.number().optional(), riskPct: z.number().optional() }),
    exits: z
      .strictObject({
        stopLoss: textOrNull,
        takeProfit: list(target),
        trailing: textOrNull,
        breakEven: textOrNull,
        maxHold: textOrNull,
      })
      .nullable(),
    maxPositions: count.nullable(),
    cooldown: textOrNull,
    reverse: z.boolean(),
    state: z.enum(['running', 'paused', 'disabled']),
    reason: textOrNull,
    portfolioId: textOrNull,
    funnel: funnel.nullable(),
    nextCheckAt: timeOrNull,
    createdAt: time,
    updatedAt: time,
  })
  .meta({
    id: 'Trader',
    description: 'A filter put to work. Null in `every`, `exits` and `cooldown`: as the filter says.',
  });

export type SignalForm = z.infer<typeof signalForm>;
export type OrderForm = z.infer<typeof orderForm>;
export type PositionForm = z.infer<typeof positionForm>;
export type TradeForm = z.infer<typeof tradeForm>;
export type JournalForm = z.infer<typeof journalForm>;
export type BalanceForm = z.infer<typeof balanceForm>;
export type TraderForm = z.infer<typeof traderForm>;
