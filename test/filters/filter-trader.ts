import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import { createSystemClock } from '../../src/adapters/clock/system/clock.ts';
import { createIsolatedVmSandbox } from '../../src/adapters/sandbox/isolated-vm/sandbox.ts';
import type { FilterMeta } from '../../src/domain/filter.ts';
import { asId } from '../../src/domain/ids.ts';
import type { TraderId } from '../../src/domain/ids.ts';
import { sandboxCommand, shippedFilters } from '../../src/modes/assets.ts';
import { Replay } from '../../src/modes/cli/filter/history/replay.ts';
import type { SymbolHistory } from '../../src/modes/cli/filter/history/replay.ts';
import type { CheckOutcome, FilterSandbox } from '../../src/ports/filter-sandbox.ts';
import { silentLogger } from '../../src/testkit/silent-logger.ts';

/** The shipped filters by name. */
export const SHIPPED: ReadonlyMap<string, string> = new Map(
  readdirSync(shippedFilters())
    .filter((name) => name.endsWith('.js'))
    .map((name) => [name, readFileSync(join(shippedFilters(), name), 'utf8')]),
);

/** A sandbox as the program has it, with one process. */
export function openSandbox(): FilterSandbox {
  const parts = { command: sandboxCommand(), clock: createSystemClock(), logger: silentLogger };
  return createIsolatedVmSandbox({ ...parts, processes: 1 });
}

/** What an outcome says, without how long it took. */
export function answerOf(outcome: CheckOutcome): Omit<Extract<CheckOutcome, { ok: true }>, 'elapsedMs'> {
  if (!outcome.ok) throw new Error(outcome.fault.message);
  const { elapsedMs: _, ...answer } = outcome;
  return answer;
}

/** Puts a shipped filter to work. */
export async function loadShipped(sandbox: FilterSandbox, name: string): Promise<{ id: TraderId; meta: FilterMeta }> {
  const id = asId<TraderId>(name);
  const loaded = await sandbox.load(id, SHIPPED.get(name)!, {});
  if (!loaded.ok) throw new Error(`${name}: ${loaded.fault.message}`);
  return { id, meta: loaded.meta };
}

/** What a filter answers at each moment of a history. */
export async function passOver(
  sandbox: FilterSandbox,
  name: string,
  histories: (meta: FilterMeta) => readonly SymbolHistory[],
): Promise<Map<number, ReturnType<typeof answerOf>>> {
  const { id, meta } = await loadShipped(sandbox, name);
  const answers = new Map<number, ReturnType<typeof answerOf>>();
  for await (const { now, outcome } of new Replay(sandbox, {
    traderId: id,
    meta,
    histories: histories(meta),
  }).checks()) {
    answers.set(now, answerOf(outcome));
  }
  sandbox.unload(id);
  return answers;
}
