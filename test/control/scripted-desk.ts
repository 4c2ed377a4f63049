import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { createSystemIds } from '../../src/adapters/ids/system/ids.ts';
import { money } from '../../src/domain/decimal.ts';
import type { FilterMeta } from '../../src/domain/filter.ts';
import { asId } from '../../src/domain/ids.ts';
import type { UserId } from '../../src/domain/ids.ts';
import type { Desk } from '../../src/frontends/shared/desk.ts';
import { ok } from '../../src/lib/result.ts';
import type { Store } from '../../src/ports/store/store.ts';
import { createFakeClock } from '../../src/testkit/fake-clock.ts';
import type { ScriptedEngine } from '../../src/testkit/scripted-engine.ts';

/** The engine's time. */
export const NOW = Date.UTC(2026, 0, 31, 12);
export const USER = asId<UserId>('user');

/** What every filter says of itself here; one that holds `!` is refused. */
export const META: FilterMeta = {
  name: 'Dip buyer',
  description: '',
  timeframes: ['5m'],
  schedule: { kind: 'close' },
  lookback: 50,
  references: [],
  sides: ['long'],
  top: null,
  params: {
    period: { default: 14, min: 5, max: 30, step: 1, about: '' },
    loud: { default: false, min: null, max: null, step: null, about: '' },
  },
  exits: { stopLoss: null, takeProfit: [], trailing: null, breakEven: null, maxHoldMs: 3_600_000 },
};

/** A folder with a path short enough for a socket. */
export class ShortFolder {
  readonly path = mkdtempSync(join(tmpdir(), 'ctl-'));

  dispose(): void {
    rmSync(this.path, { recursive: true, force: true });
  }
}

/** A desk over the store, with the engine running, or with nothing running when it is null. */
export function scriptedDesk(
  terms: { readonly dataDir: string; readonly store: Store; readonly engine: ScriptedEngine | null },
  running: Partial<NonNullable<Desk['running']>> = {},
): Desk {
  const { dataDir, store, engine } = terms;
  return {
    userId: USER,
    accountId: asId('account'),
    money: 'paper',
    dataDir,
    traderDefaults: { quoteAsset: 'USDT', size: money('100'), symbols: { kind: 'top', count: 20 } },
    now: () => NOW,
    ids: createSystemIds(createFakeClock(NOW)),
    store,
    inspectFilter: (source) =>
      Promise.resolve(
        source.includes('!')
          ? { ok: false, fault: { code: 'syntax', message: 'an exclamation', line: 3, column: 7 } }
          : { ok: true, meta: META },
      ),
    running:
      engine === null
        ? null
        : {
            engine,
            mode: 'local',
            pid: process.pid,
            putFilter: async (filter) => {
              await store.commit([{ kind: 'filter', filter }], 'durable');
              return ok(null);
            },
            stop: () => undefined,
            ...running,
          },
  };
}
