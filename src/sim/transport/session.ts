import type { WebSocket } from 'ws';

import { DAY_MS, MINUTE_MS, SECOND_MS } from '../../domain/time.ts';
import type { Clock, Timer } from '../../ports/clock.ts';
import type { StreamConnection } from './stream-connection.ts';

/** A close code for a client that broke a rule (RFC 6455, 7.4.1). */
const POLICY_VIOLATION = 1008;
const GOING_AWAY = 1001;

/** What the venue demands of a connection, by its clock on the wall. */
export interface SessionRules {
  readonly pingEveryMs: number;
  /** Without a pong for so long the connection is cut. */
  readonly pongWithinMs: number;
  /** Messages (pings and pongs included) that a client may send in a second. */
  readonly messagesPerSecond: number;
}

/** https://developers.binance.com/docs/binance-spot-api-docs/web-socket-streams#general-wss-information */
export const SPOT_RULES: SessionRules = { pingEveryMs: 20 * SECOND_MS, pongWithinMs: MINUTE_MS, messagesPerSecond: 5 };
/** https://developers.binance.com/docs/derivatives/usds-margined-futures/websocket-market-streams/Connect */
export const FUTURES_RULES: SessionRules = {
  pingEveryMs: 3 * MINUTE_MS,
  pongWithinMs: 10 * MINUTE_MS,
  messagesPerSecond: 10,
};
/** The WebSocket APIs count weight instead of messages. */
export const SPOT_API_RULES: SessionRules = { ...SPOT_RULES, messagesPerSecond: Infinity };
export const FUTURES_API_RULES: SessionRules = { ...FUTURES_RULES, messagesPerSecond: Infinity };

interface SessionOptions {
  readonly clock: Clock;
  readonly rules: SessionRules;
  readonly connection: StreamConnection;
  readonly onMessage: (text: string) => void;
  readonly onClose: () => void;
}

/** Keeps the venue's rules on one connection: pings, limits of incoming messages, the end after 24 hours. */
export class Session {
  readonly #webSocket: WebSocket;
  readonly #options: SessionOptions;
  readonly #openedAt: number;
  #lastPongAt: number;
  #timer: Timer;
  #second = 0;
  #messages = 0;

  constructor(webSocket: WebSocket, options: SessionOptions) {
    this.#webSocket = webSocket;
    this.#options = options;
    this.#openedAt = options.clock.monotonicMs();
    this.#lastPongAt = this.#openedAt;
    this.#timer = this.#schedule();
    webSocket.on('message', (data: Buffer) => this.#receive(() => options.onMessage(data.toString())));
    webSocket.on('ping', () => this.#receive(() => undefined));
    webSocket.on('pong', () => {
      this.#lastPongAt = options.clock.monotonicMs();
    });
    webSocket.on('error', () => webSocket.terminate());
    webSocket.on('close', () => {
      this.#timer.cancel();
      options.onClose();
    });
  }

  #receive(handle: () => void): void {
    const { clock, rules, connection } = this.#options;
    const second = Math.floor(clock.monotonicMs() / SECOND_MS);
    this.#messages = second === this.#second ? this.#messages + 1 : 1;
    this.#second = second;
    if (this.#messages <= rules.messagesPerSecond) handle();
    else connection.close(POLICY_VIOLATION, 'Too many requests');
  }

  #schedule(): Timer {
    return this.#options.clock.setTimer(this.#options.rules.pingEveryMs, () => {
      this.#tick();
      if (this.#webSocket.readyState === this.#webSocket.OPEN) this.#timer = this.#schedule();
    });
  }

  #tick(): void {
    const { clock, rules, connection } = this.#options;
    const now = clock.monotonicMs();
    if (now - this.#openedAt >= DAY_MS) connection.close(GOING_AWAY, 'connection is only valid for 24 hours');
    else if (now - this.#lastPongAt > rules.pongWithinMs) connection.cut();
    else connection.ping();
  }
}
