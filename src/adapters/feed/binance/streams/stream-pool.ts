import type { Chance } from '../../../../ports/chance.ts';
import type { Clock } from '../../../../ports/clock.ts';
import type { Intake } from '../intake/intake.ts';
import { CONNECTION_LIMIT } from '../venue.ts';
import type { StreamRoute, VenueMarket } from '../venue.ts';
import { RateLimit } from './rate-limit.ts';
import { StreamLine } from './stream-line.ts';
import type { LineLoss } from './stream-line.ts';
import type { StreamsByRoute } from './stream-names.ts';
import { StreamSocket } from './stream-socket.ts';

/** What becomes of the pool's streams, named as the venue names them. */
export interface StreamPoolEvents {
  flowing(streams: ReadonlySet<string>): void;
  lost(streams: ReadonlySet<string>, loss: LineLoss): void;
  gaveUp(cause: string): void;
  /** The venue refused a subscription: something is wrong with the names. */
  refused(problem: string): void;
}

export interface StreamPoolOptions {
  readonly venue: VenueMarket;
  /** Base of the stream urls, without the path of the route. */
  readonly streamHost: string;
  readonly streamsPerConnection: number;
  readonly maxAttempts: number;
  readonly intake: Intake;
  readonly clock: Clock;
  readonly chance: Chance;
  readonly events: StreamPoolEvents;
}

/** Spreads streams over as many connections as the venue's limits ask for, and keeps them there when others change. */
export class StreamPool {
  readonly #options: StreamPoolOptions;
  readonly #connections: RateLimit;
  readonly #lines = new Map<StreamRoute, StreamLine[]>();
  #reconnects = 0;

  constructor(options: StreamPoolOptions) {
    this.#options = options;
    const { connections, withinMs } = CONNECTION_LIMIT;
    this.#connections = new RateLimit(options.clock, { count: connections, withinMs });
  }

  get lines(): readonly StreamLine[] {
    return [...this.#lines.values()].flat();
  }

  /** How often a connection came back after a loss. */
  get reconnects(): number {
    return this.#reconnects;
  }

  get isFlowing(): boolean {
    return this.lines.every((line) => line.isFlowing);
  }

  /** Subscribes to exactly these streams. What is subscribed already stays on its connection. */
  setStreams(wanted: StreamsByRoute): void {
    for (const route of new Set([...this.#lines.keys(), ...wanted.keys()])) {
      this.#setRoute(route, wanted.get(route) ?? new Set());
    }
  }

  close(): void {
    this.#connections.stop();
    for (const line of this.lines) line.close();
    this.#lines.clear();
  }

  #setRoute(route: StreamRoute, wanted: ReadonlySet<string>): void {
    const lines = this.#lines.get(route) ?? [];
    const shares = lines.map((line) => ({
      line,
      streams: new Set([...line.streams].filter((stream) => wanted.has(stream))),
    }));
    const placed = new Set(shares.flatMap(({ streams }) => [...streams]));
    const missing = [...wanted].filter((stream) => !placed.has(stream));
    const limit = this.#options.streamsPerConnection;
    for (const { streams } of shares) {
      for (const stream of missing.splice(0, Math.max(0, limit - streams.size))) streams.add(stream);
    }
    const kept: StreamLine[] = [];
    for (const { line, streams } of shares) {
      if (streams.size === 0) {
        line.close();
        continue;
      }
      if (!isSame(streams, line.streams)) line.setStreams(streams);
      kept.push(line);
    }
    while (missing.length > 0) kept.push(this.#openLine(route, new Set(missing.splice(0, limit))));
    this.#lines.set(route, kept);
  }

  #openLine(route: StreamRoute, streams: ReadonlySet<string>): StreamLine {
    const { venue, streamHost, intake, clock, chance, events, maxAttempts } = this.#options;
    const url = new URL(`${streamHost}${venue.streamPaths[route] ?? ''}`);
    const { requestsPerSecond } = venue;
    let wasLost = false;
    const line: StreamLine = new StreamLine(
      streams,
      {
        ...{
          clock,
          chance,
          maxAttempts,
          connections: this.#connections,
          onRefused: (problem) => events.refused(problem),
        },
        open: (names, socketEvents) => new StreamSocket(names, { url, intake, clock, requestsPerSecond }, socketEvents),
      },
      {
        flowing: () => {
          if (wasLost) this.#reconnects += 1;
          wasLost = false;
          events.flowing(line.streams);
        },
        lost: (loss) => {
          wasLost = true;
          events.lost(line.streams, loss);
        },
        gaveUp: (cause) => events.gaveUp(cause),
      },
    );
    return line;
  }
}

function isSame(a: ReadonlySet<string>, b: ReadonlySet<string>): boolean {
  return a.size === b.size && [...a].every((stream) => b.has(stream));
}
