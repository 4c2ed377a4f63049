import { isRecord, parseJson } from '../transport/params.ts';
import type { StreamHub, Subscriber } from './hub.ts';

/** More streams on one connection are refused. */
const MAX_STREAMS = 1_024;

const METHODS = ['SUBSCRIBE', 'UNSUBSCRIBE', 'LIST_SUBSCRIPTIONS', 'SET_PROPERTY', 'GET_PROPERTY'] as const;
type Method = (typeof METHODS)[number];

type Answer = Readonly<Record<string, unknown>>;

/** `{"code":..,"msg":..}` as the streams answer; the id is told where it could be read. */
function failure(code: number, msg: string, id: unknown = null): Answer {
  return { error: { code, msg }, id };
}

/**
 * The subscriptions of one connection and the messages that change them.
 * https://developers.binance.com/docs/binance-spot-api-docs/web-socket-streams#live-subscribingunsubscribing-to-streams
 */
export class Subscriptions {
  readonly #hub: StreamHub;
  readonly #subscriber: Subscriber;
  readonly #names = new Set<string>();

  constructor(hub: StreamHub, subscriber: Subscriber) {
    this.#hub = hub;
    this.#subscriber = subscriber;
  }

  get names(): readonly string[] {
    return [...this.#names];
  }

  /** Subscribes to the streams of the url. */
  addAll(names: readonly string[]): void {
    for (const name of names) this.#add(name);
  }

  /** Ends all subscriptions of a closed connection. */
  clear(): void {
    for (const name of this.#names) this.#hub.remove(name, this.#subscriber);
    this.#names.clear();
  }

  /** The answer to a message of the client. */
  answer(text: string): Answer {
    const message = parseJson(text);
    if (message === undefined) return failure(3, 'Invalid JSON: expected value at line 1 column 1');
    if (!isRecord(message)) return failure(2, 'Invalid request: expected an object');
    const { method, id } = message;
    if (method === undefined) return failure(2, 'Invalid request: missing field `method` at line 1 column 2');
    if (!isMethod(method)) {
      const expected = METHODS.map((name) => `\`${name}\``).join(', ');
      return failure(2, `Invalid request: unknown variant ${JSON.stringify(method)}, expected one of ${expected}`, id);
    }
    if (!isRequestId(id)) return failure(2, 'Invalid request: request ID must be an unsigned integer');
    return { ...this.#perform(method, message.params, id), id };
  }

  #perform(method: Method, params: unknown, id: unknown): Answer {
    const list: readonly unknown[] = Array.isArray(params) ? params : [];
    switch (method) {
      case 'SUBSCRIBE':
        return this.#subscribe(list, id);
      case 'UNSUBSCRIBE':
        for (const name of list) this.#remove(String(name));
        return { result: null };
      case 'LIST_SUBSCRIPTIONS':
        return { result: this.names };
      case 'GET_PROPERTY':
        if (list[0] !== 'combined') return failure(0, 'Unknown property', id);
        return { result: this.#subscriber.isCombined };
      case 'SET_PROPERTY':
        return this.#setProperty(list, id);
    }
  }

  #subscribe(names: readonly unknown[], id: unknown): Answer {
    if (names.length === 0 || names.some((name) => typeof name !== 'string')) {
      return failure(2, 'Invalid request: params must be a non-empty list of stream names', id);
    }
    if (this.#names.size + names.length > MAX_STREAMS) {
      return failure(2, `Invalid request: at most ${MAX_STREAMS} streams on one connection`, id);
    }
    this.addAll(names.map(String));
    return { result: null };
  }

  #setProperty(list: readonly unknown[], id: unknown): Answer {
    const [name, value] = list;
    if (name !== 'combined') return failure(0, 'Unknown property', id);
    if (typeof value !== 'boolean') return failure(1, 'Invalid value type: expected Boolean', id);
    this.#subscriber.isCombined = value;
    return { result: null };
  }

  #add(name: string): void {
    if (name === '' || this.#names.has(name)) return;
    this.#names.add(name);
    this.#hub.add(name, this.#subscriber);
  }

  #remove(name: string): void {
    if (this.#names.delete(name)) this.#hub.remove(name, this.#subscriber);
  }
}

function isMethod(value: unknown): value is Method {
  return METHODS.some((method) => method === value);
}

/** Unsigned integers, and texts of up to 36 characters as the venue has taken since 2023; null counts too. */
function isRequestId(id: unknown): boolean {
  if (id === null) return true;
  if (typeof id === 'string') return id.length <= 36;
  return typeof id === 'number' && Number.isSafeInteger(id) && id >= 0;
}
