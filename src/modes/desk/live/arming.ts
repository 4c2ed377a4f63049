import type { Interface } from 'node:readline/promises';
import { createInterface } from 'node:readline/promises';

import type { Config } from '../../../config/config.ts';
import { AitraderError } from '../../../domain/errors.ts';

/** Where the user is asked. */
export interface Terminal {
  readonly input: NodeJS.ReadStream;
  readonly output: NodeJS.WriteStream;
}

/**
 * Trading with real money begins with a deed of its own: at a terminal the account's name is typed, elsewhere LIVE_CONFIRM
 * holds it.
 * @param terminal null where nobody can be asked
 * @throws AitraderError `LIVE_NOT_ARMED`
 */
export async function armLive({ accountId, exchange }: Config, terminal: Terminal | null): Promise<void> {
  const given = terminal === null ? exchange.liveConfirm : await typedName(terminal, { accountId, exchange });
  if (given === accountId) return;
  throw new AitraderError('LIVE_NOT_ARMED', { problem: problemOf(given, terminal !== null), account: accountId });
}

function problemOf(given: string | null, isTyped: boolean): string {
  if (given === null) return isTyped ? 'no name was typed' : 'LIVE_CONFIRM is not set';
  return isTyped ? `"${given}" was typed` : `LIVE_CONFIRM is "${given}"`;
}

async function typedName(
  { input, output }: Terminal,
  { accountId, exchange }: Pick<Config, 'accountId' | 'exchange'>,
): Promise<string | null> {
  const { venue, environment, market } = exchange;
  const where = venue === 'binance' ? `binance ${environment} · ${market}` : `${venue}, experimental · ${market}`;
  const lines = createInterface({ input, output, terminal: true });
  try {
    const ended = new Promise<null>((resolve) => lines.once('close', () => resolve(null)));
    return await Promise.race([askedFor(lines, `LIVE REAL MONEY · ${where}\nType "${accountId}" to trade: `), ended]);
  } finally {
    lines.close();
  }
}

async function askedFor(lines: Interface, question: string): Promise<string | null> {
  // Rejects when the terminal is closed; whoever waits for that hears of it first.
  return lines.question(question).then(
    (answer) => answer.trim(),
    () => null,
  );
}
