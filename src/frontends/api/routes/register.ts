import type { FastifyInstance, FastifyRequest } from 'fastify';

import { z } from 'zod';

import type { Clock } from '../../../ports/clock.ts';
import { readArguments } from '../../shared/verbs/verb.ts';
import { HEALTH, ROUTES } from '../../shared/wire/routes.ts';
import type { OperationName, RouteSpec } from '../../shared/wire/routes.ts';
import { sendJson } from '../http/app.ts';
import type { Budget } from '../http/budget.ts';
import { requireToken } from '../http/guard.ts';
import type { Guard } from '../http/guard.ts';
import { OnceByKey } from '../http/idempotency.ts';
import type { DeskMetrics } from '../metrics/desk-metrics.ts';
import { openApiText } from '../openapi/document.ts';
import type { ApiDesk } from './api-desk.ts';
import { HANDLERS } from './handlers.ts';
import type { Handler } from './handlers.ts';
import { SharedAnswers } from './shared-answers.ts';

/** What the routes are made of. */
export interface RouteParts {
  readonly api: ApiDesk;
  readonly guard: Guard;
  readonly budgets: { readonly data: Budget; readonly orders: Budget };
  readonly clock: Clock;
  readonly metrics: DeskMetrics;
}

const WHAT = { data: 'requests for data', orders: 'commands' } as const;
const noBody = z.strictObject({});

/** `{id}` as the router writes it. */
function routerPath(path: string): string {
  return path.replace(/\{(\w+)\}/g, ':$1');
}

function bodyOf(spec: RouteSpec, given: unknown): object {
  const body = given ?? {};
  readArguments(spec.body ?? noBody, body);
  return body;
}

/** Lets the request in: it shows the token, and its budget has something left. */
function admit({ guard, budgets }: RouteParts, request: FastifyRequest, group: RouteSpec['group']): void {
  requireToken(guard, { headers: request.headers, queryKey: null, address: request.ip });
  if (group !== 'unlimited') budgets[group].take(WHAT[group]);
}

/** Adds every operation, and what is no operation: health, metrics and the document of the API itself. */
export function registerRoutes(app: FastifyInstance, parts: RouteParts): void {
  const { clock, metrics } = parts;
  const answers = new SharedAnswers(parts.api.running.engine, clock);
  const commands = new OnceByKey();
  for (const [name, spec] of Object.entries(ROUTES) as [OperationName, RouteSpec][]) {
    addOperation(app, { ...parts, name, spec, answers, commands });
  }
  app.get(HEALTH.path, (_request, reply) => sendJson(reply, { status: 'ok', time: clock.now() }));
  const admitReader = async (request: FastifyRequest) => admit(parts, request, 'data');
  app.get('/metrics', { onRequest: admitReader }, async (_request, reply) => {
    const { contentType, text } = await metrics.read();
    return reply.type(contentType).send(text);
  });
  app.get('/openapi.json', { onRequest: admitReader }, (_request, reply) =>
    sendJson(reply, openApiText(parts.api.version)),
  );
  app.addHook('onResponse', (request, reply, done) => {
    const { method, url = 'unknown' } = request.routeOptions;
    const operation = `${String(method)} ${url}`;
    metrics.count('api_requests_total', { operation, status: String(reply.statusCode) });
    metrics.observe('api_request_seconds', reply.elapsedTime / 1_000, { operation });
    done();
  });
  app.addHook('onClose', () => answers.close());
}

interface Operation extends RouteParts {
  readonly name: OperationName;
  readonly spec: RouteSpec;
  readonly answers: SharedAnswers;
  readonly commands: OnceByKey;
}

function addOperation(app: FastifyInstance, operation: Operation): void {
  const { name, spec, api, answers, commands } = operation;
  const handle = HANDLERS[name] as Handler<OperationName>;
  app.route({
    method: spec.method,
    url: routerPath(spec.path),
    onRequest: async (request) => admit(operation, request, spec.group),
    handler: async (request, reply) => {
      const asked = {
        params: request.params as never,
        query: readArguments(spec.query, request.query) as never,
        body: bodyOf(spec, request.body),
      };
      const carryOut = async (): Promise<string> => JSON.stringify(await handle(api, asked));
      if (spec.method === 'GET') return sendJson(reply, await answers.of(request.url, carryOut));
      const key = request.headers['idempotency-key'];
      const command = `${spec.method} ${request.url} ${JSON.stringify(asked.body)}`;
      const text = await commands
        .run(typeof key === 'string' ? key : undefined, command, carryOut)
        .finally(() => answers.forget());
      return sendJson(reply.code(spec.status ?? 200), text);
    },
  });
}
