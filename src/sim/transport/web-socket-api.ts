import type { Market } from '../../domain/instrument.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Logger } from '../../ports/logger.ts';
import type { ListenKeys } from '../user-data/listen-keys.ts';
import type { UserStreams } from '../user-data/user-streams.ts';
import { refuse, VenueError } from '../venue-error.ts';
import type { ClientConnection } from './client-connection.ts';
import type { Endpoint } from './endpoint.ts';
import { textFrame } from './frame.ts';
import type { Arrival, Gate } from './gate.ts';
import { isRecord, Params, parseJson } from './params.ts';
import { webSocketPayload } from './signature.ts';

export interface WebSocketApiOptions {
  readonly market: Market;
  readonly gate: Gate;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly endpoints: readonly Endpoint[];
  readonly userStreams: UserStreams;
  readonly listenKeys: ListenKeys;
}

/** A connection to a WebSocket API. */
export interface ApiConnection {
  readonly connection: ClientConnection;
  readonly address: string;
}

interface Request {
  readonly id: unknown;
  readonly method: string;
  readonly params: Readonly<Record<string, unknown>>;
}

/** What user data methods do with the account that signed, or whose key was given. */
type UserMethod = (accountId: string, request: Request, connection: ClientConnection) => unknown;

/**
 * The WebSocket APIs: the same endpoints as over HTTP under other names, and user data subscriptions.
 * https://developers.binance.com/docs/binance-spot-api-docs/websocket-api/request-format
 */
export class WebSocketApi {
  readonly #options: WebSocketApiOptions;
  readonly #endpoints: ReadonlyMap<string, Endpoint>;
  readonly #userMethods: ReadonlyMap<string, UserMethod>;

  constructor(options: WebSocketApiOptions) {
    this.#options = options;
    const own = options.endpoints.filter(({ market }) => market === options.market);
    this.#endpoints = new Map(
      own.flatMap((endpoint) => (endpoint.webSocketMethod === undefined ? [] : [[endpoint.webSocketMethod, endpoint]])),
    );
    this.#userMethods = new Map(options.market === 'spot' ? this.#spotMethods() : this.#futuresMethods());
  }

  /** Answers one message of a client. */
  receive(text: string, client: ApiConnection): void {
    const message = parseJson(text);
    if (!isRecord(message) || typeof message['method'] !== 'string') {
      const error = { code: -1000, msg: 'JSON payload expected.' };
      this.#send(client, { id: isRecord(message) ? (message['id'] ?? null) : null, status: 400, error });
      return;
    }
    const params = isRecord(message['params']) ? message['params'] : {};
    const request: Request = { id: message['id'] ?? null, method: message['method'], params };
    this.#answer(request, client);
  }

  #answer(request: Request, client: ApiConnection): void {
    try {
      const { result, delayMs } = this.#perform(request, client);
      if (result === undefined) return;
      const answer = { id: request.id, status: 200, result, ...this.#rateLimits(request, client) };
      if (delayMs > 0) this.#options.clock.setTimer(delayMs, () => this.#send(client, answer));
      else this.#send(client, answer);
    } catch (failure) {
      if (!(failure instanceof VenueError))
        this.#options.logger.error('a WebSocket request failed', { error: failure });
      const refusal = failure instanceof VenueError ? failure : refuse('UNKNOWN');
      const limits = this.#rateLimits(request, client);
      this.#send(client, { id: request.id, status: refusal.status, error: refusal.body(), ...limits });
    }
  }

  /** @returns an undefined result when a fault swallows the answer */
  #perform(request: Request, client: ApiConnection): { result: unknown; delayMs: number } {
    const endpoint = this.#endpoints.get(request.method) ?? this.#userEndpoint(request, client.connection);
    const { answer, plan } = this.#options.gate.carryOut(endpoint, arrivalOf(request, client));
    if (plan.after !== null) throw plan.after;
    if (plan.losesAnswer) client.connection.cut();
    return { result: plan.losesAnswer ? undefined : answer, delayMs: plan.delayMs };
  }

  #userEndpoint(request: Request, connection: ClientConnection): Endpoint {
    const method = this.#userMethods.get(request.method);
    if (method === undefined) throw refuse('UNSUPPORTED_OPERATION');
    const isSigned = request.method === 'userDataStream.subscribe.signature';
    const isOwn = request.method === 'session.subscriptions' || request.method === 'userDataStream.unsubscribe';
    return {
      market: this.#options.market,
      method: 'POST',
      path: request.method,
      security: isSigned ? 'signed' : isOwn ? 'none' : 'key',
      weight: 2,
      handle: ({ accountId }) => method(accountId, request, connection),
    };
  }

  #spotMethods(): [string, UserMethod][] {
    const { userStreams } = this.#options;
    return [
      [
        'userDataStream.subscribe.signature',
        (accountId, _, connection) => ({ subscriptionId: userStreams.subscribeSpot(accountId, connection) }),
      ],
      [
        'userDataStream.unsubscribe',
        (_, { params }, connection) => {
          const given = params['subscriptionId'];
          userStreams.unsubscribeSpot(connection, typeof given === 'number' ? given : null);
          return {};
        },
      ],
      [
        'session.subscriptions',
        (_, __, connection) => userStreams.spotSubscriptions(connection).map((subscriptionId) => ({ subscriptionId })),
      ],
    ];
  }

  #futuresMethods(): [string, UserMethod][] {
    const { listenKeys } = this.#options;
    const kept = (accountId: string): string => {
      const key = listenKeys.keepAlive(accountId);
      if (key === null) throw refuse('BAD_LISTEN_KEY');
      return key;
    };
    return [
      ['userDataStream.start', (accountId) => ({ listenKey: listenKeys.open(accountId) })],
      ['userDataStream.ping', (accountId) => ({ listenKey: kept(accountId) })],
      [
        'userDataStream.stop',
        (accountId) => {
          listenKeys.close(accountId);
          return {};
        },
      ],
    ];
  }

  #rateLimits(request: Request, client: ApiConnection): object {
    if (request.params['returnRateLimits'] === false) return {};
    const limiter = this.#options.gate.limiter(this.#options.market, client.address);
    const withOrders = (this.#endpoints.get(request.method)?.orders ?? 0) > 0;
    return { rateLimits: limiter.describe(this.#options.clock.now(), withOrders) };
  }

  #send({ connection }: ApiConnection, answer: object): void {
    connection.send(textFrame(JSON.stringify(answer)));
    connection.flush();
  }
}

function arrivalOf({ params }: Request, { address }: ApiConnection): Arrival {
  const apiKey = params['apiKey'];
  const signature = params['signature'];
  return {
    params: Params.fromJson(params),
    apiKey: typeof apiKey === 'string' ? apiKey : '',
    payload: webSocketPayload(params),
    signature: typeof signature === 'string' ? signature : null,
    address,
  };
}
