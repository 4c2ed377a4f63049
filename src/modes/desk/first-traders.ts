import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

import type { Config } from '../../config/config.ts';
import type { Money } from '../../domain/decimal.ts';
import { AitraderError } from '../../domain/errors.ts';
import type { Filter } from '../../domain/filter.ts';
import { asId } from '../../domain/ids.ts';
import type { FilterId, TraderId } from '../../domain/ids.ts';
import type { Trader } from '../../domain/trader.ts';
import type { IdSource } from '../../ports/chance.ts';
import type { Clock } from '../../ports/clock.ts';
import type { FilterSandbox } from '../../ports/filter-sandbox.ts';
import type { StoreChange } from '../../ports/store/changes.ts';
import type { Store } from '../../ports/store/store.ts';
import { shippedFilters } from '../assets.ts';

/** The filters of the traders that a fresh desk begins with. */
const FIRST_FILTERS = ['rsi-reversal', 'volume-spike', 'vwap-reversion'];

export interface FirstTradersParts {
  readonly store: Store;
  readonly sandbox: FilterSandbox;
  readonly clock: Clock;
  readonly ids: IdSource;
  readonly config: Config;
  /** What an entry is for. */
  readonly size: Money;
}

/**
 * Stores the shipped traders for a desk that has none yet. To be called before the engine opens.
 * @returns their names; none when there are traders already
 */
export async function addFirstTraders(parts: FirstTradersParts): Promise<readonly string[]> {
  const { store, config } = parts;
  const known = await store.traders.list(config.userId);
  if (known.length > 0) return [];
  const changes: StoreChange[] = [];
  for (const file of FIRST_FILTERS) {
    const filter = await readShipped(file, parts);
    changes.push({ kind: 'filter', filter }, { kind: 'trader', trader: firstTrader(filter, parts) });
  }
  await store.commit(changes, 'durable');
  return FIRST_FILTERS;
}

function firstTrader({ id, name }: Filter, { ids, clock, config, size }: FirstTradersParts): Trader {
  return {
    id: asId<TraderId>(ids.next()),
    userId: config.userId,
    portfolioId: null,
    name,
    filterId: id,
    symbols: { kind: 'top', count: config.symbols.maximum },
    schedule: null,
    params: {},
    mode: 'auto',
    size: { kind: 'quote', amount: size },
    exits: null,
    maxPositions: null,
    cooldownMs: null,
    reverse: false,
    state: { status: 'running' },
    createdAt: clock.now(),
    updatedAt: clock.now(),
  };
}

async function readShipped(file: string, { sandbox, ids, clock, config }: FirstTradersParts): Promise<Filter> {
  const source = await readFile(join(shippedFilters(), `${file}.js`), 'utf8');
  const outcome = await sandbox.inspect(source);
  if (!outcome.ok) {
    const problem = `the shipped filter ${file} is broken: ${outcome.fault.message}`;
    throw new AitraderError('INTERNAL', { problem });
  }
  return {
    id: asId<FilterId>(ids.next()),
    userId: config.userId,
    name: file,
    meta: outcome.meta,
    source,
    sourceHash: createHash('sha256').update(source).digest('hex'),
    origin: 'shipped',
    createdAt: clock.now(),
    updatedAt: clock.now(),
  };
}
