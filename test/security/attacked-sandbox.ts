import { createSystemClock } from '../../src/adapters/clock/system/clock.ts';
import { createIsolatedVmSandbox } from '../../src/adapters/sandbox/isolated-vm/sandbox.ts';
import { asId } from '../../src/domain/ids.ts';
import type { TraderId } from '../../src/domain/ids.ts';
import { sandboxCommand } from '../../src/modes/assets.ts';
import type { Clock } from '../../src/ports/clock.ts';
import type { CheckOutcome, FilterOutcome, FilterSandbox, SandboxLimits } from '../../src/ports/filter-sandbox.ts';
import { filterSource, SandboxMarket } from '../../src/testkit/builders/sandbox-market.ts';
import { silentLogger } from '../../src/testkit/silent-logger.ts';

const ROWS = 120;
const ROW = 110;
const BYSTANDER = asId<TraderId>('bystander');
const ATTACKER = asId<TraderId>('attacker');

/** Tells all that a filter can see of its market. */
const WITNESS = filterSource(`
  const { symbol, ticker, candles } = context;
  const all = ['time', 'open', 'high', 'low', 'close', 'volume', 'hl2'].map((name) => [...candles['5m'][name]]);
  return { side: 'long', conditions: [symbol], metadata: { all: all.map((x) => x.reduce((a, b) => a + b, 0)),
    last: ticker.last, rsi: ta.last(ta.rsi(context.close, 5)), globals: Object.getOwnPropertyNames(globalThis).length } };`);

export interface AttackedOptions {
  readonly limits?: Partial<SandboxLimits>;
  readonly graceMs?: number;
  readonly clock?: Clock;
}

/** Shorter than in the product, so that the tests are; test/security/limits.test.ts holds the real ones. */
const SHORT: AttackedOptions = { limits: { checkMs: 1_500 }, graceMs: 500 };

/** A sandbox with one process in which an attacker and a bystander live side by side. */
export class AttackedSandbox {
  readonly sandbox: FilterSandbox;
  readonly market = new SandboxMarket(3, ROWS);

  constructor({ limits, graceMs, clock = createSystemClock() }: AttackedOptions = SHORT) {
    const parts = { command: sandboxCommand(), clock, logger: silentLogger, processes: 1 };
    this.sandbox = createIsolatedVmSandbox({ ...parts, ...(limits && { limits }), ...(graceMs && { graceMs }) });
    this.sandbox.extend(this.market.stretch(0, ROWS));
  }

  async start(): Promise<void> {
    const loaded = await this.sandbox.load(BYSTANDER, WITNESS, {});
    if (!loaded.ok) throw new Error(loaded.fault.message);
  }

  /** What the bystander sees: the same before and after every attack. */
  async witness(): Promise<unknown> {
    const outcome = await this.sandbox.check(this.market.check(BYSTANDER, ROW));
    if (!outcome.ok) throw new Error(outcome.fault.message);
    return outcome.matches;
  }

  /** Loads the source as the attacker's and checks it. */
  async attack(source: string): Promise<FilterOutcome | CheckOutcome> {
    const loaded = await this.sandbox.load(ATTACKER, source, {});
    return loaded.ok ? this.sandbox.check(this.market.check(ATTACKER, ROW)) : loaded;
  }

  close(): Promise<void> {
    return this.sandbox.close();
  }
}
