import { z } from 'zod';

import { AitraderError } from '../../../domain/errors.ts';
import type { Filter } from '../../../domain/filter.ts';
import type { FilterId } from '../../../domain/ids.ts';
import type { Trader } from '../../../domain/trader.ts';
import { Turns } from '../../../lib/turns.ts';
import { execute, tradersOf } from '../desk.ts';
import type { Desk } from '../desk.ts';
import { traderJson } from '../json/trader-json.ts';
import type { TraderJson } from '../json/trader-json.ts';
import { filterFor } from '../traders/filters.ts';
import type { FilterCode } from '../traders/filters.ts';
import { changeOf, makeTrader } from '../traders/make-trader.ts';
import { traderSettings } from '../traders/settings.ts';
import type { TraderSettings } from '../traders/settings.ts';
import { findOne } from './find.ts';
import { lookingVerb, settingVerb, shortText } from './verb.ts';

/** The traders with what the running engine knows of them. */
async function filterNames(desk: Desk): Promise<ReadonlyMap<FilterId, string>> {
  return new Map((await desk.store.filters.list(desk.userId)).map(({ id, name }) => [id, name]));
}

async function traders(desk: Desk): Promise<readonly TraderJson[]> {
  const filters = await filterNames(desk);
  const filterName = (id: FilterId): string | null => filters.get(id) ?? null;
  if (desk.running !== null) {
    return desk.running.engine
      .traders()
      .map(({ trader, funnel, nextCheckAt }) =>
        traderJson(trader, { filter: filterName(trader.filterId), funnel, nextCheckAt }),
      );
  }
  const stored = await desk.store.traders.list(desk.userId);
  return stored.map((trader) =>
    traderJson(trader, { filter: filterName(trader.filterId), funnel: null, nextCheckAt: null }),
  );
}

/** A trader is called by its name or by its filter's, when no other has the same. */
async function findTrader(desk: Desk, given: string): Promise<Trader> {
  const filters = await filterNames(desk);
  return findOne(await tradersOf(desk), given, {
    what: 'trader',
    idOf: ({ id }) => id,
    alsoCalled: ({ name, filterId }) => [name, filters.get(filterId) ?? name],
    remedy: '`aitrader traders` lists them.',
  });
}

/** @throws AitraderError `NOT_FOUND` when it was removed in the meantime */
async function show(desk: Desk, id: string): Promise<TraderJson> {
  const found = (await traders(desk)).find((trader) => trader.id === id);
  if (found !== undefined) return found;
  throw new AitraderError('NOT_FOUND', { what: 'trader', given: id, remedy: '`aitrader traders` lists them.' });
}

/** Names of filters and traders are looked for and then taken: two at once would take the same. */
const naming = new Turns();

async function add(desk: Desk, args: TraderSettings & { readonly filter: FilterCode | string }): Promise<TraderJson> {
  const { filter: given, ...settings } = args;
  const trader = await naming.take(desk, async () => {
    const filter = await filterFor(desk, given);
    const made = await makeTrader(desk, filter, settings);
    await execute(desk, { type: 'add_trader', trader: made });
    return made;
  });
  return show(desk, trader.id);
}

/** @throws AitraderError `NOT_FOUND` when the filter of a trader is gone, which the store does not allow */
async function filterOf(desk: Desk, { filterId }: Trader): Promise<Filter> {
  const filter = await desk.store.filters.get(desk.userId, filterId);
  if (filter !== null) return filter;
  throw new AitraderError('NOT_FOUND', { what: 'filter', given: filterId, remedy: 'Add the trader again.' });
}

async function set(desk: Desk, args: TraderSettings & { readonly trader: string }): Promise<TraderJson> {
  const { trader: given, ...settings } = args;
  const trader = await findTrader(desk, given);
  await naming.take(desk, async () => {
    const change = await changeOf(desk, { trader, filter: await filterOf(desk, trader) }, settings);
    await execute(desk, { type: 'change_trader', traderId: trader.id, change });
  });
  return show(desk, trader.id);
}

async function pause(desk: Desk, args: { readonly trader: string; readonly reason: string }): Promise<TraderJson> {
  const { id } = await findTrader(desk, args.trader);
  await execute(desk, { type: 'pause_trader', traderId: id, reason: args.reason });
  return show(desk, id);
}

async function resume(desk: Desk, args: { readonly trader: string }): Promise<TraderJson> {
  const { id } = await findTrader(desk, args.trader);
  await execute(desk, { type: 'resume_trader', traderId: id });
  return show(desk, id);
}

/** The trader as it was. */
async function remove(desk: Desk, args: { readonly trader: string }): Promise<TraderJson> {
  const { id } = await findTrader(desk, args.trader);
  const removed = await show(desk, id);
  await execute(desk, { type: 'remove_trader', traderId: id });
  return removed;
}

/** Longer than any filter may be: the sandbox says what is too long. */
const MOST_SOURCE_CHARACTERS = 65_536;
const filterArgument = z.union(
  [
    shortText,
    z.strictObject({
      name: z.string().regex(/^[^/\p{Cc}\p{Cs}]{1,80}$/u, 'a name of 1 to 80 printable characters without /'),
      source: z.string().max(MOST_SOURCE_CHARACTERS),
      origin: z.enum(['shipped', 'file', 'database']).default('database'),
    }),
  ],
  'the name of a stored filter, or {name, source}',
);

/** What the verbs about traders take besides the trader that they are about. */
export const TRADER_BODIES = {
  add: z.strictObject({ filter: filterArgument, ...traderSettings }),
  set: z.strictObject(traderSettings),
  pause: z.strictObject({ reason: shortText.default('paused by the user') }),
};

const byTrader = { trader: shortText };
const oneTrader = z.strictObject(byTrader);

export const TRADERS = {
  traders: lookingVerb({ args: z.strictObject({}), run: traders }),
  'trader.show': lookingVerb({
    args: oneTrader,
    run: async (desk, args) => show(desk, (await findTrader(desk, args.trader)).id),
  }),
  'trader.add': settingVerb({ args: TRADER_BODIES.add, run: add }),
  'trader.set': settingVerb({ args: TRADER_BODIES.set.extend(byTrader), run: set }),
  'trader.pause': settingVerb({ args: TRADER_BODIES.pause.extend(byTrader), run: pause }),
  'trader.resume': settingVerb({ args: oneTrader, run: resume }),
  'trader.remove': settingVerb({ args: oneTrader, run: remove }),
};
