import type { okx } from 'ccxt';

import { SECOND_MS } from '../../../../../domain/time.ts';
import type { ApiClient, RawAnswer, VenueProtocol } from '../../connection/api-client.ts';
import type { JudgedRefusal } from '../../connection/failures.ts';
import { fieldsOf, isFields, integerOf, listOf, optionalText } from '../../connection/fields.ts';
import { judged, JUDGED_PROTOCOL, judgedStatus } from '../venue-words.ts';
import type { RefusalTable } from '../venue-words.ts';

export type OkxClient = ApiClient<okx>;

/** The venue takes a request up to so long after its timestamp. */
export const ARRIVES_WITHIN_MS = 30 * SECOND_MS;
/** Orders say themselves how long they may be taken, which conditional ones cannot. */
const ORDER_WINDOW_MS = 5 * SECOND_MS;

/** https://www.okx.com/docs-v5/en/#error-code */
const MEANINGS: RefusalTable = {
  codes: {
    '50001': 'wait',
    '50004': 'unknown',
    '50005': 'unknown',
    '50007': 'locked',
    '50008': 'keys',
    '50009': 'locked',
    '50011': 'limit',
    '50012': 'locked',
    '50013': 'unknown',
    '50026': 'unknown',
    '50027': 'locked',
    '50061': 'wait',
    '50100': 'keys',
    '50101': 'keys',
    '50102': 'clock',
    '50103': 'keys',
    '50104': 'keys',
    '50105': 'keys',
    '50106': 'keys',
    '50107': 'keys',
    '50110': 'keys',
    '50111': 'keys',
    '50112': 'clock',
    '50113': 'keys',
    '50114': 'keys',
    '50119': 'keys',
    '50120': 'permission',
    // No such instrument.
    '51001': 'gone',
    // The account is in spot mode.
    '51010': 'locked',
    '51011': 'duplicate',
    '51016': 'duplicate',
    '51065': 'duplicate',
    // Nothing to close or reduce in this direction.
    '51112': 'nothing_to_reduce',
    '51169': 'nothing_to_reduce',
    '51170': 'nothing_to_reduce',
    '51205': 'nothing_to_reduce',
    // The last price has passed the trigger of a target, of a stop.
    '51277': 'would_trigger',
    '51278': 'would_trigger',
    '51279': 'would_trigger',
    '51280': 'would_trigger',
    // Does not exist, cancelled, completed.
    '51400': 'gone',
    '51401': 'gone',
    '51402': 'gone',
    '51410': 'wait',
    '51603': 'gone',
  },
  limitWaitMs: 2 * SECOND_MS,
  words: [['51000', /posSide/i, 'hedge']],
};

/** `{"code":"1","data":[{"sCode":"51119","sMsg":"..."}],"msg":""}`: the code of an order stands with it. */
function refusalIn(answer: RawAnswer): JudgedRefusal | null {
  const { parsed } = answer;
  const code = isFields(parsed) ? optionalText(parsed, 'code') : null;
  if (!isFields(parsed) || code === null) return judgedStatus(answer);
  const rows = Array.isArray(parsed['data']) ? (parsed['data'] as unknown[]) : [];
  const failed = rows.filter(isFields).find((row) => (optionalText(row, 'sCode') ?? '0') !== '0');
  if (failed !== undefined) {
    const [own, reason] = [optionalText(failed, 'sCode') ?? code, optionalText(failed, 'sMsg') ?? 'no reason given'];
    return judged(answer, { code: own, reason }, MEANINGS);
  }
  if (code === '0') return judgedStatus(answer);
  return judged(answer, { code, reason: optionalText(parsed, 'msg') ?? 'no reason given' }, MEANINGS);
}

export const OKX_PROTOCOL: VenueProtocol = {
  ...JUDGED_PROTOCOL,
  clock: {
    method: 'publicGetPublicTime',
    params: {},
    read(answer) {
      const [row] = listOf(fieldsOf(answer)['data']);
      return integerOf(row ?? {}, 'ts');
    },
  },
  judge: refusalIn,
  headers(venueNow, request): Record<string, string> {
    return request === 'trade/order' ? { expTime: String(Math.round(venueNow + ORDER_WINDOW_MS)) } : {};
  },
};
