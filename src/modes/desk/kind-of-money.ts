import type { MoneyKind } from '../../domain/account.ts';
import { AitraderError } from '../../domain/errors.ts';
import type { UserId } from '../../domain/ids.ts';
import type { Store } from '../../ports/store/store.ts';

/** Under which a database says which kind of money its books count. */
const KEY = 'kind_of_money';

/**
 * Makes sure that a database holds one kind of money alone, wherever SQLITE_PATH leads.
 * @throws AitraderError `CONFIG_INVALID` for the books of another kind
 */
export async function keepMoneyApart(
  store: Store,
  money: MoneyKind,
  { userId, now }: { readonly userId: UserId; readonly now: number },
): Promise<void> {
  const entry = await store.process.engineState(userId, KEY);
  if (entry?.value === money) return;
  if (entry !== null) {
    throw new AitraderError('CONFIG_INVALID', {
      variable: 'SQLITE_PATH',
      given: 'a database in use',
      problem: `its books count ${entry.value} money, and this run trades ${money} money`,
      allowed: 'a database of its own for each kind of money; without SQLITE_PATH each has one',
    });
  }
  await store.commit([{ kind: 'engine_state', entry: { userId, key: KEY, value: money, updatedAt: now } }], 'durable');
}
