import { afterAll, beforeAll } from 'vitest';

import { asId } from '../../domain/ids.ts';
import type { TraderId } from '../../domain/ids.ts';
import type { CheckOutcome, FilterFault, FilterSandbox, SandboxLimits } from '../../ports/filter-sandbox.ts';
import { filterSource, SandboxMarket } from '../builders/sandbox-market.ts';

/** Opens a sandbox for some tests. */
export type OpenSandbox = (limits: Partial<SandboxLimits>) => FilterSandbox;

export const ROWS = 200;
export const SYMBOLS = 4;
export const LIMITS = { checkMs: 1_000 };

export const trader = (name: string): TraderId => asId<TraderId>(name);

export function succeeded(outcome: CheckOutcome): Extract<CheckOutcome, { ok: true }> {
  if (!outcome.ok) throw new Error(outcome.fault.message);
  return outcome;
}

export const metadataOf = (outcome: CheckOutcome): unknown[] =>
  succeeded(outcome).matches.map(({ metadata }) => JSON.parse(metadata) as unknown);

/** An open position as a filter sees it. */
export const POSITION = {
  side: 'long',
  entryPrice: 42,
  entryTime: 0,
  bars: 1,
  profitPct: 1,
  profitR: 1,
  maxProfitPct: 1,
  stopLoss: 1,
  conditions: [],
} as const;

/** A sandbox that the tests of one block share, and the candles in it. */
export interface SandboxStage {
  readonly market: SandboxMarket;
  readonly sandbox: FilterSandbox;
  /** Puts a filter with this body of `check` to work under a name of its own, and checks it at the close of a row. */
  run(body: string, meta?: Readonly<Record<string, unknown>>, row?: number): Promise<CheckOutcome>;
  /** The same for one that fails. */
  faultOf(body: string): Promise<FilterFault>;
}

/** Opens the stage before the tests of the block around it, and closes it after them. */
export function useSandbox(open: OpenSandbox): SandboxStage {
  const market = new SandboxMarket(SYMBOLS, ROWS);
  let sandbox: FilterSandbox;
  let loaded = 0;
  beforeAll(() => {
    sandbox = open(LIMITS);
    sandbox.extend(market.stretch(0, ROWS));
  });
  afterAll(() => sandbox.close());
  const run: SandboxStage['run'] = async (body, meta = {}, row = ROWS - 1) => {
    const id = `trader-${(loaded += 1)}`;
    const outcome = await sandbox.load(trader(id), filterSource(body, meta), {});
    if (!outcome.ok) throw new Error(outcome.fault.message);
    const result = await sandbox.check(market.check(id, row));
    sandbox.unload(trader(id));
    return result;
  };
  return {
    market,
    get sandbox() {
      return sandbox;
    },
    run,
    async faultOf(body) {
      const outcome = await run(body);
      if (outcome.ok) throw new Error(`no fault: ${JSON.stringify(outcome)}`);
      return outcome.fault;
    },
  };
}
