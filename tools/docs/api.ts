import { DEFAULT_LIMITS } from '../../src/frontends/api/limits.ts';
import { COUNTERS, TIMINGS } from '../../src/frontends/api/metrics/catalogue.ts';
import { openApiDocument } from '../../src/frontends/api/openapi/document.ts';
import { CHANGE_TYPES, CHANNELS } from '../../src/frontends/shared/wire/live.ts';
import { HEALTH, ROUTES } from '../../src/frontends/shared/wire/routes.ts';
import type { RouteSpec } from '../../src/frontends/shared/wire/routes.ts';

const INTRODUCTION = `
# The API of the daemon

\`aitrader --daemon\` offers what the command line offers over HTTP and WebSocket: the same field names as \`--json\`, the same
words. It is made of one set of schemas, which requests are held against and answers are typed by; \`GET /openapi.json\` gives
them as an OpenAPI 3.1 document.

\`\`\`sh
export AITRADER_TOKEN=$(openssl rand -hex 32)   # at least 16 characters; never a key of the exchange
aitrader --daemon                               # listens on HOST=127.0.0.1, PORT=8080
\`\`\`

Without a token the daemon listens on loopback alone, and then lets in programs of this machine, not pages in a browser.

## In short

- **Token**: every request but \`GET /health\` carries \`Authorization: Bearer TOKEN\`.
- **Values**: amounts and prices of orders, fills, positions and balances are decimal text, market data are numbers or null,
  times are milliseconds UTC.
- **Lists** come newest first and take \`?limit\` (1 to 1000, 50 unless said) and \`?before\`, the id of the last entry of the page
  before. What is open or works comes whole unless a limit is given; \`?all=true\` also shows what has ended.
- **Ids** in a path may be shortened to their last 4 characters or more; a position is also found by its symbol
  (\`/api/positions/BTC/close\`), a trader and a filter by name. What may mean several things is refused.
- **Failures** are \`{"error": {"code", "message", "hint"}}\`. Codes are stable: 400 an argument, 401 the token, 404 no such
  thing, 409 the desk refuses (the code says why), 413 too large, 415 no JSON, 422 a filter or key that cannot be used, 429 too
  many requests, 502 and 503 an outside service or the storage.
- **Limits**: ${DEFAULT_LIMITS.dataPerMinute} requests for data and ${DEFAULT_LIMITS.ordersPerMinute} commands a minute; beyond, 429 with \`Retry-After\`.
  What reduces risk (close, cancel, kill, pause, reject) has no limit. Bodies have at most ${DEFAULT_LIMITS.maxBodyBytes / 1_024} KB.
- **Once**: a command with an \`Idempotency-Key\` is carried out once in the life of the daemon; repeated, it answers as the first
  time. Another command under the same key is refused.
- Every answer has an \`X-Request-Id\`, under which the log knows it. There is no CORS: pages of other origins cannot ask.
- An answer may be up to 200 ms old, but never older than the last change of the engine's state.

## With curl

\`\`\`sh run
curl -fsS http://127.0.0.1:8080/health
curl -fsS -H "Authorization: Bearer $AITRADER_TOKEN" http://127.0.0.1:8080/status
curl -fsS -H "Authorization: Bearer $AITRADER_TOKEN" "http://127.0.0.1:8080/api/positions"
curl -fsS -H "Authorization: Bearer $AITRADER_TOKEN" "http://127.0.0.1:8080/api/candles?symbol=BTC&timeframe=1m&limit=3"
curl -fsS -H "Authorization: Bearer $AITRADER_TOKEN" "http://127.0.0.1:8080/api/stats?by=trader"
curl -fsS -H "Authorization: Bearer $AITRADER_TOKEN" -X PATCH -H 'Content-Type: application/json' -d '{"stopLoss": "1%"}' http://127.0.0.1:8080/api/positions/BTC
curl -fsS -H "Authorization: Bearer $AITRADER_TOKEN" -H 'Content-Type: application/json' -d '{"fraction": "50%"}' http://127.0.0.1:8080/api/positions/BTC/close
curl -fsS -H "Authorization: Bearer $AITRADER_TOKEN" -X POST http://127.0.0.1:8080/api/trading/pause
curl -fsS -H "Authorization: Bearer $AITRADER_TOKEN" -X POST -H 'Idempotency-Key: 7f9c2b1e' http://127.0.0.1:8080/api/trading/resume
curl -fsS -H "Authorization: Bearer $AITRADER_TOKEN" http://127.0.0.1:8080/metrics
\`\`\`

## With the client

\`aitrader/sdk\` has a client typed by the same schemas, for Node 24 and later. It sends commands again when an answer is lost,
under one key, so that they arrive once; its WebSocket comes back by itself. The token is in no address.

\`\`\`ts run
import { ApiError, createApiClient, keyOf } from 'aitrader/sdk';

const desk = createApiClient({ url: 'http://127.0.0.1:8080', token: process.env.AITRADER_TOKEN ?? null });

const { equity, opening } = await desk.status();
console.log(\`equity \${equity}, opening \${opening.allowed ? 'allowed' : \`stopped: \${opening.reason}\`}\`);

for (const position of await desk.positions()) console.log(position.symbol, position.quantity, position.unrealizedPnl);

try {
  await desk.closePosition({ id: 'DOGE', fraction: '50%' });
} catch (error) {
  if (error instanceof ApiError) console.log(error.code, error.hint); // NOT_FOUND ...
}

const live = desk.live();
const prices = new Map<string, number | null>();
await new Promise<void>((resolve) => {
  live.subscribe('tickers', {
    // Everything there is; again after a lost connection, in place of what was known.
    snapshot(rows) {
      prices.clear();
      for (const row of rows) prices.set(keyOf('tickers', row), row.last);
      resolve();
    },
    changed: (row) => prices.set(keyOf('tickers', row), row.last),
    removed: (key) => prices.delete(key),
  });
});
console.log(prices.size, 'prices', live.isCurrent('tickers') ? 'as of now' : 'may be old');
live.close();
\`\`\`
`;

const LIVE = `
## WebSocket

\`GET /ws\` takes the token as bearer header, as first message \`{"type": "auth", "token": "..."}\`, or, for simple clients, as
\`?api_key=\` (an address may be noted by proxies: prefer the others). Then:

\`\`\`json
{ "type": "subscribe", "data": { "channels": ["tickers", "positions", "candles:BTCUSDT:5m"] } }
\`\`\`

Each channel answers with a snapshot, \`{"type": "snapshot", "channel", "seq", "data": [...]}\`, and then with changes,
\`{"type": "ticker_update", "channel", "seq", "data": {...}}\`. Changes of a channel are numbered: each follows the one before,
\`seq - 1\`. A slow reader is sent the latest state of each entry instead of every change: such a message names the change that
it follows in \`after\`. Whoever knows another last change has missed something and subscribes again, which gives a new
snapshot. Who does not read for ${DEFAULT_LIMITS.slowMs / 1_000} s is cut off.

\`{"type": "heartbeat", "data": {"time", "deskTime", "version"}}\` comes after the first subscription and every
${DEFAULT_LIMITS.heartbeatMs / 1_000} s; \`{"type": "error", "data": {"code", "message", "hint"}}\` says what cannot be done. \`unsubscribe\` has the
form of \`subscribe\`. A missing or other token closes with the code 4401, too many messages (${DEFAULT_LIMITS.messagesPerMinute} a minute) with 1008, a reader
that is too slow with 1013, the end of the daemon with 1001.
`;

interface Schema {
  readonly type?: string | readonly string[];
  readonly $ref?: string;
  readonly description?: string;
  readonly enum?: readonly string[];
  readonly const?: unknown;
  readonly items?: Schema;
  readonly anyOf?: readonly Schema[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: Schema | boolean;
  readonly pattern?: string;
  readonly default?: unknown;
}

/** The pattern of amounts: they are written as a type of their own. */
const DECIMAL = String.raw`^-?\d+(\.\d+)?$`;

/** A schema in words for a cell of a table. */
function typeOf(schema: Schema): string {
  const { $ref, anyOf, items, properties, additionalProperties } = schema;
  if ($ref !== undefined) return `[${$ref.split('/').at(-1)}](#${($ref.split('/').at(-1) ?? '').toLowerCase()})`;
  if (schema.const !== undefined) return `\`${JSON.stringify(schema.const)}\``;
  if (schema.enum !== undefined) return schema.enum.map((word) => `\`${word}\``).join(', ');
  if (anyOf !== undefined) return [...new Set(anyOf.map(typeOf))].join(' or ');
  if (items !== undefined) return `list of ${typeOf(items)}`;
  if (properties !== undefined) return `{${Object.keys(properties).join(', ')}}`;
  if (typeof additionalProperties === 'object') return `values by name: ${typeOf(additionalProperties)}`;
  if (schema.pattern === DECIMAL) return 'decimal';
  if (schema.type === undefined) return 'anything';
  return typeof schema.type === 'string' ? schema.type : schema.type.join(' or ');
}

function cell(text: string): string {
  return text.replaceAll('|', String.raw`\|`).replaceAll('\n', ' ');
}

function fields({ properties = {}, required = [] }: Schema): string {
  const rows = Object.entries(properties).map(([name, field]) => {
    const isOptional = !required.includes(name) || field.default !== undefined;
    const preset = field.default === undefined ? '' : `, else \`${JSON.stringify(field.default)}\``;
    const remark = [isOptional ? `may be left out${preset}` : '', field.description ?? ''].filter(Boolean).join('; ');
    return `| \`${name}\` | ${cell(typeOf(field))} | ${cell(remark)} |`;
  });
  return ['| name | value | |', '|---|---|---|', ...rows].join('\n');
}

interface Operation {
  readonly summary: string;
  readonly tags: readonly string[];
  readonly parameters: readonly {
    readonly name: string;
    readonly in: string;
    readonly required: boolean;
    readonly schema: Schema;
    readonly description?: string;
  }[];
  readonly requestBody?: { readonly content: { readonly 'application/json': { readonly schema: Schema } } };
  readonly responses: Readonly<
    Record<string, { readonly content?: { readonly 'application/json'?: { readonly schema: Schema } } }>
  >;
}

interface Document {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components: { readonly schemas: Readonly<Record<string, Schema>> };
}

const LIMIT_WORDS = { data: 'data', orders: 'commands', unlimited: 'none' } as const;

function operationText(method: string, path: string, operation: Operation): string {
  const spec = Object.values<RouteSpec>({ ...ROUTES, health: HEALTH }).find(
    (each) => each.path === path && each.method === method.toUpperCase(),
  );
  const asked = operation.parameters.filter((parameter) => parameter.in === 'query');
  const query: Schema = {
    properties: Object.fromEntries(
      asked.map(({ name, schema, description }) => [
        name,
        { ...schema, ...(description !== undefined && { description }) },
      ]),
    ),
    required: asked.filter(({ required }) => required).map(({ name }) => name),
  };
  const body = operation.requestBody?.content['application/json'].schema;
  const answer = Object.values(operation.responses)[0]?.content?.['application/json']?.schema;
  return [
    `#### \`${method.toUpperCase()} ${path}\``,
    `${operation.summary}. Limit: ${LIMIT_WORDS[spec?.group ?? 'data']}.${answer === undefined ? '' : ` Answers: ${typeOf(answer)}.`}`,
    ...(asked.length > 0 ? [fields(query)] : []),
    ...(body !== undefined && Object.keys(body.properties ?? {}).length > 0 ? ['The body:', fields(body)] : []),
  ].join('\n\n');
}

const TAGS = {
  desk: 'The desk',
  market: 'The market',
  traders: 'Traders and filters',
  trading: 'Signals, positions, orders',
  results: 'Results',
} as const;

function operations({ paths }: Document): string {
  const all = Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ method, path, operation })),
  );
  return Object.entries(TAGS)
    .map(([tag, title]) => {
      const own = all.filter(({ operation }) => operation.tags.includes(tag));
      return [`### ${title}`, ...own.map(({ method, path, operation }) => operationText(method, path, operation))].join(
        '\n\n',
      );
    })
    .join('\n\n');
}

function forms({ components }: Document): string {
  return Object.entries(components.schemas)
    .map(([name, schema]) =>
      [`### ${name}`, ...(schema.description === undefined ? [] : [schema.description]), fields(schema)].join('\n\n'),
    )
    .join('\n\n');
}

function channels(): string {
  const rows = CHANNELS.map((name) => {
    const { created, changed, removed } = CHANGE_TYPES[name];
    const kinds = [...new Set([created, changed, removed])].map((type) => `\`${type}\``).join(' ');
    return `| \`${name}\` | ${kinds} |`;
  });
  const remark =
    'A removed entry is named by its key: `{"key": "..."}`, the id, symbol or asset. `candles` are the closed minutes of every ' +
    'symbol, `candles:SYMBOL:TIMEFRAME` is one series. Signals, orders, trades, candles and logs show the newest entries; older ' +
    'ones leave without a word.';
  return ['| channel | types of changes |', '|---|---|', ...rows, '', remark].join('\n');
}

function metrics(): string {
  const rows = Object.entries({ ...TIMINGS, ...COUNTERS }).map(
    ([name, { help, labels }]) => `| \`${name}${labels.length > 0 ? `{${labels.join(', ')}}` : ''}\` | ${help} |`,
  );
  const others =
    'Beside them: `audit_records_unread_total`, `trading_orders_total{exchange, symbol, side, status}`, `trading_pnl_total{user_id, symbol}`, `orders_executed_total`, ' +
    '`orders_failed_total`, `signals_created_total`, `market_messages_total`, `filter_checks_total`, `engine_errors_total`, `active_traders`, ' +
    '`open_positions`, `unguarded_positions`, `websocket_latency_seconds`, `feed_connected`, `stale_symbols`, `equity`, `opening_allowed`, ' +
    '`api_websocket_clients`, and the figures of the process (`process_*`, `nodejs_*`). Spans are in seconds.';
  return [
    '## Metrics',
    '`GET /metrics` is in the text form of Prometheus.',
    ['| name | what |', '|---|---|', ...rows].join('\n'),
    others,
  ].join('\n\n');
}

/** docs/api.md: of the OpenAPI document, with examples that a test runs. */
export function apiDocument(): string {
  const document = openApiDocument('') as unknown as Document;
  return [
    INTRODUCTION.trim(),
    '## Operations',
    operations(document),
    LIVE.trim(),
    channels(),
    metrics(),
    '## Forms',
    forms(document),
  ].join('\n\n');
}
