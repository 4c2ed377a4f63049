import type { IncomingMessage, Server } from 'node:http';
import type { Duplex } from 'node:stream';

import { WebSocketServer } from 'ws';
import type { WebSocket } from 'ws';

import type { Market } from '../../domain/instrument.ts';
import type { Clock } from '../../ports/clock.ts';
import type { StreamHub, Subscriber } from '../streams/hub.ts';
import { Subscriptions } from '../streams/subscription-messages.ts';
import type { Route } from '../streams/topics.ts';
import type { ListenKeys } from '../user-data/listen-keys.ts';
import type { UserStreams } from '../user-data/user-streams.ts';
import { textFrame } from './frame.ts';
import { SpareBlocks } from './frame-batch.ts';
import type { SessionRules } from './session.ts';
import { FUTURES_API_RULES, FUTURES_RULES, Session, SPOT_API_RULES, SPOT_RULES } from './session.ts';
import { StreamConnection } from './stream-connection.ts';
import type { WebSocketApi } from './web-socket-api.ts';

const MAX_MESSAGE_BYTES = 100_000;

/** What a connection is for, so that faults can choose. */
export type ConnectionKind = 'spot' | 'futures' | 'user';

export interface WebSocketServerOptions {
  readonly clock: Clock;
  readonly hubs: Readonly<Record<Market, StreamHub>>;
  readonly apis: Readonly<Record<Market, WebSocketApi>>;
  readonly userStreams: UserStreams;
  readonly listenKeys: ListenKeys;
}

interface OpenConnection {
  readonly connection: StreamConnection;
  readonly kind: ConnectionKind;
  readonly path: string;
  readonly isApi: boolean;
}

interface Opened {
  readonly webSocket: WebSocket;
  readonly connection: StreamConnection;
  readonly url: URL;
  readonly address: string;
}

const SPOT_STREAM = /^\/stream\/(ws|stream)(?:\/(.*))?$/;
const FUTURES_STREAM = /^\/fstream(?:\/(public|market|private))?\/(ws|stream)(?:\/(.*))?$/;

/** The WebSocket side of the venue: market streams, private streams and the two WebSocket APIs. */
export class VenueWebSockets {
  readonly #options: WebSocketServerOptions;
  readonly #server = new WebSocketServer({ noServer: true, perMessageDeflate: false, maxPayload: MAX_MESSAGE_BYTES });
  readonly #open = new Set<OpenConnection>();
  readonly #dirty = new Set<StreamConnection>();
  readonly #spare = new SpareBlocks();
  #nextId = 1;
  #accepted = 0;

  constructor(options: WebSocketServerOptions) {
    this.#options = options;
  }

  /** Takes the upgrades of an HTTP server. */
  attach(server: Server): void {
    server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
      socket.on('error', () => socket.destroy());
      const url = new URL(request.url ?? '/', 'ws://venue');
      const accept = this.#acceptor(url);
      if (accept === null) {
        socket.end('HTTP/1.1 404 Not Found\r\nConnection: close\r\nContent-Length: 0\r\n\r\n');
        return;
      }
      this.#server.handleUpgrade(request, socket, head, (webSocket) => {
        const address = request.socket.remoteAddress ?? '';
        const sockets = { webSocket, socket, spare: this.#spare };
        const connection = new StreamConnection(this.#nextId, sockets, (dirty) => this.#noteDirty(dirty));
        this.#nextId += 1;
        this.#accepted += 1;
        accept({ webSocket, connection, url, address });
      });
    });
  }

  /** Writes out what waits in all connections. */
  flush(): void {
    for (const connection of this.#dirty) connection.flush();
    this.#dirty.clear();
  }

  /** What nobody flushes goes out with the next turn of the event loop. */
  #noteDirty(connection: StreamConnection): void {
    if (this.#dirty.size === 0) setImmediate(() => this.flush());
    this.#dirty.add(connection);
  }

  get isAnyBehind(): boolean {
    for (const { connection } of this.#open) if (connection.isBehind && connection.isOpen) return true;
    return false;
  }

  /** Cuts the connections that are behind. */
  cutBehind(): void {
    for (const { connection } of this.#open) if (connection.isBehind) connection.cut();
  }

  connections(kind: ConnectionKind | 'all'): OpenConnection[] {
    return [...this.#open].filter((open) => kind === 'all' || open.kind === kind);
  }

  /** The venue says that it is about to go down. */
  announceShutdown(kind: ConnectionKind | 'all', nowMs: number): void {
    const event = { e: 'serverShutdown', E: nowMs };
    for (const { connection, isApi } of this.connections(kind)) {
      connection.send(textFrame(JSON.stringify(isApi ? { event } : event)));
    }
    this.flush();
  }

  state(): object {
    const open = [...this.#open].map(({ connection, kind, path }) => ({
      ...{ id: connection.id, kind, path, framesSent: connection.framesSent, frozen: connection.isFrozen },
    }));
    return { accepted: this.#accepted, open };
  }

  close(): void {
    for (const { connection } of this.#open) connection.cut();
    this.#server.close();
  }

  #acceptor(url: URL): ((opened: Opened) => void) | null {
    const { pathname } = url;
    if (pathname === '/ws-api/v3') return (opened) => this.#openApi('spot', opened);
    if (pathname === '/ws-fapi/v1') return (opened) => this.#openApi('futures', opened);
    const spot = SPOT_STREAM.exec(pathname);
    if (spot !== null) {
      return (opened) => this.#openStream(opened, { route: 'spot', isCombined: spot[1] === 'stream', names: spot[2] });
    }
    const futures = FUTURES_STREAM.exec(pathname);
    if (futures === null) return null;
    const [, routed, mode, names] = futures;
    const isCombined = mode === 'stream';
    if (routed === 'private') return (opened) => this.#openPrivate(opened, isCombined, names ?? '');
    const route = routed === 'public' || routed === 'market' ? routed : 'unrouted';
    return (opened) => this.#openStream(opened, { route, isCombined, names });
  }

  #openStream(opened: Opened, form: { route: Route; isCombined: boolean; names: string | undefined }): void {
    const { connection, url } = opened;
    const market: Market = form.route === 'spot' ? 'spot' : 'futures';
    const subscriber: Subscriber = { connection, route: form.route, isCombined: form.isCombined };
    const subscriptions = new Subscriptions(this.#options.hubs[market], subscriber);
    const onMessage = (text: string): void => {
      connection.send(textFrame(JSON.stringify(subscriptions.answer(text))));
      connection.flush();
    };
    const rules = market === 'spot' ? SPOT_RULES : FUTURES_RULES;
    this.#keep(opened, { kind: market, rules, isApi: false, onMessage, onClose: () => subscriptions.clear() });
    const named = [form.names ?? '', url.searchParams.get('streams') ?? ''].flatMap((list) => list.split('/'));
    subscriptions.addAll(named.filter((name) => name !== ''));
  }

  /** `?listenKey=...&events=A/B`, several pairs of them, or the key in the path. Unknown keys stay silent. */
  #openPrivate(opened: Opened, isCombined: boolean, pathKey: string): void {
    const { userStreams, listenKeys } = this.#options;
    const keys = opened.url.searchParams.getAll('listenKey');
    const filters = opened.url.searchParams.getAll('events');
    for (const [index, listenKey] of (pathKey === '' ? keys : [pathKey]).entries()) {
      const accountId = listenKeys.accountOf(listenKey);
      const filter = filters[index] ?? '';
      const events = filter === '' ? null : new Set(filter.split('/'));
      if (accountId === null) continue;
      userStreams.listenFutures({ connection: opened.connection, accountId, listenKey, events, isCombined });
    }
    const onMessage = (text: string): void => {
      const id = /"id"\s*:\s*(\d+)/.exec(text)?.[1];
      opened.connection.send(textFrame(`{"result":null,"id":${id ?? 'null'}}`));
      opened.connection.flush();
    };
    const onClose = (): void => userStreams.drop(opened.connection);
    this.#keep(opened, { kind: 'user', rules: FUTURES_RULES, isApi: false, onMessage, onClose });
  }

  #openApi(market: Market, opened: Opened): void {
    const client = { connection: opened.connection, address: opened.address };
    this.#keep(opened, {
      kind: 'user',
      rules: market === 'spot' ? SPOT_API_RULES : FUTURES_API_RULES,
      isApi: true,
      onMessage: (text) => this.#options.apis[market].receive(text, client),
      onClose: () => this.#options.userStreams.drop(opened.connection),
    });
  }

  #keep(
    { webSocket, connection, url }: Opened,
    options: {
      readonly kind: ConnectionKind;
      readonly rules: SessionRules;
      readonly isApi: boolean;
      readonly onMessage: (text: string) => void;
      readonly onClose: () => void;
    },
  ): void {
    const { kind, rules, isApi, onMessage, onClose } = options;
    const open: OpenConnection = { connection, kind, path: url.pathname, isApi };
    this.#open.add(open);
    new Session(webSocket, {
      clock: this.#options.clock,
      rules,
      connection,
      onMessage,
      onClose: () => {
        this.#open.delete(open);
        this.#dirty.delete(connection);
        onClose();
      },
    });
  }
}
