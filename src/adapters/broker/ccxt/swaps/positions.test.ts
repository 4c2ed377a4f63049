import { describe, expect, it } from 'vitest';

import type { Decimal } from '../../../../domain/decimal.ts';
import type { Quantity } from '../../../../domain/decimal.ts';
import { positionOf as bybitPosition } from './bybit/answers.ts';
import { positionOf as okxPosition } from './okx/answers.ts';

/** As https://bybit-exchange.github.io/docs/v5/position shows one. */
const BYBIT = {
  ...{
    positionIdx: 0,
    symbol: 'BTCUSDT',
    side: 'Sell',
    size: '0.2',
    avgPrice: '27000.5',
    liqPrice: '',
    leverage: '10',
  },
  ...{ unrealisedPnl: '-1.5' },
};
/** As https://www.okx.com/docs-v5/en/#trading-account-rest-api-get-positions shows one. */
const OKX = {
  ...{
    instId: 'BTC-USDT-SWAP',
    posSide: 'net',
    pos: '-20',
    mgnMode: 'isolated',
    avgPx: '27000.5',
    liqPx: '29000',
    lever: '10',
  },
  ...{ upl: '-1.5' },
};
const contracts = {
  contractsOf: () => '',
  quantityOf: (_: string, count: Decimal) => count.times('0.01') as Quantity,
  isSettledIn: () => true,
};

describe('a position', () => {
  it('at Bybit has its side in words, and the margin mode of the account', () => {
    const position = bybitPosition(BYBIT, 'cross');
    expect(position).toMatchObject({ side: 'short', leverage: 10, marginMode: 'cross', liquidationPrice: null });
    expect(position?.quantity.toFixed()).toBe('0.2');
    expect(bybitPosition({ ...BYBIT, side: '', size: '0' }, 'cross')).toBeNull();
  });

  it('at OKX has its side in the sign, and its size in contracts', () => {
    const position = okxPosition(OKX, contracts);
    expect(position).toMatchObject({ side: 'short', leverage: 10, marginMode: 'isolated' });
    expect(position?.quantity.toFixed()).toBe('0.2');
    expect(okxPosition({ ...OKX, pos: '0' }, contracts)).toBeNull();
  });

  it('of hedge mode is told as one', () => {
    expect(bybitPosition(BYBIT, 'cross')).not.toHaveProperty('isHedgeLeg');
    expect(bybitPosition({ ...BYBIT, positionIdx: 2 }, 'cross')).toMatchObject({ isHedgeLeg: true });
    expect(okxPosition(OKX, contracts)).not.toHaveProperty('isHedgeLeg');
    expect(okxPosition({ ...OKX, posSide: 'short', pos: '20' }, contracts)).toMatchObject({
      side: 'short',
      isHedgeLeg: true,
    });
  });
});
