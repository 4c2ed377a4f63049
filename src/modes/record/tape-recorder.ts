import { messageLine } from '../../sim/tape/header.ts';
import type { Clock } from '../../ports/clock.ts';
import { frameMessage } from './stream-frame.ts';
import type { FramedMessage } from './stream-frame.ts';

const NS_PER_MS = 1_000_000n;

interface LastTrade {
  readonly id: number;
  readonly eventTime: number;
}

/**
 * Makes lines of a tape from what a feed receives. Where one connection takes over from another both bring the same
 * messages: a trade that was heard already is left out, as a player would count it again.
 */
export class TapeRecorder {
  readonly #clock: Clock;
  readonly #add: (line: string) => void;
  /** By stream. */
  readonly #lastTrades = new Map<string, LastTrade>();
  #doubled = 0;

  /** @param add takes the lines */
  constructor(clock: Clock, add: (line: string) => void) {
    this.#clock = clock;
    this.#add = add;
  }

  /** Trades that came twice. */
  get doubled(): number {
    return this.#doubled;
  }

  /** A message has come: `bytes[start, end)`. */
  received(bytes: Uint8Array, start: number, end: number): void {
    const text = Buffer.from(bytes.buffer, bytes.byteOffset + start, end - start).toString('utf8');
    const framed = frameMessage(text);
    if (framed === null) return;
    if (this.#isDoubled(framed)) this.#doubled += 1;
    else this.#add(messageLine(BigInt(this.#clock.now()) * NS_PER_MS, framed.text));
  }

  #isDoubled({ stream, tradeId, eventTime }: FramedMessage): boolean {
    if (tradeId === null) return false;
    const last = this.#lastTrades.get(stream);
    // Ids that begin anew, as a test network's do, come with later times.
    if (last !== undefined && tradeId <= last.id && eventTime <= last.eventTime) return true;
    this.#lastTrades.set(stream, { id: tradeId, eventTime });
    return false;
  }
}
