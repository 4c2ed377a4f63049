import type { AnyChannel } from '../../shared/wire/live.ts';
import type { ApiDesk } from '../routes/api-desk.ts';
import { ChannelRows } from './channel-rows.ts';
import type { LiveClient } from './live-client.ts';
import type { ChannelSource } from './sources.ts';

/** A channel with those who listen to it. It is looked at only while somebody does. */
export class LiveChannel {
  readonly name: AnyChannel;
  readonly source: ChannelSource;
  readonly rows: ChannelRows;
  readonly readers = new Set<LiveClient>();
  readonly #api: ApiDesk;
  /** Readers that wait for the look after their subscription. */
  readonly #newcomers = new Set<LiveClient>();
  #looking: Promise<void> | null = null;
  #isDueAgain = false;

  constructor(name: AnyChannel, source: ChannelSource, api: ApiDesk) {
    this.name = name;
    this.source = source;
    this.rows = new ChannelRows(name, source.kind);
    this.#api = api;
  }

  /** Sends a snapshot: at once where others listen already, else after a look. */
  async join(client: LiveClient): Promise<void> {
    if (this.readers.size > 0) {
      this.readers.add(client);
      client.start(this);
      return;
    }
    this.#newcomers.add(client);
    await this.look();
  }

  leave(client: LiveClient): void {
    this.readers.delete(client);
    this.#newcomers.delete(client);
    client.forget(this);
  }

  get isIdle(): boolean {
    return this.readers.size === 0 && this.#newcomers.size === 0;
  }

  /** Looks what changed and tells it. One look at a time: who asks during one gets another after it. */
  async look(): Promise<void> {
    if (this.#looking !== null) {
      this.#isDueAgain = true;
      return this.#looking;
    }
    this.#looking = this.#lookUntilDone();
    try {
      await this.#looking;
    } finally {
      this.#looking = null;
    }
  }

  async #lookUntilDone(): Promise<void> {
    do {
      this.#isDueAgain = false;
      const newcomers = [...this.#newcomers];
      const before = this.rows.seq;
      const entries = await this.source.look(this.#api);
      const frames = this.rows.take(entries);
      if (frames !== null) for (const reader of this.readers) reader.deliver(this, frames, before);
      for (const client of newcomers) {
        if (!this.#newcomers.delete(client)) continue;
        this.readers.add(client);
        client.start(this);
      }
    } while (this.#isDueAgain);
  }
}
