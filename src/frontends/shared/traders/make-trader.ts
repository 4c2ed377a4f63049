import type { TraderChange } from '../../../domain/command.ts';
import { AitraderError } from '../../../domain/errors.ts';
import type { Exits } from '../../../domain/exits.ts';
import type { Filter } from '../../../domain/filter.ts';
import { asId } from '../../../domain/ids.ts';
import type { TraderId } from '../../../domain/ids.ts';
import type { Trader } from '../../../domain/trader.ts';
import { tradersOf } from '../desk.ts';
import type { Desk } from '../desk.ts';
import { readParams } from './params.ts';
import type { ExitSettings, TraderSettings } from './settings.ts';
import { chosenSymbols } from './symbols.ts';

/**
 * A new trader of `filter`, running. What the settings leave out is as the desk's defaults and the filter say.
 * @throws AitraderError `TRADER_NAME_TAKEN`, `ARGUMENT_INVALID`, `SYMBOL_NOT_WATCHED`
 */
export async function makeTrader(desk: Desk, filter: Filter, settings: TraderSettings): Promise<Trader> {
  const { traderDefaults, userId, ids } = desk;
  const now = desk.now();
  return {
    id: asId<TraderId>(ids.next()),
    userId,
    portfolioId: null,
    name: settings.name === undefined ? await freeName(desk, filter.meta.name) : await ownName(desk, settings.name),
    filterId: filter.id,
    symbols: settings.symbols === undefined ? traderDefaults.symbols : chosenSymbols(desk, settings.symbols),
    schedule: settings.every ?? null,
    params: readParams(filter.meta.params, settings.params ?? {}),
    mode: settings.mode ?? 'auto',
    size: settings.size ?? { kind: 'quote', amount: traderDefaults.size },
    exits: settings.exits === undefined || settings.exits === null ? null : merged(filter.meta.exits, settings.exits),
    maxPositions: settings.maxPositions ?? null,
    cooldownMs: settings.cooldown ?? null,
    reverse: settings.reverse ?? false,
    state: { status: 'running' },
    createdAt: now,
    updatedAt: now,
  };
}

/**
 * The change that the settings ask for. Parameters and exits are changed one by one; the others of them stay.
 * @throws AitraderError as `makeTrader`; `ARGUMENT_INVALID` when nothing is to be changed
 */
export async function changeOf(
  desk: Desk,
  { trader, filter }: { readonly trader: Trader; readonly filter: Filter },
  settings: TraderSettings,
): Promise<TraderChange> {
  const { name, symbols, every, params, mode, size, exits, maxPositions, cooldown, reverse } = settings;
  const change: TraderChange = {
    ...(name !== undefined && name !== trader.name && { name: await ownName(desk, name) }),
    ...(symbols !== undefined && { symbols: chosenSymbols(desk, symbols) }),
    ...(every !== undefined && { schedule: every }),
    ...(params !== undefined && { params: { ...trader.params, ...readParams(filter.meta.params, params) } }),
    ...(mode !== undefined && { mode }),
    ...(size !== undefined && { size }),
    ...(exits !== undefined && { exits: exits && merged(trader.exits ?? filter.meta.exits, exits) }),
    ...(maxPositions !== undefined && { maxPositions }),
    ...(cooldown !== undefined && { cooldownMs: cooldown }),
    ...(reverse !== undefined && { reverse }),
  };
  if (Object.keys(settings).length > 0) return change;
  throw new AitraderError('ARGUMENT_INVALID', {
    name: 'the set of changes',
    given: 'empty',
    problem: 'nothing is to be changed',
    allowed: 'name, symbols, every, params, mode, size, exits, maxPositions, cooldown, reverse',
  });
}

function merged(before: Exits, settings: ExitSettings): Exits {
  const { stopLoss, takeProfit, trailing, breakEven, maxHold } = settings;
  return {
    stopLoss: stopLoss === undefined ? before.stopLoss : stopLoss,
    takeProfit: takeProfit ?? before.takeProfit,
    trailing: trailing === undefined ? before.trailing : trailing,
    breakEven: breakEven === undefined ? before.breakEven : breakEven,
    maxHoldMs: maxHold === undefined ? before.maxHoldMs : maxHold,
  };
}

async function takenNames(desk: Desk): Promise<ReadonlySet<string>> {
  return new Set((await tradersOf(desk)).map(({ name }) => name.toLowerCase()));
}

/** @throws AitraderError `TRADER_NAME_TAKEN` */
async function ownName(desk: Desk, name: string): Promise<string> {
  if (!(await takenNames(desk)).has(name.toLowerCase())) return name;
  throw new AitraderError('TRADER_NAME_TAKEN', { given: name });
}

/** The filter's name, with a number when a trader has it already. */
async function freeName(desk: Desk, name: string): Promise<string> {
  const taken = await takenNames(desk);
  for (let number = 1; ; number += 1) {
    const candidate = number === 1 ? name : `${name} ${number}`;
    if (!taken.has(candidate.toLowerCase())) return candidate;
  }
}
