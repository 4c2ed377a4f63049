import type { Market } from '../../domain/instrument.ts';
import type { Params } from './params.ts';

/** A request that has passed the venue's gate. */
export interface VenueCall {
  readonly params: Params;
  /** Whose request it is; empty for public ones. */
  readonly accountId: string;
  /** The venue's time, milliseconds UTC. */
  readonly nowMs: number;
}

/** One thing that can be asked of the venue, over HTTP and, under `webSocketMethod`, over its WebSocket API. */
export interface Endpoint {
  readonly market: Market;
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  readonly path: string;
  readonly webSocketMethod?: string;
  /** `key`: the API key alone; `signed`: key, timestamp and signature. */
  readonly security: 'none' | 'key' | 'signed';
  readonly weight: number | ((params: Params) => number);
  /** How many orders it counts for in the order rate limits. Default 0. */
  readonly orders?: number;
  /** @returns the JSON answer; @throws VenueError a refusal */
  readonly handle: (call: VenueCall) => unknown;
}

/** Makes the endpoints of one market and kind of access: `make('GET /api/v3/time', { weight: 1 }, handler)`. */
export function endpointsOf(market: Market, security: Endpoint['security']) {
  return (
    route: `${Endpoint['method']} /${string}`,
    terms: Pick<Endpoint, 'weight' | 'orders' | 'webSocketMethod'>,
    handle: Endpoint['handle'],
  ): Endpoint => {
    const at = route.indexOf(' ');
    return {
      market,
      method: route.slice(0, at) as Endpoint['method'],
      path: route.slice(at + 1),
      security,
      ...terms,
      handle,
    };
  };
}

/** The weight of a request. */
export function weightOf(endpoint: Endpoint, params: Params): number {
  return typeof endpoint.weight === 'number' ? endpoint.weight : endpoint.weight(params);
}
