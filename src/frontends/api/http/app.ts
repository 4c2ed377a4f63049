import { randomUUID } from 'node:crypto';
import type { Socket } from 'node:net';

import fastify from 'fastify';
import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';

import { AitraderError } from '../../../domain/errors.ts';
import type { Logger } from '../../../ports/logger.ts';
import type { ApiLimits } from '../options.ts';
import { causeOf, errorJson, failureOf } from './failures.ts';

const JSON_TYPE = 'application/json; charset=utf-8';

/** For clients that are browsers after all: nothing of this is a page, and nobody may show or keep it. */
const HEADERS = {
  'cache-control': 'no-store',
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
  'cross-origin-resource-policy': 'same-origin',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
};

const LONGEST_PARAM = 200;
const LONGEST_PATH = 100;

/** The path that was asked for, without a query: that may hold a token. */
function pathOf(request: FastifyRequest): string {
  return (request.raw.url ?? '').split('?', 1)[0]?.slice(0, LONGEST_PATH) ?? '';
}

export function sendJson(reply: FastifyReply, value: unknown): FastifyReply {
  return reply.type(JSON_TYPE).send(typeof value === 'string' ? value : JSON.stringify(value));
}

function answerFailure(logger: Logger, failure: unknown, { request, reply }: Exchange): FastifyReply {
  const { status, error } = failureOf(failure);
  if (status >= 500) {
    logger.error('a request failed', {
      requestId: request.id,
      path: pathOf(request),
      cause: causeOf(failure),
      error: failure,
    });
  }
  if (status === 429) void reply.header('retry-after', error.context['seconds'] ?? 1);
  if (status === 401) void reply.header('www-authenticate', 'Bearer');
  return sendJson(reply.code(status), errorJson(error));
}

interface Exchange {
  readonly request: FastifyRequest;
  readonly reply: FastifyReply;
}

/** What is no HTTP at all is told so, as plainly as that can be done, and cut off. */
function answerNoise(error: NodeJS.ErrnoException, socket: Socket): void {
  if (socket.destroyed || !socket.writable || error.code === 'ECONNRESET') return void socket.destroy();
  const isTooLong = error.code === 'HPE_HEADER_OVERFLOW';
  const status = isTooLong ? '431 Request Header Fields Too Large' : '400 Bad Request';
  const refusal = new AitraderError('API_REQUEST_REFUSED', {
    problem: isTooLong ? 'its headers are too long' : 'it is no HTTP, or did not arrive in time',
    remedy: 'GET /openapi.json says what the API takes.',
  });
  const body = JSON.stringify(errorJson(refusal));
  const head = [`HTTP/1.1 ${status}`, `content-type: ${JSON_TYPE}`, `content-length: ${Buffer.byteLength(body)}`];
  socket.end(`${[...head, 'connection: close'].join('\r\n')}\r\n\r\n${body}`);
}

/** The HTTP side without its routes: bounds, errors, request ids and security headers. */
export function createApp(limits: ApiLimits, logger: Logger): FastifyInstance {
  const app = fastify({
    bodyLimit: limits.maxBodyBytes,
    requestTimeout: limits.requestMs,
    connectionTimeout: 2 * limits.requestMs,
    http: { headersTimeout: limits.requestMs, connectionsCheckingInterval: limits.requestMs / 4 },
    forceCloseConnections: 'idle',
    routerOptions: { maxParamLength: LONGEST_PARAM },
    genReqId: () => randomUUID(),
    requestIdHeader: false,
    clientErrorHandler: answerNoise,
    frameworkErrors: (error, request, reply) => void answerFailure(logger, error, { request, reply }),
  });
  app.server.maxConnections = limits.maxConnections;
  app.removeAllContentTypeParsers();
  const parseJson = app.getDefaultJsonParser('error', 'error');
  app.addContentTypeParser('application/json', { parseAs: 'string' }, (request, body, done) => {
    // Clients send the type also where they send no body.
    if (body.length === 0) done(null, undefined);
    else void parseJson(request, body as string, done);
  });
  app.setErrorHandler((failure: FastifyError, request, reply) => answerFailure(logger, failure, { request, reply }));
  app.setNotFoundHandler((request, reply) => {
    const error = new AitraderError('ROUTE_UNKNOWN', { method: request.method, path: pathOf(request) });
    return answerFailure(logger, error, { request, reply });
  });
  app.addHook('onRequest', (request, reply, done) => {
    void reply.headers(HEADERS).header('x-request-id', request.id);
    done();
  });
  return app;
}
