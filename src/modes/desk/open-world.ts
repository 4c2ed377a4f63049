import type { Config } from '../../config/config.ts';
import type { VariableName } from '../../config/variables.ts';
import type { UserId } from '../../domain/ids.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Logger } from '../../ports/logger.ts';
import type { Store } from '../../ports/store/store.ts';
import type { MoneyKind } from '../../domain/account.ts';
import { createLiveWorld } from './live/live-world.ts';
import type { LiveWorldParts } from './live/live-world.ts';
import { createPaperWorld } from './paper-world.ts';
import { createSimWorld } from './sim-world.ts';
import type { SimulationOptions } from './sim-world.ts';
import type { Undertakings } from './undertakings.ts';
import type { World } from './world.ts';

/** Under which the store keeps the paper account. */
const PAPER_ACCOUNT = 'paper_account';

/** What is needed for real money alone. */
type LiveTerms = Pick<LiveWorldParts, 'notifier' | 'dataDir' | 'takeOver' | 'stopped' | 'stop'>;

export interface WorldTerms extends LiveTerms {
  readonly money: MoneyKind;
  readonly config: Config;
  /** Whether the user has set this variable. */
  readonly isGiven: (name: VariableName) => boolean;
  /** Null: not simulated. */
  readonly simulation: SimulationOptions | null;
  readonly realClock: Clock;
  readonly logger: Logger;
  readonly undertakings: Undertakings;
  readonly store: Store;
}

/** The market and the account that this kind of money is traded in. */
export async function openWorld(terms: WorldTerms): Promise<World> {
  const { config, money, store, simulation, realClock } = terms;
  const { userId } = config;
  if (money === 'live') return createLiveWorld(terms);
  const saved = await store.process.engineState(userId, PAPER_ACCOUNT);
  const save = (value: string): Promise<void> => {
    const entry = { userId, key: PAPER_ACCOUNT, value, updatedAt: realClock.now() };
    return store.commit([{ kind: 'engine_state', entry }], 'durable');
  };
  if (simulation !== null) {
    const resumed = await lastRecord(store, userId);
    return createSimWorld({ ...terms, options: simulation, resumed, saved: saved?.value ?? null, save });
  }
  return createPaperWorld({ ...terms, saved: saved?.value ?? null, save });
}

/** The last record of the audit log, null when it is empty. */
async function lastRecord(store: Store, userId: UserId): Promise<{ readonly seq: number; readonly at: number } | null> {
  const [record] = await store.audit.after(userId, (await store.audit.lastSeq()) - 1, 1);
  return record ?? null;
}
