import { AitraderError, describeFailure } from '../../domain/errors.ts';
import { SECOND_MS } from '../../domain/time.ts';
import { Secret } from '../../lib/secret.ts';
import type { ErrorForm } from '../shared/wire/forms.ts';
import { ROUTES } from '../shared/wire/routes.ts';
import type { OperationName, RouteSpec } from '../shared/wire/routes.ts';
import { ApiError } from './api-error.ts';
import type { ApiCalls, ApiClient, ApiClientOptions } from './client.ts';
import { ReconnectingLive } from './live-connection.ts';

const TIMEOUT_MS = 10 * SECOND_MS;
const RETRIES = 3;
const FIRST_RETRY_MS = SECOND_MS / 4;

/** Where requests go, and as whom. */
interface Target {
  readonly base: string;
  readonly token: Secret | null;
  readonly timeoutMs: number;
  readonly retries: number;
}

type Arguments = Readonly<Record<string, unknown>>;

interface Request {
  readonly url: string;
  readonly init: RequestInit;
}

/** The base without a slash at its end. @throws AitraderError `API_REQUEST_REFUSED` */
function readBase(url: string): string {
  const { protocol, username, password, origin, pathname, search } = new URL(url);
  const isPlain = username === '' && password === '' && search === '';
  if ((protocol === 'http:' || protocol === 'https:') && isPlain) return `${origin}${pathname}`.replace(/\/+$/, '');
  throw new AitraderError('API_REQUEST_REFUSED', {
    problem: "the daemon's address is not of the form http://host:port",
    remedy: 'The token is given beside the address, never in it.',
  });
}

/** A part of an address: text, numbers and flags alone are ones. */
function textOf(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}

/** The parts of a request from one set of arguments: what stands in the path, in the query, and the body. */
function requestOf(spec: RouteSpec, args: Arguments, { base, token }: Target): Request {
  const inPath = new Set<string>();
  const path = spec.path.replace(/\{(\w+)\}/g, (_, name: string) => {
    inPath.add(name);
    return encodeURIComponent(textOf(args[name]));
  });
  const query = new URLSearchParams();
  const body: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(args)) {
    if (inPath.has(name) || value === undefined) continue;
    if (name in spec.query.shape) query.set(name, textOf(value));
    else body[name] = value;
  }
  const isCommand = spec.method !== 'GET';
  const headers = {
    ...(token !== null && { authorization: `Bearer ${token.reveal()}` }),
    // Sent again after a lost answer, the command is known by its key.
    ...(isCommand && { 'content-type': 'application/json', 'idempotency-key': crypto.randomUUID() }),
  };
  const search = query.size === 0 ? '' : `?${query.toString()}`;
  // A redirect would carry the token elsewhere.
  const init: RequestInit = { method: spec.method, headers, redirect: 'error' };
  return { url: `${base}${path}${search}`, init: isCommand ? { ...init, body: JSON.stringify(body) } : init };
}

async function errorOf(answer: Response): Promise<ApiError> {
  const retryAfter = Number(answer.headers.get('retry-after') ?? NaN);
  const terms = { status: answer.status, retryAfterMs: retryAfter > 0 ? retryAfter * SECOND_MS : null };
  try {
    const { error } = (await answer.json()) as ErrorForm;
    return new ApiError(error, terms);
  } catch {
    const message = `HTTP ${answer.status} in a form that is not the API's`;
    return new ApiError(
      { code: 'DAEMON_UNREACHABLE', message, hint: 'Something else answers at this address.' },
      terms,
    );
  }
}

/** One try. @throws ApiError */
async function attempt({ url, init }: Request, timeoutMs: number): Promise<unknown> {
  const answer = await fetch(url, { ...init, signal: AbortSignal.timeout(timeoutMs) });
  if (!answer.ok) throw await errorOf(answer);
  return answer.json();
}

async function send(request: Request, { base, timeoutMs, retries }: Target): Promise<unknown> {
  for (let failures = 0; ; failures += 1) {
    try {
      return await attempt(request, timeoutMs);
    } catch (failure) {
      if (failure instanceof ApiError) throw failure;
      if (failures >= retries) {
        const { code, message, hint } = new AitraderError('DAEMON_UNREACHABLE', {
          url: base,
          problem: describeFailure(failure instanceof Error && failure.cause !== undefined ? failure.cause : failure),
        });
        throw new ApiError({ code, message, hint }, { status: 0, cause: failure });
      }
      await new Promise((resolve) => setTimeout(resolve, FIRST_RETRY_MS * 2 ** failures));
    }
  }
}

/**
 * A client of the daemon's API, for Node 24 and browsers of its kind.
 * @throws AitraderError `API_REQUEST_REFUSED` for an address that is none
 */
export function createApiClient(options: ApiClientOptions): ApiClient {
  const { url, token, timeoutMs = TIMEOUT_MS, retries = RETRIES } = options;
  const secret = typeof token === 'string' ? new Secret(token) : token;
  const target = { base: readBase(url), token: secret, timeoutMs, retries };
  const calls = Object.fromEntries(
    (Object.entries(ROUTES) as [OperationName, RouteSpec][]).map(([name, spec]) => [
      name,
      (args: Arguments = {}) => send(requestOf(spec, args, target), target),
    ]),
  ) as unknown as ApiCalls;
  return { ...calls, live: (liveOptions = {}) => new ReconnectingLive(target.base, secret, liveOptions) };
}
