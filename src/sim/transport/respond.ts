import { describeFailure } from '../../domain/errors.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Logger } from '../../ports/logger.ts';
import { refuse, VenueError } from '../venue-error.ts';
import type { Endpoint } from './endpoint.ts';
import type { Arrival, Gate } from './gate.ts';
import { Params } from './params.ts';
import { splitSignature } from './signature.ts';

/** A request as it came over the wire. */
export interface WireRequest {
  /** What stands behind the `?`. */
  readonly query: string;
  readonly body: string;
  readonly apiKey: string;
  readonly address: string;
}

/** An answer as it goes over the wire. */
export interface WireAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  /** JSON. */
  readonly body: string;
}

export interface Responder {
  readonly gate: Gate;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** The parts of a request that the gate judges. The signature may stand in the query or in the body. */
function arrivalOf(request: WireRequest): Arrival {
  const query = splitSignature(request.query);
  const body = splitSignature(request.body);
  return {
    params: Params.fromForm(query.payload, body.payload),
    apiKey: request.apiKey,
    payload: query.payload + body.payload,
    signature: query.signature ?? body.signature,
    address: request.address,
  };
}

/** Carries a request out. @returns the answer, null when the connection breaks before it */
export async function respond(parts: Responder, endpoint: Endpoint, request: WireRequest): Promise<WireAnswer | null> {
  const { gate, clock } = parts;
  try {
    const { answer, plan } = gate.carryOut(endpoint, arrivalOf(request));
    if (plan.delayMs > 0) await sleep(clock, plan.delayMs);
    if (plan.losesAnswer) return null;
    if (plan.after !== null) throw plan.after;
    return { status: 200, headers: limitHeaders(parts, endpoint, request), body: JSON.stringify(answer) };
  } catch (failure) {
    const refusal = refusalAnswer(parts.logger, failure);
    return { ...refusal, headers: { ...limitHeaders(parts, endpoint, request), ...refusal.headers } };
  }
}

/** Refusals with the venue's status and body. Anything else is a fault of this program: it is logged and told as -1000. */
export function refusalAnswer(logger: Logger, failure: unknown): WireAnswer {
  const isRefusal = failure instanceof VenueError;
  if (!isRefusal) logger.error('a request failed', { error: failure, reason: describeFailure(failure) });
  const refusal = isRefusal ? failure : refuse('UNKNOWN');
  return { status: refusal.status, headers: refusal.headers, body: JSON.stringify(refusal.body()) };
}

function limitHeaders({ gate, clock }: Responder, endpoint: Endpoint, { address }: WireRequest): WireAnswer['headers'] {
  return gate.limiter(endpoint.market, address).headers(clock.now(), (endpoint.orders ?? 0) > 0);
}

function sleep(clock: Clock, delayMs: number): Promise<void> {
  return new Promise((resolve) => clock.setTimer(delayMs, resolve));
}
