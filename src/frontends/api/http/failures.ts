import { AitraderError, describeFailure } from '../../../domain/errors.ts';
import type { ErrorCode } from '../../../domain/errors.ts';
import type { ErrorForm } from '../../shared/wire/forms.ts';

/** Codes whose HTTP status does not follow from whose fault it is. Other refusals are a 409: the desk stands otherwise. */
const STATUS_BY_CODE: Partial<Record<ErrorCode, number>> = {
  AMBIGUOUS: 409,
  API_REQUEST_REFUSED: 400,
  ARGUMENT_INVALID: 400,
  CHANNEL_UNKNOWN: 400,
  FILTER_REFUSED: 422,
  IDEMPOTENCY_KEY_REUSED: 422,
  LEVEL_INVALID: 400,
  NOT_FOUND: 404,
  RATE_LIMITED: 429,
  ROUTE_UNKNOWN: 404,
  SYMBOL_NOT_WATCHED: 404,
  SYMBOL_UNKNOWN: 404,
  TOO_MANY_WEBSOCKETS: 429,
  UNAUTHORIZED: 401,
  EXCHANGE_UNREACHABLE: 502,
};

/** What is answered in place of what was asked for. */
export interface Failure {
  readonly status: number;
  readonly error: AitraderError;
}

/** Faults of a request that the HTTP library finds, in our words. Its own words may quote what was sent. */
const REFUSED: Readonly<Record<string, readonly [status: number, problem: string, remedy: string]>> = {
  FST_ERR_CTP_BODY_TOO_LARGE: [413, 'its body is too large', 'Send a smaller one.'],
  FST_ERR_CTP_INVALID_MEDIA_TYPE: [415, 'its body is of another type', 'Send `Content-Type: application/json`.'],
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: [400, 'its Content-Length is not that of the body', 'Send the whole body.'],
  FST_ERR_CTP_INVALID_JSON_BODY: [400, 'its body is no JSON', 'Send one JSON object, or no body at all.'],
  FST_ERR_BAD_URL: [400, 'its path cannot be read', 'Encode special characters of the path.'],
  FST_ERR_MAX_LIMIT_PARAMS: [414, 'a part of its path is too long', 'Ids have 24 characters.'],
  FST_ERR_ROUTE_MAX_PARAM_LENGTH: [414, 'a part of its path is too long', 'Ids have 24 characters.'],
};

/** The answer to a failure of any kind; of one that nobody foresaw it says nothing but that it was noted. */
export function failureOf(failure: unknown): Failure {
  if (failure instanceof AitraderError) {
    const { code, fault } = failure;
    return { status: STATUS_BY_CODE[code] ?? (fault === 'user' ? 409 : 503), error: failure };
  }
  const { code = '', statusCode = 500 } = failure as { readonly code?: string; readonly statusCode?: number };
  const known = REFUSED[code];
  if (known !== undefined) return refused(known[0], known[1], known[2]);
  if (statusCode >= 400 && statusCode < 500) {
    return refused(statusCode, 'it is no request that the API understands', 'GET /openapi.json says what it takes.');
  }
  const problem = 'it was written to the log under the id of the request';
  return { status: 500, error: new AitraderError('INTERNAL', { problem }, { cause: failure }) };
}

function refused(status: number, problem: string, remedy: string): Failure {
  return { status, error: new AitraderError('API_REQUEST_REFUSED', { problem, remedy }) };
}

export function errorJson({ code, message, hint }: AitraderError): ErrorForm {
  return { error: { code, message, hint } };
}

/** For the log: what is known of a failure that is answered with a 5xx. */
export function causeOf(failure: unknown): string {
  return describeFailure(failure);
}
