import type { Quantity } from '../../../../../domain/decimal.ts';
import { Decimal } from '../../../../../domain/decimal.ts';
import type { Clock } from '../../../../../ports/clock.ts';
import { RefusedHere } from '../../connection/failures.ts';
import { Listing } from '../listing.ts';
import { SYMBOL_UNKNOWN } from '../swap-venue.ts';
import { amountOf, amountOrNull, fieldsOf, listOf, textOf } from '../../connection/fields.ts';
import type { OkxClient } from './client.ts';

const QUESTION = { weight: 1, priority: 'question' } as const;

/** The size of one contract. */
interface Contract {
  /** Base units. */
  readonly size: Decimal;
  /** Contracts. */
  readonly lot: Decimal;
  readonly settleAsset: string;
}

/** Orders here are counted in contracts, everywhere else in base units. */
export interface Contracts {
  /** @throws RefusedHere for what is no multiple of the lot, and for a symbol that is not listed */
  contractsOf(symbol: string, quantity: Quantity): string;
  /** @throws RefusedHere for a symbol that is not listed */
  quantityOf(symbol: string, contracts: Decimal): Quantity;
  isSettledIn(symbol: string, asset: string): boolean;
}

/** The contracts of the venue. https://www.okx.com/docs-v5/en/#public-data-rest-api-get-instruments */
export function contractListing(client: OkxClient, clock: Clock): Listing<Contracts> {
  return new Listing(clock, () => listContracts(client));
}

async function listContracts(client: OkxClient): Promise<Contracts> {
  const params = { instType: 'SWAP' };
  const answer = fieldsOf(await client.call('publicGetPublicInstruments', params, QUESTION));
  const linear = listOf(answer['data']).filter((contract) => contract['ctType'] === 'linear');
  const bySymbol = new Map<string, Contract>(
    linear.map((contract) => {
      const size = amountOf(contract, 'ctVal').times(amountOrNull(contract, 'ctMult') ?? new Decimal(1));
      const [lot, settleAsset] = [amountOf(contract, 'lotSz'), textOf(contract, 'settleCcy')];
      return [textOf(contract, 'instId'), { size, lot, settleAsset }];
    }),
  );
  const known = (symbol: string): Contract => {
    const contract = bySymbol.get(symbol);
    if (contract === undefined) throw new RefusedHere(SYMBOL_UNKNOWN, `the exchange lists no swap ${symbol}`);
    return contract;
  };
  return {
    contractsOf(symbol, quantity) {
      const { size, lot } = known(symbol);
      const contracts = quantity.div(size);
      if (contracts.isZero() || !contracts.mod(lot).isZero()) {
        const told = `${quantity.toFixed()} is no multiple of ${lot.times(size).toFixed()} (${lot.toFixed()} contracts)`;
        throw new RefusedHere('LOT_SIZE', told);
      }
      return contracts.toFixed();
    },
    quantityOf: (symbol, contracts) => contracts.times(known(symbol).size) as Quantity,
    isSettledIn: (symbol, asset) => bySymbol.get(symbol)?.settleAsset === asset,
  };
}
