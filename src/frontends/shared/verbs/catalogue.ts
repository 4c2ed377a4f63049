import { AitraderError } from '../../../domain/errors.ts';
import { nearest } from '../../../lib/nearest.ts';
import { ACTIONS } from './actions.ts';
import { LISTS } from './lists.ts';
import { STATS } from './stats.ts';
import { STATUS } from './status.ts';
import { TRADERS } from './traders.ts';
import type { Verb } from './verb.ts';

const CATALOGUE = { ...STATUS, ...LISTS, ...STATS, ...TRADERS, ...ACTIONS };

export type VerbName = keyof typeof CATALOGUE;

/**
 * Everything that can be asked of the desk, under its name.
 * @throws AitraderError `CONTROL_REQUEST_REFUSED` for any other name
 */
export function verbNamed(name: string): Verb {
  if (Object.hasOwn(CATALOGUE, name)) return CATALOGUE[name as VerbName];
  const names = Object.keys(CATALOGUE);
  const near = nearest(name, names);
  throw new AitraderError('CONTROL_REQUEST_REFUSED', {
    problem: `no verb '${name.slice(0, 60)}'`,
    remedy: `Verbs are ${(near.length > 0 ? near : names).join(', ')}.`,
  });
}
