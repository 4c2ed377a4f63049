import type { OrderSide, TimeInForce } from '../../domain/order/order.ts';
import type { Atoms } from '../../matching/atoms.ts';
import { atoms } from '../../matching/atoms.ts';
import type { SelfTradePrevention } from '../../matching/venue-types.ts';
import type { Params } from '../transport/params.ts';
import { refuse } from '../venue-error.ts';

/** More decimals are refused before anything else. */
const MAX_DECIMALS = 8;
const TIMES_IN_FORCE: readonly TimeInForce[] = ['GTC', 'IOC', 'FOK'];
const PREVENTION: Readonly<Record<string, SelfTradePrevention>> = {
  NONE: 'none',
  EXPIRE_TAKER: 'expire_taker',
  EXPIRE_MAKER: 'expire_maker',
  EXPIRE_BOTH: 'expire_both',
};

/** An amount of a request, exact. @throws VenueError -1102 when missing, -1111 for more than eight decimals */
export function amountOf(params: Params, name: string): Atoms {
  const value = params.decimal(name);
  if (value.decimalPlaces() > MAX_DECIMALS) throw refuse('BAD_PRECISION', { parameter: name });
  return atoms(value);
}

export function optionalAmountOf(params: Params, name: string): Atoms | null {
  return params.has(name) ? amountOf(params, name) : null;
}

/** @throws VenueError -1117 */
export function sideOf(params: Params): OrderSide {
  const side = params.text('side');
  if (side !== 'BUY' && side !== 'SELL') throw refuse('BAD_SIDE');
  return side === 'BUY' ? 'buy' : 'sell';
}

/** @throws VenueError -1115 */
export function timeInForceOf(text: string): TimeInForce {
  const found = TIMES_IN_FORCE.find((known) => known === text);
  if (found === undefined) throw refuse('BAD_TIF');
  return found;
}

/** Who gives way when an order would meet another of the account; the venue's default is the resting one. */
export function preventionOf(params: Params): SelfTradePrevention {
  const mode = PREVENTION[params.optionalText('selfTradePreventionMode') ?? 'EXPIRE_MAKER'];
  if (mode === undefined) throw refuse('BAD_PARAMETER', { parameter: 'selfTradePreventionMode' });
  return mode;
}

/** The client's id, or one made here. @throws VenueError -1100 for characters that the venue does not take */
export function clientIdOf(
  params: Params,
  name: string,
  ids: { readonly pattern: RegExp; readonly next: () => string },
): string {
  const given = params.optionalText(name);
  if (given === null) return ids.next();
  if (!ids.pattern.test(given)) throw refuse('ILLEGAL_CHARS', { parameter: name, range: ids.pattern.source });
  return given;
}
