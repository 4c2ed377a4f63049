/** Market data and orders of a venue go through different parts of the program: they mean the same symbols and steps. */
import type { Exchange } from 'ccxt';
import { describe, expect, it } from 'vitest';

import { readSymbols } from '../../../src/adapters/feed/ccxt/venue-symbols.ts';
import type { KnownSymbol } from '../../../src/adapters/feed/ccxt/venue-symbols.ts';
import { assetListing, exactSize } from '../../../src/adapters/broker/ccxt/swaps/hyperliquid/assets.ts';
import { contractListing } from '../../../src/adapters/broker/ccxt/swaps/okx/contracts.ts';
import { RefusedHere } from '../../../src/adapters/broker/ccxt/connection/failures.ts';
import type { Quantity } from '../../../src/domain/decimal.ts';
import { loadCcxtVenue } from '../../../src/modes/assets.ts';
import { createFakeClock } from '../../../src/testkit/fake-clock.ts';

type Row = Readonly<Record<string, unknown>>;

/** What market data make of the venue's own list. */
async function fedSymbols(venue: string, rows: readonly Row[]): Promise<readonly KnownSymbol[]> {
  const Venue = (await loadCcxtVenue(venue)) as new () => Exchange & { parseMarket(row: Row): never };
  const exchange = new Venue();
  exchange.setMarkets(rows.map((row) => exchange.parseMarket(row)));
  const { known, unreadable } = readSymbols(exchange, 'futures');
  expect(unreadable).toEqual([]);
  return known;
}

describe('symbols of OKX', () => {
  const swap = {
    instType: 'SWAP',
    ctType: 'linear',
    ctMult: '1',
    settleCcy: 'USDT',
    state: 'live',
    listTime: '0',
  };
  const rows = [
    {
      ...swap,
      instId: 'BTC-USDT-SWAP',
      uly: 'BTC-USDT',
      ctVal: '0.01',
      ctValCcy: 'BTC',
      lotSz: '0.01',
      minSz: '0.01',
      tickSz: '0.1',
    },
    {
      ...swap,
      instId: 'PEPE-USDT-SWAP',
      uly: 'PEPE-USDT',
      ctVal: '10000000',
      ctValCcy: 'PEPE',
      lotSz: '0.1',
      minSz: '0.1',
      tickSz: '0.0000000001',
    },
  ];

  it('have the same step in market data and orders: a lot of contracts', async () => {
    const client = { call: async () => ({ data: rows }) };
    const contracts = await contractListing(client as never, createFakeClock()).now();
    const known = await fedSymbols('okx', rows);
    expect(known.map(({ symbol }) => symbol)).toEqual(rows.map(({ instId }) => instId));
    for (const { symbol, instrument } of known) {
      const { step } = instrument.rules;
      const row = rows.find(({ instId }) => instId === symbol);
      expect(contracts.contractsOf(symbol, step)).toBe(row?.lotSz);
      expect(contracts.quantityOf(symbol, step.div(step).times(row?.lotSz ?? 0))).toEqual(step);
      expect(() => contracts.contractsOf(symbol, step.div(2) as Quantity)).toThrow(RefusedHere);
    }
  });
});

describe('symbols of Hyperliquid', () => {
  const universe = [
    { name: 'BTC', szDecimals: 5, maxLeverage: 40 },
    { name: 'kPEPE', szDecimals: 0, maxLeverage: 10 },
    { name: 'SOL', szDecimals: 2, maxLeverage: 20 },
  ];

  it('have the same names and steps in market data and orders', async () => {
    const client = { ask: async () => ({ universe }) };
    const assets = await assetListing(client as never, createFakeClock(), 'USDC').now();
    const rows = universe.map((asset, baseId) => ({ ...asset, baseId, markPx: '12.5', collateralToken: 0 }));
    const known = await fedSymbols('hyperliquid', rows);
    expect(known).toHaveLength(universe.length);
    for (const [index, { symbol, instrument }] of known.entries()) {
      const asset = assets.ofSymbol(symbol);
      expect(asset).toMatchObject({ index, coin: universe[index]?.name });
      const { step } = instrument.rules;
      expect(exactSize(step, asset)).toBe(step);
      expect(() => exactSize(step.div(2) as Quantity, asset)).toThrow(RefusedHere);
    }
  });
});
