import type { Market } from '../../../domain/instrument.ts';
import { AitraderError, describeFailure } from '../../../domain/errors.ts';
import type { VenueSymbol } from '../../../domain/ids.ts';
import { WeightBudget } from '../../../lib/weight-budget.ts';
import { NotSent, VenueRefusal } from './connection/failures.ts';
import type { Fields } from './connection/fields.ts';
import { fieldsOf } from './connection/fields.ts';
import { failedOutcome } from './connection/outcome.ts';
import { openVenueClient } from './connection/venue-client.ts';
import type { ClientOptions, VenueClient } from './connection/venue-client.ts';

const QUESTION = { weight: 20, priority: 'question' } as const;
const WEIGHT_PER_MINUTE = 1_000;

/** Codes of https://developers.binance.com/docs/binance-spot-api-docs/errors and of its futures page. */
const KEYS_REFUSED: ReadonlySet<number | null> = new Set([-1002, -1022, -2008, -2014]);
const KEY_OR_PERMISSION = -2015;
const BAD_TIMESTAMP = -1021;
/** In liquidation; may only reduce; may not trade. */
const ACCOUNT_LOCKED: ReadonlySet<number | null> = new Set([-2023, -4087, -4088, -4400]);
const PERMISSION: Readonly<Record<Market, string>> = {
  spot: '"Enable Spot & Margin Trading"',
  futures: '"Enable Futures"',
};

export interface AccountCheckOptions extends Omit<ClientOptions, 'budget'> {
  /** Shared with all who ask the venue from this address. Default: one of its own. */
  readonly budget?: WeightBudget;
}

/** What a key may do besides looking; null: the venue does not say it here. */
export interface KeyRights {
  readonly mayWithdraw: boolean;
  readonly isBoundToAddresses: boolean;
}

/**
 * Finds out before the first order whether the key is known, may trade, and finds the account as the program needs it. Nothing
 * is changed: the one order is sent where the venue only looks at it.
 * @param symbol any that trades on the account's market
 * @throws AitraderError `KEYS_REFUSED`, `KEY_NOT_PERMITTED`, `CLOCK_REFUSED`, `ACCOUNT_LOCKED`, `HEDGE_MODE`,
 *   `EXCHANGE_UNREACHABLE`
 */
export async function checkAccount(options: AccountCheckOptions, symbol: VenueSymbol): Promise<void> {
  const { venue, market } = options.account;
  const client = clientOf(options);
  const fault = (failure: unknown): AitraderError | null => faultOf(failure, venue, client.hasMeasuredClock);
  const account = await lookAt(client, market).catch((failure: unknown) => {
    throw fault(failure) ?? unreachable(failure, venue);
  });
  if (account['canTrade'] === false) throw new AitraderError('ACCOUNT_LOCKED', { venue, problem: 'canTrade is false' });
  if (account['dualSidePosition'] === true) throw new AitraderError('HEDGE_MODE', { venue });
  await tryOrder(client, market, symbol).catch((failure: unknown) => {
    // The key was good for looking.
    if (failure instanceof VenueRefusal && failure.code === KEY_OR_PERMISSION) {
      const problem = describeFailure(failure);
      throw new AitraderError('KEY_NOT_PERMITTED', { venue, market, problem, permission: PERMISSION[market] });
    }
    const found = fault(failure);
    if (found !== null) throw found;
    // What is wrong with the order itself does not matter: the venue looks at key and account first.
    if (failedOutcome(failure, 0).kind !== 'refused') throw unreachable(failure, venue);
  });
}

/**
 * What else the key may do.
 * @param options their hosts are those of the spot market, where the venue tells it for all markets
 */
export async function keyRights(options: AccountCheckOptions): Promise<KeyRights | null> {
  try {
    const rights = fieldsOf(await clientOf(options).call('sapiGetAccountApiRestrictions', {}, QUESTION));
    return { mayWithdraw: rights['enableWithdrawals'] === true, isBoundToAddresses: rights['ipRestrict'] === true };
  } catch {
    // The demo environment and the testnet have no such question.
    return null;
  }
}

function clientOf(options: AccountCheckOptions): VenueClient {
  return openVenueClient({ ...options, budget: options.budget ?? new WeightBudget(options.clock, WEIGHT_PER_MINUTE) });
}

async function lookAt(client: VenueClient, market: Market): Promise<Fields> {
  return market === 'spot'
    ? fieldsOf(await client.call('privateGetAccount', { omitZeroBalances: true }, QUESTION))
    : fieldsOf(await client.call('fapiPrivateGetAccountConfig', {}, QUESTION));
}

/** An order that the venue looks at and does not carry out. */
async function tryOrder(client: VenueClient, market: Market, symbol: VenueSymbol): Promise<void> {
  const order = { symbol, side: 'BUY', type: 'MARKET', quantity: '1' };
  await client.call(market === 'spot' ? 'privatePostOrderTest' : 'fapiPrivatePostOrderTest', order, QUESTION);
}

/**
 * What is wrong with key, clock or account; null when it is something else.
 * @param isClockKnown false: the venue did not say its time, so that a clock which is off could not be made up for
 */
function faultOf(failure: unknown, venue: string, isClockKnown: boolean): AitraderError | null {
  const problem = describeFailure(failure);
  // With a key that is no key, nothing can be signed.
  const isUnsigned = failure instanceof NotSent && failure.retryAfterMs === null;
  if (isUnsigned) return new AitraderError('KEYS_REFUSED', { venue, problem });
  if (!(failure instanceof VenueRefusal)) return null;
  const { code } = failure;
  if (KEYS_REFUSED.has(code) || code === KEY_OR_PERMISSION)
    return new AitraderError('KEYS_REFUSED', { venue, problem });
  if (code === BAD_TIMESTAMP) return isClockKnown ? new AitraderError('CLOCK_REFUSED', { venue, problem }) : null;
  return ACCOUNT_LOCKED.has(code) ? new AitraderError('ACCOUNT_LOCKED', { venue, problem }) : null;
}

function unreachable(failure: unknown, venue: string): AitraderError {
  return new AitraderError('EXCHANGE_UNREACHABLE', { venue, problem: describeFailure(failure) }, { cause: failure });
}
