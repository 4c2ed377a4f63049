import type { Kysely } from 'kysely';

import type { StoreReaders } from '../../../../ports/store/readers.ts';
import type { Database } from '../tables.ts';
import { balanceReader, portfolioReader, positionReader, tradeReader } from './holdings.ts';
import type { GatherRows } from './holdings.ts';
import { auditReader, filterReader, journalReader, processReader, riskReader, traderReader } from './records.ts';
import { fillReader, fundingReader, orderReader, signalReader } from './trading.ts';

/** Every reader of a store, over any database that Kysely speaks to. */
export function storeReaders(db: Kysely<Database>, gather: GatherRows): StoreReaders {
  return {
    filters: filterReader(db),
    traders: traderReader(db),
    signals: signalReader(db),
    orders: orderReader(db),
    fills: fillReader(db),
    funding: fundingReader(db),
    positions: positionReader(db, gather),
    trades: tradeReader(db),
    portfolios: portfolioReader(db),
    balances: balanceReader(db),
    risk: riskReader(db),
    journal: journalReader(db),
    audit: auditReader(db),
    process: processReader(db),
  };
}
