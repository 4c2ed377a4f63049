import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { fastify } from 'fastify';

import { refuse } from '../venue-error.ts';
import type { Endpoint } from './endpoint.ts';
import type { Responder, WireAnswer, WireRequest } from './respond.ts';
import { refusalAnswer, respond } from './respond.ts';

const MAX_BODY_BYTES = 1_000_000;
const JSON_TYPE = 'application/json;charset=UTF-8';

export interface HttpServerOptions extends Responder {
  readonly endpoints: readonly Endpoint[];
}

function wireRequest(request: FastifyRequest): WireRequest {
  const url = request.raw.url ?? '';
  const start = url.indexOf('?');
  const key = request.headers['x-mbx-apikey'];
  return {
    query: start < 0 ? '' : url.slice(start + 1),
    body: typeof request.body === 'string' ? request.body : '',
    apiKey: typeof key === 'string' ? key : '',
    address: request.ip,
  };
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
  app.setErrorHandler((failure, _request, reply) => send(reply, refusalAnswer(options.logger, failure)));
  return app;
}

interface Exchange {
  readonly request: FastifyRequest;
  readonly reply: FastifyReply;
}

async function answer(options: HttpServerOptions, endpoint: Endpoint, { request, reply }: Exchange): Promise<unknown> {
  const answered = await respond(options, endpoint, wireRequest(request));
  if (answered !== null) return send(reply, answered);
  reply.hijack();
  request.raw.socket.destroy();
  return undefined;
}

function send(reply: FastifyReply, { status, headers, body }: WireAnswer): FastifyReply {
  return reply.code(status).headers(headers).type(JSON_TYPE).send(body);
}
