import type { bybit } from 'ccxt';

import { SECOND_MS } from '../../../../../domain/time.ts';
import type { ApiClient } from '../../connection/api-client.ts';
import type { RawAnswer, VenueProtocol } from '../../connection/api-client.ts';
import { JudgedRefusal } from '../../connection/failures.ts';
import { fieldsOf, isFields, optionalText } from '../../connection/fields.ts';
import { judged, JUDGED_PROTOCOL, judgedStatus } from '../venue-words.ts';
import type { RefusalTable } from '../venue-words.ts';

export type BybitClient = ApiClient<bybit>;

/** Requests carry this; the venue takes them no longer after their timestamp. */
export const RECV_WINDOW_MS = 5 * SECOND_MS;

/** https://bybit-exchange.github.io/docs/v5/error */
const MEANINGS: RefusalTable = {
  codes: {
    // The trading service is overloaded and has not taken the request.
    '429': 'wait',
    '10000': 'unknown',
    '10002': 'clock',
    '10003': 'keys',
    '10004': 'keys',
    '10005': 'permission',
    '10006': 'limit',
    '10007': 'keys',
    '10008': 'locked',
    '10009': 'locked',
    '10010': 'keys',
    '10016': 'unknown',
    '10018': 'limit',
    '10024': 'locked',
    '10027': 'locked',
    '10028': 'locked',
    '10429': 'limit',
    '33004': 'keys',
    // Not found, filled, cancelled.
    '110001': 'gone',
    '110008': 'gone',
    '110010': 'gone',
    '110017': 'nothing_to_reduce',
    '110043': 'unchanged',
    '110072': 'duplicate',
    // The order is being processed, try again later.
    '110079': 'wait',
    // The price of a conditional order has come already: rising, falling.
    '110092': 'would_trigger',
    '110093': 'would_trigger',
    '170007': 'unknown',
    '170146': 'unknown',
    '170147': 'unknown',
  },
  limitWaitMs: SECOND_MS,
  words: [
    ['10001', /position ?idx|position mode/i, 'hedge'],
    ['10001', /symbol.*(invalid|not exist)|not supported symbols/i, 'gone'],
  ],
};

/** `{"retCode":110001,"retMsg":"order not exists or too late to cancel","result":{},"time":1672211918471}`, mostly with HTTP 200 */
function refusalIn(answer: RawAnswer): JudgedRefusal | null {
  const { parsed, headers } = answer;
  const code = isFields(parsed) ? optionalText(parsed, 'retCode') : null;
  if (!isFields(parsed) || code === null) return forbidden(answer) ?? judgedStatus(answer);
  if (code === '0') return judgedStatus(answer);
  const resetMs = Number(headers['X-Bapi-Limit-Reset-Timestamp']) - Number(parsed['time']);
  const reason = optionalText(parsed, 'retMsg') ?? 'no reason given';
  return judged(answer, { code, reason, retryAfterMs: resetMs > 0 ? resetMs : null }, MEANINGS);
}

/** The address has asked too much, and is to wait for ten minutes: https://bybit-exchange.github.io/docs/v5/rate-limit */
function forbidden({ request, status, body }: RawAnswer): JudgedRefusal | null {
  if (status !== 403) return null;
  const reason = body.slice(0, 80);
  return new JudgedRefusal(request, { meaning: 'limit', code: 'HTTP_403', reason, retryAfterMs: 600 * SECOND_MS });
}

export const BYBIT_PROTOCOL: VenueProtocol = {
  ...JUDGED_PROTOCOL,
  clock: { method: 'publicGetV5MarketTime', params: {}, read: (answer) => Number(fieldsOf(answer)['time']) },
  judge: refusalIn,
};
