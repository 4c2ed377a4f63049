import fc from 'fast-check';

import type { Balance } from '../../domain/account.ts';
import type { Portfolio } from '../../domain/portfolio.ts';
import type { ExitPlan, Lot, Position, PositionState, Protection } from '../../domain/position/position.ts';
import type { Trade } from '../../domain/trade.ts';
import { aboveZero, arbitraryAmount, arbitraryCloseReason, arbitraryDust, arbitraryId } from './arbitrary-values.ts';
import { arbitraryJson, arbitraryLevel, arbitraryMarket, arbitraryPositionExit } from './arbitrary-values.ts';
import { arbitrarySymbol, arbitraryText, arbitraryTime, notNegative, orNull, record } from './arbitrary-values.ts';

const side = fc.constantFrom('long' as const, 'short' as const);
const instrument = { market: arbitraryMarket, symbol: arbitrarySymbol };
const owner = {
  userId: arbitraryId<Position['userId']>(),
  accountId: arbitraryId<Position['accountId']>(),
  portfolioId: orNull(arbitraryId<NonNullable<Position['portfolioId']>>()),
  traderId: orNull(arbitraryId<NonNullable<Position['traderId']>>()),
  signalId: orNull(arbitraryId<NonNullable<Position['signalId']>>()),
};

const arbitraryState: fc.Arbitrary<PositionState> = fc.oneof(
  record({ status: fc.constant('open' as const) }),
  record({
    status: fc.constant('closed' as const),
    closedAt: arbitraryTime,
    reason: arbitraryCloseReason,
    dust: orNull(arbitraryDust),
  }),
  record({ status: fc.constant('liquidated' as const), closedAt: arbitraryTime }),
);

const arbitraryProtection: fc.Arbitrary<Protection> = fc.oneof(
  record({
    guard: fc.constant('none' as const),
    since: arbitraryTime,
    cause: arbitraryText,
    stopPrice: orNull(arbitraryAmount<Position['bestPrice']>(aboveZero)),
  }),
  record({
    guard: fc.constant('venue' as const),
    stopPrice: arbitraryAmount<Position['bestPrice']>(aboveZero),
    stopOrderId: arbitraryId<Extract<Protection, { guard: 'venue' }>['stopOrderId']>(),
  }),
  record({
    guard: fc.constant('local' as const),
    stopPrice: arbitraryAmount<Position['bestPrice']>(aboveZero),
    cause: arbitraryText,
  }),
);

const arbitraryPlan: fc.Arbitrary<ExitPlan> = record({
  targets: fc.array(
    record({
      price: arbitraryAmount<Position['bestPrice']>(aboveZero),
      part: arbitraryAmount(aboveZero),
      orderId: orNull(arbitraryId()),
      reachedAt: orNull(arbitraryTime),
    }),
    { maxLength: 3 },
  ),
  trailing: orNull(arbitraryLevel),
  breakEvenAt: orNull(arbitraryAmount(aboveZero)),
  closeAt: orNull(arbitraryTime),
  stopIsDefault: fc.boolean(),
});

const arbitraryLot: fc.Arbitrary<Lot> = record({
  fillKey: arbitraryText,
  price: arbitraryAmount(aboveZero),
  openedQuantity: arbitraryAmount(notNegative),
  remainingQuantity: arbitraryAmount(notNegative),
  openedAt: arbitraryTime,
});

export const arbitraryPosition: fc.Arbitrary<Position> = record({
  id: arbitraryId(),
  ...owner,
  ...instrument,
  side,
  base: arbitraryText,
  quote: arbitraryText,
  state: arbitraryState,
  quantity: arbitraryAmount(notNegative),
  openCost: arbitraryAmount(),
  lots: fc.array(arbitraryLot, { maxLength: 4 }),
  exits: fc.array(arbitraryPositionExit, { maxLength: 4 }),
  totals: record({
    entryQuantity: arbitraryAmount(notNegative),
    entryNotional: arbitraryAmount(),
    exitQuantity: arbitraryAmount(notNegative),
    exitNotional: arbitraryAmount(),
    grossPnl: arbitraryAmount(),
    fees: arbitraryAmount(),
    funding: arbitraryAmount(),
  }),
  futures: orNull(
    record({
      leverage: fc.integer({ min: 1, max: 125 }),
      marginMode: fc.constantFrom('cross', 'isolated'),
      liquidationPrice: orNull(arbitraryAmount(aboveZero)),
    }),
  ),
  protection: arbitraryProtection,
  plan: arbitraryPlan,
  bestPrice: arbitraryAmount(aboveZero),
  worstPrice: arbitraryAmount(aboveZero),
  initialRisk: orNull(arbitraryAmount(aboveZero)),
  openReason: arbitraryText,
  openedAt: arbitraryTime,
  updatedAt: arbitraryTime,
});

export const arbitraryTrade: fc.Arbitrary<Trade> = record({
  id: arbitraryId(),
  positionId: arbitraryId(),
  ...owner,
  ...instrument,
  side,
  entryTime: arbitraryTime,
  entryPrice: arbitraryAmount(aboveZero),
  exitTime: arbitraryTime,
  exitPrice: orNull(arbitraryAmount(aboveZero)),
  quantity: arbitraryAmount(notNegative),
  fees: arbitraryAmount(),
  funding: arbitraryAmount(),
  pnl: arbitraryAmount(),
  pnlPct: arbitraryAmount(),
  reason: arbitraryCloseReason,
  conditions: fc.array(arbitraryText, { maxLength: 3 }),
  exits: fc.array(arbitraryPositionExit, { maxLength: 3 }),
  dust: orNull(arbitraryDust),
});

export const arbitraryPortfolio: fc.Arbitrary<Portfolio> = record({
  id: arbitraryId(),
  userId: arbitraryId(),
  name: arbitraryText,
  description: arbitraryText,
  status: fc.constantFrom('active', 'paused', 'closed'),
  market: arbitraryMarket,
  allocatedCapital: arbitraryAmount(notNegative),
  cash: arbitraryAmount(),
  riskTolerance: fc.constantFrom('conservative', 'moderate', 'aggressive'),
  rebalanceFrequency: fc.constantFrom('daily', 'weekly', 'monthly', 'never'),
  targetAllocations: fc.dictionary(
    arbitrarySymbol,
    fc.integer({ min: 0, max: 10 }).map((tenths) => tenths / 10),
    {
      noNullPrototype: true,
    },
  ),
  reasoning: arbitraryJson,
  createdAt: arbitraryTime,
  updatedAt: arbitraryTime,
});

export const arbitraryBalance: fc.Arbitrary<Balance> = record({
  accountId: arbitraryId(),
  asset: arbitraryText,
  free: arbitraryAmount(),
  locked: arbitraryAmount(notNegative),
  updatedAt: arbitraryTime,
});
