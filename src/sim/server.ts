import type { AddressInfo } from 'node:net';

import { seededRandom } from '../lib/random.ts';
import type { Clock } from '../ports/clock.ts';
import type { Logger } from '../ports/logger.ts';
import type { StartState } from './accounts/start-state.ts';
import { openAccount } from './accounts/start-state.ts';
import type { Speed } from './data/driver.ts';
import { MarketDriver } from './data/driver.ts';
import type { MarketData } from './data/market-data.ts';
import { venueEndpoints } from './endpoints.ts';
import { readFaultScript } from './faults/read-fault-script.ts';
import { FUTURES_LIMITS } from './futures/exchange-info.ts';
import type { MarketSource } from './market/source.ts';
import { SPOT_LIMITS } from './spot/exchange-info.ts';
import { simState } from './state/sim-state.ts';
import { addControlRoutes } from './transport/control-routes.ts';
import { Gate } from './transport/gate.ts';
import { createHttpServer } from './transport/http-server.ts';
import type { ApiCredentials } from './transport/signature.ts';
import { WebSocketApi } from './transport/web-socket-api.ts';
import { VenueWebSockets } from './transport/web-socket-server.ts';
import { listenKeyExpired } from './user-data/futures-events.ts';
import { ListenKeys, randomKey } from './user-data/listen-keys.ts';
import { SimVenue } from './venue.ts';

/** A client that reads nothing for so long while the market runs at full speed is cut off. */
const STUCK_CLIENT_MS = 10_000;

/** An account of the exchange: who may use it and what it holds at the start. */
export interface SimAccount {
  readonly accountId: string;
  /** Null: a key pair is drawn from the seed. */
  readonly credentials: ApiCredentials | null;
  /** Given once the market is known, because start states name symbols and prices. */
  readonly start: (data: MarketData) => StartState;
}

export interface SimOptions {
  readonly source: MarketSource;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly speed: Speed;
  readonly seed: number;
  readonly accounts: readonly SimAccount[];
  /** The parsed content of a fault script; null for none. */
  readonly faults: unknown;
  /** The market cannot go on, for example because a tape was refused. Requests are still answered. */
  readonly onFailure: (failure: unknown) => void;
}

/** Where the exchange listens, and the key of its first account: the line that `aitrader sim` prints. */
export interface SimAddresses {
  readonly spotRest: string;
  readonly futuresRest: string;
  readonly spotWs: string;
  readonly futuresWs: string;
  readonly spotWsApi: string;
  readonly futuresWsApi: string;
  readonly apiKey: string;
  readonly apiSecret: string;
}

/** A simulated exchange. It is made paused; market time begins to run with `driver.resume()`. */
export class SimServer {
  readonly venue: SimVenue;
  readonly driver: MarketDriver;
  readonly #options: SimOptions;
  readonly #webSockets: VenueWebSockets;
  readonly listenKeys: ListenKeys;
  readonly #http: ReturnType<typeof createHttpServer>;
  readonly #credentials: readonly (ApiCredentials & { readonly accountId: string })[];
  #behindSince: number | null = null;

  /** @throws AitraderError `USAGE` for an impossible start state or fault script */
  constructor(options: SimOptions) {
    const { source, clock, logger, accounts } = options;
    this.#options = options;
    const random = seededRandom(options.seed);
    const venue = new SimVenue(source, random);
    this.venue = venue;
    this.#credentials = accounts.map(({ accountId, credentials }) => ({
      ...(credentials ?? { apiKey: randomKey(random), apiSecret: randomKey(random) }),
      accountId,
    }));
    this.driver = this.#createDriver();
    const gate = this.#createGate();
    this.listenKeys = new ListenKeys(clock, random, (key) =>
      venue.userStreams.expire(key, listenKeyExpired(key, venue.data.nowMs)),
    );
    const { userStreams, hubs } = venue;
    const { listenKeys } = this;
    const shared = { gate, clock, logger, endpoints: venueEndpoints(venue, this.listenKeys) };
    const apis = {
      spot: new WebSocketApi({ ...shared, market: 'spot', userStreams, listenKeys }),
      futures: new WebSocketApi({ ...shared, market: 'futures', userStreams, listenKeys }),
    };
    this.#webSockets = new VenueWebSockets({ clock, hubs, apis, userStreams, listenKeys });
    this.#http = createHttpServer(shared);
    this.#open(gate);
  }

  /** Opens the port (0: any free one) on the loopback address. */
  async listen(port: number): Promise<SimAddresses> {
    this.#webSockets.attach(this.#http.server);
    await this.#http.listen({ port, host: '127.0.0.1' });
    const { port: opened } = this.#http.server.address() as AddressInfo;
    const host = `127.0.0.1:${opened}`;
    const [first] = this.#credentials;
    return {
      spotRest: `http://${host}`,
      futuresRest: `http://${host}`,
      spotWs: `ws://${host}/stream/ws`,
      futuresWs: `ws://${host}/fstream/ws`,
      spotWsApi: `ws://${host}/ws-api/v3`,
      futuresWsApi: `ws://${host}/ws-fapi/v1`,
      apiKey: first?.apiKey ?? '',
      apiSecret: first?.apiSecret ?? '',
    };
  }

  /** Stops the market, cuts all connections and closes the port and the source. */
  async close(): Promise<void> {
    this.driver.pause();
    this.listenKeys.closeAll();
    this.#webSockets.close();
    await this.#http.close();
    await this.#options.source.close();
  }

  /** Opens the accounts, puts the faults in place and lets the control interface in. */
  #open(gate: Gate): void {
    const { clock, accounts, faults: script } = this.#options;
    const { data, desks, injector, publishers } = this.venue;
    const { driver } = this;
    const webSockets = this.#webSockets;
    const accountIds = accounts.map(({ accountId }) => accountId);
    for (const { accountId, start } of accounts) openAccount(start(data), { accountId, data, desks });
    const futuresStreams = publishers.futures;
    injector.open({ clock, data, desks, gate, futuresStreams, webSockets, accountIds, log: injector.log });
    if (script !== null) injector.add(readFaultScript(script, 'the fault script'));
    addControlRoutes(this.#http, {
      driver,
      state: () => simState({ data, driver, desks, accountIds, gate, faults: injector.log, webSockets }),
      addFaults: (posted) => injector.add(readFaultScript(posted, 'the posted faults')),
    });
  }

  #createDriver(): MarketDriver {
    const { clock, speed, onFailure } = this.#options;
    const { venue } = this;
    const hooks = {
      hasTimedEvents: () => venue.hasTimedEvents,
      onTick: (nowMs: number) => venue.tick(nowMs),
      onReached: (nowMs: number) => venue.reach(nowMs),
      flush: () => this.#webSockets.flush(),
      isAnyClientBehind: () => this.#isAnyClientBehind(),
      onFailure,
    };
    return new MarketDriver(venue.data, clock, { speed, hooks });
  }

  #createGate(): Gate {
    const { data, injector } = this.venue;
    return new Gate({
      clock: this.#options.clock,
      venueNow: () => {
        this.driver.catchUp();
        return data.nowMs;
      },
      holders: this.#credentials,
      limits: { spot: SPOT_LIMITS, futures: FUTURES_LIMITS },
      faults: injector.requests,
    });
  }

  /** Waits for slow clients, but not for ever. */
  #isAnyClientBehind(): boolean {
    if (!this.#webSockets.isAnyBehind) {
      this.#behindSince = null;
      return false;
    }
    const now = this.#options.clock.monotonicMs();
    this.#behindSince ??= now;
    if (now - this.#behindSince > STUCK_CLIENT_MS) this.#webSockets.cutBehind();
    return true;
  }
}
