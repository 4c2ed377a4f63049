import { describe, expect, it } from 'vitest';

import type { Config } from '../../../config/config.ts';
import { money } from '../../../domain/decimal.ts';
import type { Instrument } from '../../../domain/instrument.ts';
import { tapeAccount } from './tape-account.ts';

const quotedIn = (...quotes: readonly string[]): Instrument[] => quotes.map((quote) => ({ quote }) as Instrument);
const config = (quoteAsset: string): Config =>
  ({ symbols: { quoteAsset }, paper: { balance: money('10000') } }) as unknown as Config;
const account = (quotes: readonly string[], wanted: string, given: readonly string[] = []) => {
  const terms = { config: config(wanted), isGiven: (name: string) => given.includes(name) };
  const { quoteAsset, balance, entrySize } = tapeAccount(quotedIn(...quotes), terms);
  return [quoteAsset, balance.toFixed(), entrySize?.toFixed() ?? null];
};

describe('the account for a tape', () => {
  it('is kept in what most symbols are quoted in, with amounts that fit a coin', () => {
    expect(account(['USDT', 'USDT', 'BTC'], 'USDT')).toEqual(['USDT', '10000', null]);
    expect(account(['BTC', 'USDT', 'BTC'], 'USDT')).toEqual(['BTC', '1', '0.01']);
    expect(account(['EUR'], 'USDT')).toEqual(['EUR', '10000', null]);
  });

  it('is kept in what the user has set, where a symbol is quoted in that', () => {
    expect(account(['BTC', 'USDT', 'BTC'], 'USDT', ['QUOTE_ASSET'])).toEqual(['USDT', '10000', null]);
    expect(account(['BTC'], 'EUR', ['QUOTE_ASSET'])).toEqual(['BTC', '1', '0.01']);
  });

  it('begins with the amounts that the user has set', () => {
    expect(account(['BTC'], 'USDT', ['PAPER_BALANCE'])).toEqual(['BTC', '10000', '100']);
    expect(account(['BTC'], 'USDT', ['PAPER_BALANCE', 'DEFAULT_SIZE'])).toEqual(['BTC', '10000', null]);
    expect(account(['ETH'], 'USDT', ['DEFAULT_SIZE'])).toEqual(['ETH', '10', null]);
  });
});
