import type { MoneyKind } from '../../domain/account.ts';
import type { EngineCommand } from '../../domain/command.ts';
import type { Money } from '../../domain/decimal.ts';
import { AitraderError } from '../../domain/errors.ts';
import type { Filter } from '../../domain/filter.ts';
import type { AccountId, UserId } from '../../domain/ids.ts';
import type { SymbolChoice, Trader } from '../../domain/trader.ts';
import { err, ok } from '../../lib/result.ts';
import type { Result } from '../../lib/result.ts';
import type { IdSource } from '../../ports/chance.ts';
import type { EngineHandle } from '../../ports/engine-handle.ts';
import type { FilterOutcome } from '../../ports/filter-sandbox.ts';
import type { StoreReaders } from '../../ports/store/readers.ts';
import type { Store } from '../../ports/store/store.ts';
import type { TraderNames } from './json/figures.ts';

/** What runs. */
export interface RunningDesk {
  readonly engine: EngineHandle;
  /** The mode of the process, as its first log line names it. */
  readonly mode: string;
  readonly pid: number;
  /** Takes a filter in, new or in place of the one with its id. Settles when it is stored. */
  putFilter(filter: Filter): Promise<Result<null, AitraderError>>;
  /** Begins an orderly end and returns at once. */
  stop(): void;
}

/** What holds for traders that do not say otherwise. */
export interface TraderDefaults {
  readonly quoteAsset: string;
  readonly size: Money;
  readonly symbols: SymbolChoice;
}

/** What the verbs work on: the running engine with its store, or what the last one stored. */
export interface Desk {
  readonly userId: UserId;
  readonly accountId: AccountId;
  readonly money: MoneyKind;
  /** For messages. */
  readonly dataDir: string;
  readonly traderDefaults: TraderDefaults;
  /** The engine's time, milliseconds UTC. */
  readonly now: () => number;
  readonly ids: IdSource;
  /** `commit` is used only while nothing runs: then there is no engine to write. */
  readonly store: StoreReaders & Pick<Store, 'commit'>;
  readonly inspectFilter: (source: string) => Promise<FilterOutcome>;
  /** Null: nothing runs. Reading shows what was stored last, traders can be changed, and nothing else can be done. */
  readonly running: RunningDesk | null;
}

/** @throws AitraderError `NOT_RUNNING` */
export function requireRunning(desk: Desk): RunningDesk {
  if (desk.running === null) throw new AitraderError('NOT_RUNNING', { path: desk.dataDir });
  return desk.running;
}

/** The user's traders, of the engine or as stored. */
export async function tradersOf({ running, store, userId }: Desk): Promise<readonly Trader[]> {
  if (running === null) return store.traders.list(userId);
  return running.engine.traders().map(({ trader }) => trader);
}

export async function traderNames(desk: Desk): Promise<TraderNames> {
  return new Map((await tradersOf(desk)).map(({ id, name }) => [id, name]));
}

/**
 * Stores a filter, through the engine when one runs.
 * @throws AitraderError the refusal
 */
export async function putFilter({ running, store }: Desk, filter: Filter): Promise<void> {
  if (running === null) return store.commit([{ kind: 'filter', filter }], 'durable');
  const result = await running.putFilter(filter);
  if (!result.ok) throw result.error;
}

/**
 * Has a command carried out: by the engine, or, for commands about traders while nothing runs, in the store.
 * @throws AitraderError the refusal; `NOT_RUNNING`
 */
export async function execute(desk: Desk, command: EngineCommand): Promise<void> {
  const { running, userId } = desk;
  const result = running === null ? await changeStored(desk, command) : await running.engine.execute(command, userId);
  if (!result.ok) throw result.error;
}

async function changeStored(desk: Desk, command: EngineCommand): Promise<Result<null, AitraderError>> {
  const { store, userId } = desk;
  if (command.type === 'add_trader') {
    await store.commit([{ kind: 'trader', trader: command.trader }], 'durable');
    return ok(null);
  }
  if (!('traderId' in command)) return err(new AitraderError('NOT_RUNNING', { path: desk.dataDir }));
  const { traderId } = command;
  const trader = await store.traders.get(userId, traderId);
  if (trader === null) {
    const remedy = 'It was removed in the meantime; `aitrader traders` lists those that are there.';
    return err(new AitraderError('NOT_FOUND', { what: 'trader', given: traderId, remedy }));
  }
  const changed = changedTrader(trader, command, desk.now());
  if (changed === null) await store.commit([{ kind: 'trader_removed', userId, traderId }], 'durable');
  else await store.commit([{ kind: 'trader', trader: changed }], 'durable');
  return ok(null);
}

type TraderCommand = Exclude<Extract<EngineCommand, { readonly traderId: unknown }>, { type: 'add_trader' }>;

/** The trader after a command; null when it is removed. */
function changedTrader(trader: Trader, command: TraderCommand, updatedAt: number): Trader | null {
  switch (command.type) {
    case 'change_trader': {
      const { exits = trader.exits, ...change } = command.change;
      return { ...trader, ...change, exits, updatedAt };
    }
    case 'pause_trader':
      return { ...trader, state: { status: 'paused', reason: command.reason }, updatedAt };
    case 'resume_trader':
      return { ...trader, state: { status: 'running' }, updatedAt };
    case 'remove_trader':
      return null;
  }
}
