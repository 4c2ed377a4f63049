import type { HttpAnswer, HttpRequest, Transport } from '../../src/adapters/broker/ccxt/connection/transport.ts';
import type { OpenSocket, SocketEvents } from '../../src/adapters/broker/ccxt/stream/socket.ts';
import type { Clock } from '../../src/ports/clock.ts';
import type { InsideExchange } from '../../src/sim/inside/inside-exchange.ts';
import type { Draw } from './draw.ts';
import type { Life } from './life.ts';

/** Where the program believes the exchange to be. */
export const HOST = 'http://inside';
/** After so long the library's HTTP client gives up. */
const TIMEOUT_MS = 10_000;

/** What the way between program and exchange is like. Changed while the simulation runs. */
export interface NetworkTerms {
  minMs: number;
  maxMs: number;
  /** Chances per request. */
  lostBefore: number;
  lostAfter: number;
  /** The answer, or the request, comes so late that nobody waits for it any more. */
  stuck: number;
  late: number;
  /** Nothing can be connected to until then, milliseconds UTC. */
  downUntil: number;
}

/** A request that reached the exchange, and what came of it. */
export interface SeenRequest {
  readonly at: number;
  readonly method: string;
  readonly path: string;
  /** Query and body together, as they were sent. */
  readonly text: string;
  status: number | null;
}

const UNKNOWN_SYMBOL = { headers: {}, body: '{"code":-1121,"msg":"Invalid symbol."}' };

class ConnectionError extends Error {
  readonly code: string;

  constructor(code: string) {
    super(code);
    this.code = code;
  }
}

/** The way between one program and the exchange, over which requests, answers and news take their time. */
export class Network {
  readonly terms: NetworkTerms;
  /** Symbols that the exchange does not know any more. */
  readonly unlisted = new Set<string>();
  readonly #exchange: InsideExchange;
  readonly #clock: Clock;
  readonly #draw: Draw;
  readonly #onRequest: (request: SeenRequest) => void;
  readonly #open = new Set<() => void>();

  constructor(parts: {
    readonly exchange: InsideExchange;
    /** The world's clock. */
    readonly clock: Clock;
    readonly draw: Draw;
    readonly terms: NetworkTerms;
    readonly onRequest: (request: SeenRequest) => void;
  }) {
    this.#exchange = parts.exchange;
    this.#clock = parts.clock;
    this.#draw = parts.draw;
    this.terms = parts.terms;
    this.#onRequest = parts.onRequest;
  }

  transport(life: Life): Transport {
    return (request) => life.wait(() => this.#withinTime(this.#carry(request)));
  }

  socket(life: Life): OpenSocket {
    return (url, events) => this.#connect(new URL(url), heardBy(events, life));
  }

  /** The program is gone: its connections break. */
  cutAll(): void {
    for (const cut of [...this.#open]) cut();
  }

  async #carry(request: HttpRequest): Promise<HttpAnswer> {
    const { terms } = this;
    if (this.#clock.now() < terms.downUntil) {
      await this.#pause(this.#wayMs());
      throw new ConnectionError('ECONNREFUSED');
    }
    const fate = this.#draw.weighted([
      [terms.lostBefore, 'lost_before'],
      [terms.lostAfter, 'lost_after'],
      [terms.stuck, 'stuck'],
      [terms.late, 'late'],
      [1, 'well'],
    ] as const);
    await this.#pause(fate === 'late' ? this.#draw.between(500, 12_000) : this.#wayMs());
    if (fate === 'lost_before') throw new ConnectionError('ECONNRESET');
    const answer = await this.#ask(request);
    await this.#pause(fate === 'stuck' ? 2 * TIMEOUT_MS : this.#wayMs());
    if (answer === null || fate === 'lost_after') throw new ConnectionError('ECONNRESET');
    return { ...answer, headers: lowerCased(answer.headers) };
  }

  async #ask({ url, method, headers, body = '' }: HttpRequest): Promise<HttpAnswer | null> {
    const [address = '', query = ''] = url.split('?', 2);
    const path = address.slice(HOST.length);
    const text = query === '' || body === '' ? query + body : `${query}&${body}`;
    const seen: SeenRequest = { at: this.#clock.now(), method, path, text, status: null };
    this.#onRequest(seen);
    const symbol = this.unlisted.size === 0 ? null : new URLSearchParams(text).get('symbol');
    if (symbol !== null && this.unlisted.has(symbol)) return { ...UNKNOWN_SYMBOL, status: (seen.status = 400) };
    const apiKey = headers['X-MBX-APIKEY'] ?? '';
    const answer = await this.#exchange.request(method, path, { query, body, apiKey });
    if (answer !== null) seen.status = answer.status;
    return answer;
  }

  #withinTime(answer: Promise<HttpAnswer>): Promise<HttpAnswer> {
    const { promise, reject } = Promise.withResolvers<never>();
    const timer = this.#clock.setTimer(TIMEOUT_MS, () => reject(new DOMException('no answer', 'AbortError')));
    return Promise.race([answer, promise]).finally(() => timer.cancel());
  }

  /** News stay in the order in which they were sent. */
  #connect(url: URL, events: SocketEvents): ReturnType<OpenSocket> {
    let readyAt = 0;
    let socket: ReturnType<InsideExchange['connect']> | null = null;
    let isOver = false;
    const later = (act: () => void): void => {
      readyAt = Math.max(readyAt, this.#clock.monotonicMs() + this.#wayMs());
      this.#clock.setTimer(readyAt - this.#clock.monotonicMs(), () => {
        if (!isOver) act();
      });
    };
    const leave = (): void => {
      isOver = true;
      socket?.close();
      this.#open.delete(leave);
    };
    this.#open.add(leave);
    const end = (cause: string): void => {
      leave();
      events.closed(cause);
    };
    later(() => {
      if (this.#clock.now() < this.terms.downUntil) {
        end('closed with 1006');
        return;
      }
      socket = this.#exchange.connect(url, {
        message: (text) => later(() => events.message(text)),
        closed: (cause) => later(() => end(cause)),
      });
      events.opened();
    });
    return {
      send: (text) => later(() => socket?.send(text)),
      close: leave,
    };
  }

  #wayMs(): number {
    return this.#draw.between(this.terms.minMs, this.terms.maxMs);
  }

  #pause(ms: number): Promise<void> {
    return new Promise((resolve) => this.#clock.setTimer(ms, resolve));
  }
}

function heardBy(events: SocketEvents, life: Life): SocketEvents {
  return {
    opened: () => (life.pass() ? events.opened() : undefined),
    message: (text) => (life.pass() ? events.message(text) : undefined),
    closed: (cause) => (life.pass() ? events.closed(cause) : undefined),
  };
}

function lowerCased(headers: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
}
