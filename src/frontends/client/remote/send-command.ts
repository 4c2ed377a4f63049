import type { EngineCommand } from '../../../domain/command.ts';
import { formatLevel } from '../../../domain/levels.ts';
import type { Trader } from '../../../domain/trader.ts';
import { targetJson } from '../../shared/json/level-json.ts';
import { traderJson } from '../../shared/json/trader-json.ts';
import type { ApiClient } from '../client.ts';

/** What is known of the remote desk's traders, to say in full what a command changes. */
export interface KnownTraders {
  trader(id: string): Trader | undefined;
  filterName(id: string): string | undefined;
}

/**
 * Has the daemon carry a command out. Settles with its answer; the client sends it again, under one key, while none comes.
 * Rejects with what the client rejects with.
 */
export async function sendCommand(client: ApiClient, command: EngineCommand, known: KnownTraders): Promise<void> {
  switch (command.type) {
    case 'pause_opening':
      return ignore(client.pauseTrading({ reason: command.reason }));
    case 'resume_opening':
      return ignore(client.resumeTrading());
    case 'kill':
      return ignore(client.kill({ keepPositions: command.keepPositions, reason: command.reason }));
    case 'close_position':
      return ignore(client.closePosition({ id: command.positionId, fraction: command.fraction.toFixed() }));
    case 'change_protection':
      return ignore(client.protectPosition({ id: command.positionId, ...protectionArguments(command.change) }));
    case 'cancel_order':
      return ignore(client.cancelOrder({ id: command.orderId }));
    case 'approve_signal':
      return ignore(client.approveSignal({ id: command.signalId }));
    case 'reject_signal':
      return ignore(client.rejectSignal({ id: command.signalId, reason: command.reason }));
    case 'add_trader': {
      const filter = known.filterName(command.trader.filterId) ?? command.trader.filterId;
      return ignore(client.addTrader({ filter, ...settingsOf(command.trader) }));
    }
    case 'change_trader': {
      const { traderId, change } = command;
      const now = known.trader(traderId);
      const { exits = now?.exits ?? null, ...others } = change;
      const settings = now === undefined ? {} : settingsOf({ ...now, ...others, exits }, Object.keys(change));
      return ignore(client.changeTrader({ id: traderId, ...settings }));
    }
    case 'pause_trader':
      return ignore(client.pauseTrader({ id: command.traderId, reason: command.reason }));
    case 'resume_trader':
      return ignore(client.resumeTrader({ id: command.traderId }));
    case 'remove_trader':
      return ignore(client.removeTrader({ id: command.traderId }));
  }
}

/** The views tell what came of a command; of its answer only that it came is of use. */
async function ignore(answer: Promise<unknown>): Promise<void> {
  await answer;
}

function protectionArguments(change: Extract<EngineCommand, { type: 'change_protection' }>['change']) {
  const { stopLoss, takeProfit, trailing } = change;
  return {
    ...(stopLoss !== undefined && { stopLoss: formatLevel(stopLoss) }),
    ...(takeProfit !== undefined && { takeProfit: [...takeProfit.map(targetJson)] }),
    ...(trailing !== undefined && { trailing: trailing === null ? null : formatLevel(trailing) }),
  };
}

/** What the API calls the parts of a trader that can be set. */
const SETTING_NAMES: Readonly<Record<string, string>> = {
  ...{ name: 'name', symbols: 'symbols', schedule: 'every', params: 'params', mode: 'mode', size: 'size' },
  ...{ exits: 'exits', maxPositions: 'maxPositions', cooldownMs: 'cooldown', reverse: 'reverse' },
};

/** @param parts which of them, by the domain's names; all unless said */
function settingsOf(trader: Trader, parts: readonly string[] = Object.keys(SETTING_NAMES)): Record<string, unknown> {
  const wanted = new Set(parts.map((part) => SETTING_NAMES[part]));
  const json = traderJson(trader, { filter: null, funnel: null, nextCheckAt: null });
  return Object.fromEntries(Object.entries(json).filter(([name]) => wanted.has(name)));
}
