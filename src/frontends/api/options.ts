import type { Secret } from '../../lib/secret.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Logger, LogLevel } from '../../ports/logger.ts';
import type { Desk } from '../shared/desk.ts';
import type { DeskMetrics } from './metrics/desk-metrics.ts';

/** One line of the program's log. Secrets in it are masked already. */
export interface LogLine {
  /** Milliseconds UTC. */
  readonly at: number;
  readonly level: LogLevel;
  /** The part of the program that speaks: `feed`, `engine` ... */
  readonly source: string;
  readonly text: string;
}

/** Where the lines of the log come from. The server keeps the newest of them itself. */
export interface LogSource {
  /** Lines that were written before, oldest first. */
  readonly earlier: readonly LogLine[];
  /** Hands on every line from now on. Returns the way to stop listening. */
  listen(listener: (line: LogLine) => void): () => void;
}

/** Bounds of the API, each with a default. */
export interface ApiLimits {
  /** Requests for data a minute, all clients of the token together; Infinity: no limit. */
  readonly dataPerMinute: number;
  /** Requests a minute that may add risk (approve, resume, traders, protection). Those that reduce it have no limit. */
  readonly ordersPerMinute: number;
  /** Refused tokens a minute and address; then its requests are answered with 429. */
  readonly refusedPerMinute: number;
  readonly maxBodyBytes: number;
  /** How long a request may take to arrive whole. */
  readonly requestMs: number;
  readonly maxConnections: number;
  readonly maxWebSockets: number;
  /** WebSockets among them that have not shown their token yet. */
  readonly maxStrangers: number;
  /** The longest message that a WebSocket client may send. */
  readonly maxMessageBytes: number;
  /** Messages that a WebSocket client may send in a minute. */
  readonly messagesPerMinute: number;
  /** How long a WebSocket may be open without having shown its token. */
  readonly authMs: number;
  /** What may wait unread for a WebSocket before changes are coalesced. */
  readonly maxUnreadBytes: number;
  /** How long a WebSocket may be behind before it is dropped. */
  readonly slowMs: number;
  /** The wait between two looks at tickers, candles and positions; status and the like are looked at once a second. */
  readonly lookMs: number;
  readonly heartbeatMs: number;
}

/** What the API is made of. */
export interface ApiServerOptions {
  /** `desk.running` is not null. */
  readonly desk: Desk;
  /** HOST. */
  readonly host: string;
  /** PORT; 0: a free one. */
  readonly port: number;
  /** AITRADER_TOKEN. Null is refused unless `host` is loopback. */
  readonly token: Secret | null;
  /** Texts that the token may not be: the keys of the exchange account. */
  readonly exchangeKeys: readonly Secret[];
  /** Of the program; clients compare it with theirs. */
  readonly version: string;
  /** Whether `GET /ws` is offered (ENABLE_WEBSOCKET_API). */
  readonly webSocket: boolean;
  readonly limits?: Partial<ApiLimits>;
  /** Of the wall, also where the engine's clock runs faster. */
  readonly clock: Clock;
  readonly logger: Logger;
  readonly logs: LogSource;
  readonly metrics: DeskMetrics;
}

export interface ApiServer {
  /** Where it listens: `http://127.0.0.1:8080`. */
  readonly address: string;
  /** Takes no more connections and says goodbye to WebSockets; answers under way may take `graceMs`, then they are cut. */
  close(graceMs: number): Promise<void>;
}
