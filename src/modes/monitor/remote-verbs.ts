import { AitraderError } from '../../domain/errors.ts';
import type { ApiClient } from '../../frontends/client/client.ts';
import { commandFailure } from '../../frontends/client/remote/refusal.ts';
import { verbNamed } from '../../frontends/shared/verbs/catalogue.ts';
import type { VerbName } from '../../frontends/shared/verbs/catalogue.ts';
import type { OperationName } from '../../frontends/shared/wire/routes.ts';

/** The operation of the API that a verb is. Their answers have the same fields. */
const OPERATIONS: Readonly<Record<Exclude<VerbName, 'stop'>, OperationName>> = {
  status: 'status',
  signals: 'signals',
  orders: 'orders',
  positions: 'positions',
  trades: 'trades',
  journal: 'journal',
  balance: 'balances',
  stats: 'stats',
  traders: 'traders',
  'trader.show': 'trader',
  'trader.add': 'addTrader',
  'trader.set': 'changeTrader',
  'trader.pause': 'pauseTrader',
  'trader.resume': 'resumeTrader',
  'trader.remove': 'removeTrader',
  pause: 'pauseTrading',
  resume: 'resumeTrading',
  kill: 'kill',
  close: 'closePosition',
  protect: 'protectPosition',
  cancel: 'cancelOrder',
  approve: 'approveSignal',
  reject: 'rejectSignal',
};

/**
 * Asks a daemon what a verb of the command line asks a running desk. The arguments are checked here first, so that what is
 * wrong with them is said at once.
 * @throws AitraderError `ARGUMENT_INVALID`, `NOT_AVAILABLE`, and what the client throws
 */
export async function askRemote(
  client: ApiClient,
  verb: string,
  args: Readonly<Record<string, unknown>>,
): Promise<unknown> {
  verbNamed(verb).call(args);
  if (verb === 'stop') {
    const instead = 'End it where it runs: `aitrader stop`, or by its supervisor. `kill` closes everything from here.';
    throw new AitraderError('NOT_AVAILABLE', { what: 'ending a daemon from a monitor', instead });
  }
  const operation = OPERATIONS[verb as keyof typeof OPERATIONS];
  const { trader, ...others } = args;
  const call = client[operation] as (given: Readonly<Record<string, unknown>>) => Promise<unknown>;
  // The path of the API calls every subject its id.
  try {
    return await call(trader === undefined ? others : { ...others, id: trader });
  } catch (failure) {
    throw commandFailure(failure);
  }
}
