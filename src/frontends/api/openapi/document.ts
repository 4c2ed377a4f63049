import { z } from 'zod';

import { errorForm } from '../../shared/wire/forms.ts';
import { HEALTH, ROUTES } from '../../shared/wire/routes.ts';
import type { RouteSpec } from '../../shared/wire/routes.ts';

type Json = Readonly<Record<string, unknown>>;

const COMPONENTS = '#/components/schemas/';

/** Answers grow: who reads them is not to refuse what is new. `readOnly` would say that a list is never sent. */
function openAnswer({ jsonSchema }: { readonly jsonSchema: Record<string, unknown> }): void {
  if (jsonSchema['additionalProperties'] === false) delete jsonSchema['additionalProperties'];
  delete jsonSchema['readOnly'];
}

function answerSchema(schema: z.ZodType): { readonly schema: Json; readonly definitions: Json } {
  const json = z.toJSONSchema(schema, { io: 'output', override: openAnswer }) as Record<string, unknown>;
  const { $schema: _, $defs: definitions = {}, ...own } = json;
  const text = JSON.stringify({ own, definitions }).replaceAll('#/$defs/', COMPONENTS);
  const moved = JSON.parse(text) as { own: Json; definitions: Json };
  const { id } = schema.meta() ?? {};
  if (id === undefined) return { schema: moved.own, definitions: moved.definitions };
  const { id: __, ...component } = moved.own;
  return { schema: { $ref: `${COMPONENTS}${id}` }, definitions: { ...moved.definitions, [id]: component } };
}

function requestSchema(schema: z.ZodType): Json {
  const { $schema: _, ...json } = z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' }) as Record<
    string,
    unknown
  >;
  return json;
}

function parameters(spec: RouteSpec): Json[] {
  const inPath = [...spec.path.matchAll(/\{(\w+)\}/g)].map(([, name]) => ({
    ...{ name, in: 'path', required: true, schema: { type: 'string', minLength: 1, maxLength: 200 } },
  }));
  const { properties = {}, required = [] } = requestSchema(spec.query) as {
    readonly properties?: Readonly<Record<string, Json>>;
    readonly required?: readonly string[];
  };
  const inQuery = Object.entries(properties).map(([name, { description, ...schema }]) => ({
    ...{ name, in: 'query', required: required.includes(name), schema },
    ...(description !== undefined && { description }),
  }));
  const key = {
    ...{
      name: 'Idempotency-Key',
      in: 'header',
      required: false,
      schema: { type: 'string', minLength: 1, maxLength: 200 },
    },
    description: 'the same key is carried out once and answers the same',
  };
  return [...inPath, ...inQuery, ...(spec.method === 'GET' ? [] : [key])];
}

const WHEN = {
  400: 'an argument cannot be used',
  401: 'no token, or another one',
  404: 'there is no such thing',
  409: 'the desk refuses: the code says why',
  422: 'what was sent cannot be put to work',
  429: 'too many requests; Retry-After says how many seconds to wait',
} as const;

function responses(spec: RouteSpec, schema: Json, isOpen: boolean): Json {
  const content = { 'application/json': { schema } };
  const failures = Object.entries(WHEN).map(([status, description]) => [
    status,
    { description, content: { 'application/json': { schema: { $ref: `${COMPONENTS}Error` } } } },
  ]);
  return {
    [spec.status ?? 200]: { description: 'as asked for', content },
    ...(isOpen ? {} : (Object.fromEntries(failures) as Json)),
  };
}

function text(description: string, type: string): Json {
  return { 200: { description, content: { [type]: { schema: { type: 'string' } } } } };
}

const DESCRIPTION =
  'Amounts and prices of orders, fills, positions and balances are decimal text, market data are numbers, times are ' +
  'milliseconds UTC. Every request but GET /health sends the token of the daemon as bearer token. Failures are ' +
  '{error: {code, message, hint}}. Changes as they happen are told over the WebSocket GET /ws.';

/** The document of the API, made of the schemas that requests are held against and answers are typed by. */
export function openApiDocument(version: string): Json {
  const paths: Record<string, Record<string, unknown>> = {};
  const schemas: Record<string, unknown> = { ...answerSchema(errorForm).definitions };
  for (const [operationId, spec] of Object.entries<RouteSpec>({ health: HEALTH, ...ROUTES })) {
    const answer = answerSchema(spec.answer);
    Object.assign(schemas, answer.definitions);
    const isOpen = operationId === 'health';
    const body = spec.body === null ? {} : { 'application/json': { schema: requestSchema(spec.body) } };
    (paths[spec.path] ??= {})[spec.method.toLowerCase()] = {
      operationId,
      tags: [spec.tag],
      summary: spec.summary,
      parameters: parameters(spec),
      ...(spec.body !== null && { requestBody: { required: false, content: body } }),
      responses: responses(spec, answer.schema, isOpen),
      ...(isOpen && { security: [] }),
    };
  }
  const plain = { tags: ['desk'], parameters: [] };
  paths['/metrics'] = {
    get: {
      operationId: 'metrics',
      summary: 'Figures for Prometheus',
      ...plain,
      responses: text('its text form', 'text/plain'),
    },
  };
  paths['/openapi.json'] = {
    get: {
      operationId: 'openapi',
      summary: 'This document',
      ...plain,
      responses: text('OpenAPI 3.1', 'application/json'),
    },
  };
  return {
    openapi: '3.1.0',
    info: { title: 'aitrader', version, description: DESCRIPTION },
    servers: [{ url: '/' }],
    tags: ['desk', 'market', 'traders', 'trading', 'results'].map((name) => ({ name })),
    security: [{ token: [] }],
    paths,
    components: { securitySchemes: { token: { type: 'http', scheme: 'bearer' } }, schemas },
  };
}

const texts = new Map<string, string>();

/** The document as JSON, made once. */
export function openApiText(version: string): string {
  const known = texts.get(version);
  if (known !== undefined) return known;
  const made = JSON.stringify(openApiDocument(version));
  texts.set(version, made);
  return made;
}
