import type { AccountId, UserId, VenueSymbol } from '../../../domain/ids.ts';
import { AitraderError } from '../../../domain/errors.ts';
import { makerOf } from '../../../domain/order/client-order-id.ts';
import { MINUTE_MS } from '../../../domain/time.ts';
import type { AccountSnapshot, Broker } from '../../../ports/broker.ts';
import type { Store } from '../../../ports/store/store.ts';

/** How far back fills are looked at at most, and of how many symbols: each costs a question. */
export const RECENT_MS = 30 * MINUTE_MS;
/** While this instance ran it saw orders of others itself; this much before its end is looked at again. */
const OVERLAP_MS = MINUTE_MS;
const MOST_SYMBOLS = 20;

/** When which other instance was declared dead, by its four characters; milliseconds UTC. */
type TakenOver = Readonly<Record<string, number>>;

/** Where another instance may have traded. */
export interface SymbolsAtHand {
  readonly quoteAsset: string;
  /** The symbols that are watched, the most traded first. */
  readonly symbols: readonly VenueSymbol[];
  /** All symbols of the market: another instance may trade others than this one. */
  readonly listed: ReadonlySet<VenueSymbol>;
}

export interface OtherInstancesTerms extends SymbolsAtHand {
  readonly broker: Pick<Broker, 'account' | 'snapshot' | 'fillsSince' | 'ownerOf'>;
  readonly store: Store;
  readonly userId: UserId;
  readonly accountId: AccountId;
  readonly instance: string;
  readonly now: () => number;
  /** Until when this instance has watched the account itself, milliseconds UTC; null: it has not. */
  readonly watchedUntil: number | null;
  /** What other instances have left is theirs no more. */
  readonly takeOver: boolean;
}

/**
 * Looks at the account for signs of another living instance of this program: working orders of its making, and fills of the
 * last half hour. What was taken over once is not held against the account again.
 * @returns the other instances that are taken over now
 * @throws AitraderError `ACCOUNT_IN_USE`; `EXCHANGE_UNREACHABLE`
 */
export async function lookForOtherInstances(terms: OtherInstancesTerms): Promise<readonly string[]> {
  const { store, userId, accountId, takeOver, now } = terms;
  const key = `taken_over:${accountId}`;
  const entry = await store.process.engineState(userId, key);
  const known = entry === null ? {} : (JSON.parse(entry.value) as TakenOver);
  const signs = [...(await signsOfOthers(terms))].filter(([instance, { madeAt }]) => madeAt > (known[instance] ?? 0));
  if (signs.length === 0) return [];
  if (!takeOver) {
    const evidence = signs.map(([instance, { what }]) => `instance ${instance} has ${what}`).join('; ');
    throw new AitraderError('ACCOUNT_IN_USE', { account: accountId, evidence });
  }
  const others = signs.map(([instance]) => instance);
  const value = JSON.stringify({ ...known, ...Object.fromEntries(others.map((instance) => [instance, now()])) });
  await store.commit([{ kind: 'engine_state', entry: { userId, key, value, updatedAt: now() } }], 'durable');
  return others;
}

/** What shows that somebody else trades here. */
interface Sign {
  readonly what: string;
  /** When what the order is about began. */
  readonly madeAt: number;
}

/** By instance; of several signs the latest. */
async function signsOfOthers(terms: OtherInstancesTerms): Promise<ReadonlyMap<string, Sign>> {
  const { broker, instance: own, now } = terms;
  const signs = new Map<string, Sign>();
  const note = (clientOrderId: string | null, what: string): void => {
    const maker = clientOrderId === null ? null : makerOf(clientOrderId, now());
    if (maker === null || maker.instance === own || broker.ownerOf(clientOrderId ?? '') !== null) return;
    const before = signs.get(maker.instance);
    if (before === undefined || before.madeAt < maker.madeAt) signs.set(maker.instance, { what, madeAt: maker.madeAt });
  };
  const snapshot = await broker.snapshot();
  for (const { clientOrderId, symbol } of snapshot.foreignOrders) note(clientOrderId, `a working order in ${symbol}`);
  const { market } = broker.account;
  const sinceMs = Math.max(now() - RECENT_MS, (terms.watchedUntil ?? -Infinity) - OVERLAP_MS);
  for (const symbol of symbolsToLookAt(snapshot, terms)) {
    const fills = await broker.fillsSince({ market, symbol }, sinceMs);
    for (const { clientOrderId } of fills) note(clientOrderId, `traded ${symbol} within the last half hour`);
  }
  return signs;
}

/** Where something works or is held, the watched symbols first, then what is traded most; each costs a question. */
export function symbolsToLookAt(
  { foreignOrders, positions, balances }: Pick<AccountSnapshot, 'foreignOrders' | 'positions' | 'balances'>,
  { quoteAsset, symbols, listed }: SymbolsAtHand,
): readonly VenueSymbol[] {
  const pairs = new Set(balances.map(({ asset }) => `${asset}${quoteAsset}`));
  const held = [...symbols, ...listed].filter((symbol) => pairs.has(symbol));
  const all = [...foreignOrders, ...positions].map(({ symbol }) => symbol);
  return [...new Set([...all, ...held, ...symbols])].slice(0, MOST_SYMBOLS);
}
