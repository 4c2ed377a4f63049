import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { fastify } from 'fastify';

import { describeFailure } from '../../domain/errors.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Logger } from '../../ports/logger.ts';
import { refuse, VenueError } from '../venue-error.ts';
import type { Endpoint } from './endpoint.ts';
import type { Arrival, Gate } from './gate.ts';
import { Params } from './params.ts';
import { splitSignature } from './signature.ts';

const MAX_BODY_BYTES = 1_000_000;
const JSON_TYPE = 'application/json;charset=UTF-8';

export interface HttpServerOptions {
  readonly gate: Gate;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly endpoints: readonly Endpoint[];
}

function queryOf(request: FastifyRequest): string {
  const url = request.raw.url ?? '';
  const start = url.indexOf('?');
  return start < 0 ? '' : url.slice(start + 1);
}

/** The parts of a request that the gate judges. The signature may stand in the query or in the body. */
function arrivalOf(request: FastifyRequest): Arrival {
  const query = splitSignature(queryOf(request));
  const body = splitSignature(typeof request.body === 'string' ? request.body : '');
  const key = request.headers['x-mbx-apikey'];
  return {
    params: Params.fromForm(query.payload, body.payload),
    apiKey: typeof key === 'string' ? key : '',
    payload: query.payload + body.payload,
    signature: query.signature ?? body.signature,
    address: request.ip,
  };
}

/** Waits on the clock; used to delay answers. */
function sleep(clock: Clock, delayMs: number): Promise<void> {
  return new Promise((resolve) => clock.setTimer(delayMs, resolve));
}

/** The HTTP side of the venue: routes from the table of endpoints, refusals as the venue gives them. */
export function createHttpServer(options: HttpServerOptions): FastifyInstance {
  const app = fastify({ bodyLimit: MAX_BODY_BYTES, forceCloseConnections: true });
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('*', { parseAs: 'string' }, (_request, body, done) => done(null, body));
  for (const endpoint of options.endpoints) {
    const { method, path: url } = endpoint;
    app.route({ method, url, handler: (request, reply) => answer(options, endpoint, { request, reply }) });
  }
  app.setNotFoundHandler((request, reply) => {
    const { status, ...rest } = refuse('NOT_FOUND', { path: request.url, method: request.method });
    return reply
      .code(status)
      .type(JSON_TYPE)
      .send({ code: rest.code, msg: `Path ${request.url}, Method ${request.method} is invalid` });
  });
  app.setErrorHandler((failure, _request, reply) => sendFailure(options, reply, failure));
  return app;
}

interface Exchange {
  readonly request: FastifyRequest;
  readonly reply: FastifyReply;
}

async function answer(options: HttpServerOptions, endpoint: Endpoint, { request, reply }: Exchange): Promise<unknown> {
  const { gate, clock } = options;
  const arrival = arrivalOf(request);
  try {
    const outcome = gate.carryOut(endpoint, arrival);
    if (outcome.plan.delayMs > 0) await sleep(clock, outcome.plan.delayMs);
    if (outcome.plan.losesAnswer) {
      reply.hijack();
      request.raw.socket.destroy();
      return undefined;
    }
    addHeaders(options, endpoint, { request, reply });
    if (outcome.plan.after !== null) throw outcome.plan.after;
    return await reply.type(JSON_TYPE).send(JSON.stringify(outcome.answer));
  } catch (failure) {
    addHeaders(options, endpoint, { request, reply });
    return sendFailure(options, reply, failure);
  }
}

function addHeaders({ gate, clock }: HttpServerOptions, endpoint: Endpoint, { request, reply }: Exchange): void {
  const limiter = gate.limiter(endpoint.market, request.ip);
  const headers = limiter.headers(clock.now(), (endpoint.orders ?? 0) > 0);
  reply.headers(headers);
}

/** Refusals with the venue's status and body. Anything else is a fault of this program: it is logged and told as -1000. */
function sendFailure({ logger }: HttpServerOptions, reply: FastifyReply, failure: unknown): FastifyReply {
  const isRefusal = failure instanceof VenueError;
  if (!isRefusal) logger.error('a request failed', { error: failure, reason: describeFailure(failure) });
  const refusal = isRefusal ? failure : refuse('UNKNOWN');
  return reply.code(refusal.status).headers(refusal.headers).type(JSON_TYPE).send(JSON.stringify(refusal.body()));
}
