import type { WebSocket } from '@fastify/websocket';
import type { FastifyInstance, FastifyRequest } from 'fastify';

import { AitraderError } from '../../../domain/errors.ts';
import type { Timer } from '../../../ports/clock.ts';
import { clientMessage } from '../../shared/wire/live.ts';
import type { ClientMessage } from '../../shared/wire/live.ts';
import { Budget } from '../http/budget.ts';
import { errorJson, failureOf } from '../http/failures.ts';
import type { Guard } from '../http/guard.ts';
import type { HubParts, LiveHub } from './hub.ts';
import { LiveClient } from './live-client.ts';

/** Codes with which a WebSocket is closed: of RFC 6455, and the one for a missing token. */
const POLICY_VIOLATED = 1008;
const UNAUTHORIZED = 4401;

const FORM =
  'Send {"type": "subscribe", "data": {"channels": ["tickers"]}}, or {"type": "auth", "token": "..."} first.';

/** What is needed to serve `GET /ws`. */
export interface SessionParts extends HubParts {
  readonly hub: LiveHub;
  readonly guard: Guard;
  /** Sessions that have not shown their token yet. */
  readonly strangers: Set<unknown>;
}

/** @throws AitraderError `API_REQUEST_REFUSED` */
function readMessage(text: string): ClientMessage {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    json = null;
  }
  const read = clientMessage.safeParse(json);
  if (read.success) return read.data;
  throw new AitraderError('API_REQUEST_REFUSED', { problem: 'it is no message that is known', remedy: FORM });
}

/** What one client says and is answered. */
class Session {
  readonly #parts: SessionParts;
  readonly #client: LiveClient;
  readonly #budget: Budget;
  #timer: Timer | null = null;
  #isAllowed: boolean;

  constructor(parts: SessionParts, client: LiveClient, isAllowed: boolean) {
    this.#parts = parts;
    this.#client = client;
    this.#isAllowed = isAllowed;
    this.#budget = new Budget(parts.clock, parts.limits.messagesPerMinute);
    if (isAllowed) parts.hub.clients.add(client);
    else this.#awaitToken();
  }

  close(): void {
    this.#timer?.cancel();
    this.#parts.strangers.delete(this);
    this.#parts.hub.remove(this.#client);
  }

  hear(text: string): void {
    try {
      this.#budget.take('messages');
      const message = readMessage(text);
      if (message.type === 'auth') this.#allow(message.token);
      else if (!this.#isAllowed) throw new AitraderError('UNAUTHORIZED', { problem: 'none was sent' });
      else for (const name of message.data.channels) this.#change(message.type, name);
    } catch (failure) {
      this.#refuse(failure);
    }
  }

  #awaitToken(): void {
    const { clock, limits, strangers } = this.#parts;
    strangers.add(this);
    this.#timer = clock.setTimer(limits.authMs, () => this.#end(UNAUTHORIZED, 'no token was sent'));
  }

  #allow(token: string): void {
    if (this.#isAllowed) return;
    this.#parts.guard.accepts(token, this.#client.address);
    this.#isAllowed = true;
    this.#timer?.cancel();
    this.#parts.strangers.delete(this);
    this.#parts.hub.clients.add(this.#client);
  }

  /** One channel that is not known does not keep the others from being heard. */
  #change(type: 'subscribe' | 'unsubscribe', name: string): void {
    const { hub } = this.#parts;
    try {
      const channel = hub.channel(name);
      hub.leave(this.#client, channel);
      // A channel of its own is let go with its last reader.
      if (type === 'subscribe') void hub.join(this.#client, hub.channel(name));
    } catch (failure) {
      this.#refuse(failure);
    }
  }

  #refuse(failure: unknown): void {
    const { error, status } = failureOf(failure);
    if (status >= 500) this.#parts.logger.error('a message over a WebSocket failed', { error: failure });
    this.#client.say({ type: 'error', data: errorJson(error).error });
    if (error.code === 'RATE_LIMITED') this.#end(POLICY_VIOLATED, 'too many messages');
    if (error.code === 'UNAUTHORIZED') this.#end(UNAUTHORIZED, 'no token, or another one');
  }

  #end(code: number, reason: string): void {
    this.#isAllowed = false;
    this.#parts.hub.remove(this.#client);
    this.#client.close(code, reason);
  }
}

function serve(parts: SessionParts, webSocket: WebSocket, request: FastifyRequest): void {
  const client = new LiveClient({
    webSocket,
    stream: request.raw.socket,
    address: request.ip,
    maxUnreadBytes: parts.limits.maxUnreadBytes,
  });
  const session = new Session(parts, client, hasShown(parts.guard, request));
  webSocket.on('message', (data: Buffer) => session.hear(data.toString()));
  // A peer that is gone is no event: closing follows.
  webSocket.on('error', () => undefined);
  webSocket.on('close', () => session.close());
}

/** @throws AitraderError `UNAUTHORIZED`, `RATE_LIMITED` */
function hasShown(guard: Guard, { headers, query, ip }: FastifyRequest): boolean {
  const { api_key: key } = query as { readonly api_key?: unknown };
  return guard.hasShown({ headers, queryKey: typeof key === 'string' ? key : null, address: ip });
}

/** Adds `GET /ws`. What is refused is refused before the WebSocket is opened. */
export function registerLive(app: FastifyInstance, terms: Omit<SessionParts, 'strangers'>): void {
  const parts: SessionParts = { ...terms, strangers: new Set() };
  const { limits, strangers } = parts;
  app.route({
    method: 'GET',
    url: '/ws',
    onRequest: async (request) => {
      const isStranger = !hasShown(parts.guard, request);
      const isFull = app.websocketServer.clients.size >= limits.maxWebSockets;
      if (isFull || (isStranger && strangers.size >= limits.maxStrangers))
        throw new AitraderError('TOO_MANY_WEBSOCKETS', { allowed: limits.maxWebSockets });
    },
    handler: () => {
      throw new AitraderError('API_REQUEST_REFUSED', { problem: 'it opens no WebSocket', remedy: FORM });
    },
    wsHandler: (webSocket, request) => serve(parts, webSocket, request),
  });
}
