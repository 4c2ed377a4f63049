import { decimal, money, price, quantity } from '../../src/domain/decimal.ts';
import { asId } from '../../src/domain/ids.ts';
import type { Trade } from '../../src/domain/trade.ts';
import { NOW } from './staged-desk.ts';

function aTrade(id: string, symbol: string, fields: { pnl: string; reason: Trade['reason'] }): Trade {
  return {
    id: asId(id),
    positionId: asId(`position-${id}`),
    userId: asId('user'),
    accountId: asId('account'),
    portfolioId: null,
    traderId: asId('trader-RSI turn'),
    signalId: null,
    market: 'futures',
    symbol: asId(symbol),
    side: 'short',
    entryTime: NOW - 3_600_000,
    entryPrice: price('2300'),
    exitTime: NOW - 1_800_000,
    exitPrice: price('2290.5'),
    quantity: quantity('0.04'),
    fees: money('0.09'),
    funding: money('0'),
    pnl: money(fields.pnl),
    pnlPct: decimal(fields.pnl),
    reason: fields.reason,
    conditions: ['close below the band'],
    exits: [],
    dust: null,
  };
}

export const EARLIER_TRADES: readonly Trade[] = [
  aTrade('t1', 'ETHUSDT', { pnl: '0.38', reason: 'target' }),
  aTrade('t2', 'BTCUSDT', { pnl: '-1.02', reason: 'stop' }),
];
