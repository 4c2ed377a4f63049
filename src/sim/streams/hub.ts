import type { Market } from '../../domain/instrument.ts';
import { interned } from '../../lib/interned.ts';
import type { Frame, RawMessage } from '../transport/frame.ts';
import { bareFrame, combinedFrame, textFrame } from '../transport/frame.ts';
import type { StreamConnection } from '../transport/stream-connection.ts';
import type { Route, Topic } from './topics.ts';
import { isServedOn, parseTopic } from './topics.ts';

/** One end of a market stream connection: what it subscribed to and in which form it wants the messages. */
export interface Subscriber {
  readonly connection: StreamConnection;
  readonly route: Route;
  /** `{"stream":...,"data":...}` (true) or the bare message. */
  isCombined: boolean;
}

/** The way of a message to one connection; faults may lie on it. */
export type Delivery = (stream: string, frame: Frame, connection: StreamConnection) => void;

interface Feed {
  readonly topic: Topic;
  /** What stands before a message in its combined-stream frame. */
  readonly opening: string;
  readonly openingBytes: Buffer;
  readonly subscribers: Set<Subscriber>;
}

/** The subscriptions of one market: who gets the messages of which stream. Each message is made into a frame once. */
export class StreamHub {
  readonly #market: Market;
  readonly #feeds = new Map<string, Feed>();
  readonly #deliver: Delivery;
  /** Called when a stream gets its first or loses its last subscriber. */
  onChange: () => void = () => undefined;

  constructor(market: Market, deliver: Delivery) {
    this.#market = market;
    this.#deliver = deliver;
  }

  /** The streams that somebody listens to. */
  topics(): Topic[] {
    return [...this.#feeds.values()].map(({ topic }) => topic);
  }

  has(name: string): boolean {
    return this.#feeds.has(name);
  }

  /** Subscribes; a stream that the venue does not have, or serves on another route, is accepted and stays silent. */
  add(name: string, subscriber: Subscriber): void {
    const topic = parseTopic(this.#market, name);
    if (topic === null || !isServedOn(subscriber.route, topic)) return;
    const feed = this.#feeds.get(name);
    if (feed !== undefined) {
      feed.subscribers.add(subscriber);
      return;
    }
    const opening = `{"stream":"${name}","data":`;
    this.#feeds.set(interned(name), {
      topic,
      opening,
      openingBytes: Buffer.from(opening),
      subscribers: new Set([subscriber]),
    });
    this.onChange();
  }

  remove(name: string, subscriber: Subscriber): void {
    const feed = this.#feeds.get(name);
    if (feed === undefined || !feed.subscribers.delete(subscriber) || feed.subscribers.size > 0) return;
    this.#feeds.delete(name);
    this.onChange();
  }

  /** Sends a message (JSON text) to all subscribers of the stream. */
  publish(name: string, message: string): void {
    const feed = this.#feeds.get(name);
    if (feed === undefined) return;
    let raw: Frame | null = null;
    let combined: Frame | null = null;
    for (const { isCombined, connection } of feed.subscribers) {
      if (isCombined) this.#deliver(name, (combined ??= textFrame(`${feed.opening}${message}}`)), connection);
      else this.#deliver(name, (raw ??= textFrame(message)), connection);
    }
  }

  /** The same for a message that is bytes already; they are copied. */
  publishBytes(name: string, message: RawMessage): void {
    const feed = this.#feeds.get(name);
    if (feed === undefined) return;
    let raw: Frame | null = null;
    let combined: Frame | null = null;
    for (const { isCombined, connection } of feed.subscribers) {
      if (isCombined) this.#deliver(name, (combined ??= combinedFrame(message, feed.openingBytes)), connection);
      else this.#deliver(name, (raw ??= bareFrame(message)), connection);
    }
  }
}
