import { createHash } from 'node:crypto';
import type { Account } from '../../../domain/account.ts';
import { AitraderError } from '../../../domain/errors.ts';
import type { VenueState } from '../../../matching/venue-types.ts';
import type { PaidFunding } from './paid-funding.ts';
import type { PaperOrder } from './paper-orders.ts';
import { decode } from './tagged-json.ts';

const VERSION = 1;

/** Everything of a paper account that survives a restart. */
export interface SavedState {
  readonly venue: VenueState;
  /** Ended orders, then working ones, each oldest first. */
  readonly orders: readonly PaperOrder[];
  readonly funding: readonly PaidFunding[];
  /** Futures symbols whose leverage was set. */
  readonly configured: readonly string[];
}

function checksum(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

/** @param state JSON of a SavedState as `encode` writes it */
export function savedText({ id, market }: Account, state: string): string {
  return `${JSON.stringify({ format: 'aitrader-paper-account', version: VERSION, account: id, market, checksum: checksum(state) }).slice(0, -1)},"state":${state}}`;
}

const SAVED =
  /^\{"format":"aitrader-paper-account","version":(\d+),"account":("(?:[^"\\]|\\.)*"),"market":"(\w+)","checksum":"(\w+)","state":(.*)\}$/s;

/**
 * Reads back what `savedText` made. The checksum vouches for the structure: what was changed since is refused as a whole.
 * @throws AitraderError `ROW_INVALID` for a text that is damaged, newer than this program, or another account's
 */
export function readSaved(account: Account, text: string): SavedState {
  const [, version, id, market, sum, state] = SAVED.exec(text) ?? [];
  if (version === undefined || id === undefined || state === undefined) {
    throw invalid(account, 'it is not what a paper account writes');
  }
  if (Number(version) !== VERSION) {
    throw invalid(account, `it has version ${version}, this program reads version ${VERSION}`);
  }
  if (checksum(state) !== sum) throw invalid(account, 'its checksum does not fit: it was changed or cut off');
  if (JSON.parse(id) !== account.id || market !== account.market) {
    throw invalid(account, `it belongs to account ${id} on the ${market} market`);
  }
  return decode(state) as SavedState;
}

/** A saved state that this account cannot go on from. */
export function invalid(account: Account, problem: string): AitraderError {
  return new AitraderError('ROW_INVALID', { entity: 'the paper account', id: account.id, problem });
}
