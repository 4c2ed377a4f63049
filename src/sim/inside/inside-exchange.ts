import type { Clock } from '../../ports/clock.ts';
import type { Logger } from '../../ports/logger.ts';
import type { Market } from '../../domain/instrument.ts';
import { seededRandom } from '../../lib/random.ts';
import type { StartState } from '../accounts/start-state.ts';
import { openAccount } from '../accounts/start-state.ts';
import type { MarketData } from '../data/market-data.ts';
import { venueEndpoints } from '../endpoints.ts';
import type { SocketGroup } from '../faults/fault.ts';
import { readFaultScript } from '../faults/read-fault-script.ts';
import { FUTURES_LIMITS } from '../futures/exchange-info.ts';
import type { MarketSource } from '../market/source.ts';
import { SPOT_LIMITS } from '../spot/exchange-info.ts';
import type { Endpoint } from '../transport/endpoint.ts';
import { textFrame } from '../transport/frame.ts';
import { Gate } from '../transport/gate.ts';
import type { WireAnswer, WireRequest } from '../transport/respond.ts';
import { respond } from '../transport/respond.ts';
import type { ApiCredentials } from '../transport/signature.ts';
import { WebSocketApi } from '../transport/web-socket-api.ts';
import { listenKeyExpired } from '../user-data/futures-events.ts';
import { ListenKeys } from '../user-data/listen-keys.ts';
import { SimVenue } from '../venue.ts';
import type { InsideClient } from './inside-connection.ts';
import { InsideConnection } from './inside-connection.ts';

export interface InsideExchangeOptions {
  readonly source: MarketSource;
  /** The exchange's own time, which stands at the source's start. */
  readonly clock: Clock;
  readonly logger: Logger;
  readonly seed: number;
  readonly account: ApiCredentials & { readonly accountId: string };
  /** What the account holds at the start. */
  readonly start: (data: MarketData) => StartState;
}

/** The client's end of a connection to the account's news. */
export interface InsideSocket {
  send(text: string): void;
  /** Ends it; nothing is heard after that. */
  close(): void;
}

interface Open {
  readonly connection: InsideConnection;
  readonly isApi: boolean;
}

const ADDRESS = 'inside';
const PRIVATE_STREAM = /^\/fstream\/private\/ws$/;
const JSON_ID = /"id"\s*:\s*(\d+)/;

/**
 * The simulated exchange without sockets and without a pace of its own: whoever holds it moves its time (`moveTo`), and
 * requests and the account's news pass as texts. Everything between the texts and the matching is the same as behind sockets.
 */
export class InsideExchange {
  readonly venue: SimVenue;
  readonly #options: InsideExchangeOptions;
  readonly #gate: Gate;
  readonly #listenKeys: ListenKeys;
  readonly #routes: ReadonlyMap<string, Endpoint>;
  readonly #apis: Readonly<Record<Market, WebSocketApi>>;
  readonly #open = new Set<Open>();

  /** @throws AitraderError `USAGE` for an impossible start state */
  constructor(options: InsideExchangeOptions) {
    const { source, clock, logger, account } = options;
    const random = seededRandom(options.seed);
    const venue = new SimVenue(source, random);
    this.venue = venue;
    this.#options = options;
    this.#gate = new Gate({
      clock,
      venueNow: () => venue.data.nowMs,
      holders: [account],
      limits: { spot: SPOT_LIMITS, futures: FUTURES_LIMITS },
      faults: venue.injector.requests,
    });
    this.#listenKeys = new ListenKeys(clock, random, (key) =>
      venue.userStreams.expire(key, listenKeyExpired(key, venue.data.nowMs)),
    );
    const endpoints = venueEndpoints(venue, this.#listenKeys);
    this.#routes = new Map(endpoints.map((endpoint) => [`${endpoint.method} ${endpoint.path}`, endpoint]));
    const { userStreams } = venue;
    const shared = { gate: this.#gate, clock, logger, endpoints, userStreams, listenKeys: this.#listenKeys };
    this.#apis = {
      spot: new WebSocketApi({ ...shared, market: 'spot' }),
      futures: new WebSocketApi({ ...shared, market: 'futures' }),
    };
    this.#openAccount();
  }

  /** Moves the exchange's time on, the market's events up to then included. The source must have them at hand. */
  moveTo(nowMs: number): void {
    const { data } = this.venue;
    while (data.minuteEndsMs <= nowMs) {
      this.#reach(data.minuteEndsMs - 1);
      data.closeMinute();
    }
    this.#reach(nowMs);
  }

  /** @returns the answer, null when the connection breaks before it */
  async request(method: string, path: string, request: Omit<WireRequest, 'address'>): Promise<WireAnswer | null> {
    const endpoint = this.#routes.get(`${method} ${path}`);
    if (endpoint === undefined) throw new Error(`the exchange has no ${method} ${path}`);
    const { clock, logger } = this.#options;
    return respond({ gate: this.#gate, clock, logger }, endpoint, { ...request, address: ADDRESS });
  }

  /** Connects to the account's news: a WebSocket API, or the private stream of a listen key. */
  connect(url: URL, client: InsideClient): InsideSocket {
    const isApi = !PRIVATE_STREAM.test(url.pathname);
    const connection = new InsideConnection(client, () => {
      this.#open.delete(open);
      this.venue.userStreams.drop(connection);
    });
    const open: Open = { connection, isApi };
    this.#open.add(open);
    if (!isApi) this.#listen(connection, url);
    const market = url.pathname.includes('fapi') ? 'futures' : 'spot';
    return {
      send: (text) => {
        if (!connection.isHeard) return;
        if (isApi) this.#apis[market].receive(text, { connection, address: ADDRESS });
        else connection.send(textFrame(`{"result":null,"id":${JSON_ID.exec(text)?.[1] ?? 'null'}}`));
      },
      close: () => connection.leave(),
    };
  }

  /** Puts faults in place, as `POST /sim/faults` does. @throws AitraderError `USAGE` */
  addFaults(script: unknown): void {
    this.venue.injector.add(readFaultScript(script, 'the faults'));
  }

  /** No fault is in place any more; what was held back is let go. */
  clearFaults(): void {
    this.venue.injector.clear();
  }

  #listen(connection: InsideConnection, url: URL): void {
    const listenKey = url.searchParams.get('listenKey') ?? '';
    const accountId = this.#listenKeys.accountOf(listenKey);
    if (accountId === null) return;
    this.venue.userStreams.listenFutures({ connection, accountId, listenKey, events: null, isCombined: false });
  }

  #reach(nowMs: number): void {
    const { data } = this.venue;
    if (nowMs < data.nowMs) return;
    if (!data.source.advanceTo(nowMs, data)) throw new Error('the market has to fetch its events, and cannot here');
    data.nowMs = nowMs;
    this.venue.reach(nowMs);
  }

  #openAccount(): void {
    const { account, start, clock } = this.#options;
    const { data, desks, injector, publishers } = this.venue;
    const { accountId } = account;
    openAccount(start(data), { accountId, data, desks });
    injector.open({
      ...{ clock, data, desks, log: injector.log, gate: this.#gate, accountIds: [accountId] },
      futuresStreams: publishers.futures,
      webSockets: {
        connections: (group) => (isOfUsers(group) ? [...this.#open] : []),
        announceShutdown: (group, nowMs) => this.#announceShutdown(group, nowMs),
      },
    });
  }

  #announceShutdown(group: SocketGroup, nowMs: number): void {
    if (!isOfUsers(group)) return;
    const event = { e: 'serverShutdown', E: nowMs };
    for (const { connection, isApi } of this.#open)
      connection.send(textFrame(JSON.stringify(isApi ? { event } : event)));
  }
}

/** There are no market streams inside: only the account's news are connected to. */
function isOfUsers(group: SocketGroup): boolean {
  return group === 'user' || group === 'all';
}
