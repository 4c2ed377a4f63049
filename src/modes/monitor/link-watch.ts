import type { LiveConnection } from '../../frontends/client/client.ts';
import type { RemoteEngine } from '../../frontends/client/remote-engine.ts';
import type { Clock } from '../../ports/clock.ts';
import { LinkMeter } from './link-meter.ts';
import { linkWords } from './link-words.ts';

export interface LinkWatchParts {
  readonly url: string;
  readonly live: LiveConnection;
  readonly clock: Clock;
  /** Of this program. */
  readonly version: string;
  readonly isInTheClear: boolean;
}

/** Watches the way to a daemon, and says how it is. */
export class LinkWatch {
  readonly #parts: LinkWatchParts;
  readonly #meter: LinkMeter;
  #engine: RemoteEngine | null = null;
  #unreadable = 0;
  #currentAtMs: number;

  constructor(parts: LinkWatchParts) {
    this.#parts = parts;
    this.#meter = new LinkMeter(parts.url, parts.clock);
    this.#currentAtMs = parts.clock.monotonicMs();
  }

  noteUnreadable(): void {
    this.#unreadable += 1;
  }

  async start(engine: RemoteEngine): Promise<void> {
    this.#engine = engine;
    await this.#meter.start();
  }

  /** For the header; null before the start. Asked at each frame. */
  words(): string | null {
    const { live, clock, version, isInTheClear } = this.#parts;
    const engine = this.#engine;
    if (engine === null) return null;
    const { isCurrent, commandsUnderWay } = engine;
    const nowMs = clock.monotonicMs();
    if (isCurrent) this.#currentAtMs = nowMs;
    // A connection that went silent is noticed later: what is shown is as old as the last heartbeat.
    const heardForMs = live.heartbeat === null ? 0 : clock.now() - live.heartbeat.receivedAt;
    return linkWords({
      state: live.state,
      isCurrent,
      oldForMs: Math.max(nowMs - this.#currentAtMs, heardForMs),
      measure: this.#meter.measure,
      commandsUnderWay,
      version: { here: version, there: engine.version },
      unreadable: this.#unreadable,
      isInTheClear,
    });
  }

  close(): void {
    this.#meter.close();
  }
}
