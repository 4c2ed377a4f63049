import { AitraderError, describeFailure } from '../../../domain/errors.ts';
import { SECOND_MS, TIMEFRAMES } from '../../../domain/time.ts';
import type { Timeframe } from '../../../domain/time.ts';
import type { Clock, Timer } from '../../../ports/clock.ts';
import type { Logger } from '../../../ports/logger.ts';
import { CHANNELS } from '../../shared/wire/live.ts';
import type { AnyChannel, Channel } from '../../shared/wire/live.ts';
import type { DeskMetrics } from '../metrics/desk-metrics.ts';
import type { ApiLimits } from '../options.ts';
import type { ApiDesk } from '../routes/api-desk.ts';
import { candlesOf } from './candle-source.ts';
import { textFrame } from './frame.ts';
import { LiveChannel } from './live-channel.ts';
import type { LiveClient } from './live-client.ts';
import { channelSources } from './sources.ts';

/** What the hub is made of. */
export interface HubParts {
  readonly api: ApiDesk;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly metrics: DeskMetrics;
  readonly limits: ApiLimits;
}

/** Codes of RFC 6455 with which a WebSocket is closed. */
const GOING_AWAY = 1001;
const TRY_AGAIN_LATER = 1013;

/** After an audit record, so that the records of one event are told of together. */
const AFTER_RECORD_MS = 20;
const PING_MS = 30 * SECOND_MS;
const MOST_SERIES = 500;

/** All channels and clients: looks what changed, tells it, and takes care of those who are slow or gone. */
export class LiveHub {
  readonly clients = new Set<LiveClient>();
  readonly #parts: HubParts;
  readonly #channels: ReadonlyMap<Channel, LiveChannel>;
  readonly #series = new Map<string, LiveChannel>();
  readonly #deafen: () => void;
  #timer: Timer | null = null;
  #soon: Timer | null = null;
  #looks = 0;
  #heartbeatAt = 0;
  #pingAt = 0;
  #isClosed = false;

  constructor(parts: HubParts) {
    this.#parts = parts;
    const sources = channelSources();
    this.#channels = new Map(CHANNELS.map((name) => [name, new LiveChannel(name, sources[name], parts.api)]));
    this.#deafen = parts.api.running.engine.onAudit(() => this.#heard());
    this.#plan();
  }

  /**
   * The channel of a name as clients write it.
   * @throws AitraderError `CHANNEL_UNKNOWN`, `API_REQUEST_REFUSED` when too many series are listened to
   */
  channel(name: string): LiveChannel {
    const known = this.#channels.get(name as Channel) ?? this.#series.get(name);
    if (known !== undefined) return known;
    const [, symbol = '', timeframe = ''] = /^candles:([^:]+):([^:]+)$/.exec(name) ?? [];
    const market = this.#parts.api.running.engine.markets().find((row) => row.symbol === symbol);
    if (market === undefined || !isTimeframe(timeframe)) {
      const allowed = `${CHANNELS.join(', ')}, candles:SYMBOL:TIMEFRAME of a symbol that is watched`;
      throw new AitraderError('CHANNEL_UNKNOWN', { given: JSON.stringify(name.slice(0, 60)), allowed });
    }
    if (this.#series.size >= MOST_SERIES) {
      const remedy = 'Unsubscribe from others first, or ask GET /api/candles.';
      throw new AitraderError('API_REQUEST_REFUSED', { problem: `${MOST_SERIES} series are listened to`, remedy });
    }
    const look = candlesOf(market.symbol, timeframe);
    const source = { kind: 'window', everyLooks: 1, isAudited: false, look } as const;
    const channel = new LiveChannel(name as AnyChannel, source, this.#parts.api);
    this.#series.set(name, channel);
    return channel;
  }

  /** Sends a snapshot, and changes from then on. A newcomer also hears at once with whom it speaks. */
  async join(client: LiveClient, channel: LiveChannel): Promise<void> {
    const isNew = !client.hears;
    client.hears = true;
    try {
      await channel.join(client);
      if (isNew) client.tell(this.#heartbeatFrame());
    } catch (error) {
      this.#parts.logger.error('a channel could not be looked at', { channel: channel.name, error });
    }
  }

  leave(client: LiveClient, channel: LiveChannel): void {
    channel.leave(client);
    if (channel.isIdle) this.#series.delete(channel.name);
  }

  remove(client: LiveClient): void {
    this.clients.delete(client);
    for (const channel of [...this.#channels.values(), ...this.#series.values()]) this.leave(client, channel);
  }

  /** Says goodbye to everybody. */
  close(): void {
    this.#isClosed = true;
    this.#deafen();
    this.#timer?.cancel();
    this.#soon?.cancel();
    for (const client of this.clients) client.close(GOING_AWAY, 'the daemon ends');
  }

  #plan(): void {
    if (this.#isClosed) return;
    this.#timer = this.#parts.clock.setTimer(this.#parts.limits.lookMs, () => {
      // A fault here must not end the process that trades.
      try {
        this.#tick();
      } catch (error) {
        this.#parts.logger.error('the WebSocket channels failed', { error });
      }
      this.#plan();
    });
  }

  /** Several records in a row are one reason to look. */
  #heard(): void {
    if (this.#soon !== null || this.clients.size === 0) return;
    this.#soon = this.#parts.clock.setTimer(AFTER_RECORD_MS, () => {
      this.#soon = null;
      this.#look(({ source }) => source.isAudited);
    });
  }

  #tick(): void {
    this.#looks += 1;
    this.#look(({ source }) => this.#looks % source.everyLooks === 0);
    this.#careForClients(performance.now());
  }

  #look(isDue: (channel: LiveChannel) => boolean): void {
    for (const channel of [...this.#channels.values(), ...this.#series.values()]) {
      if (channel.isIdle || !isDue(channel)) continue;
      channel.look().catch((error: unknown) => {
        this.#parts.logger.warn('a channel could not be looked at', {
          channel: channel.name,
          cause: describeFailure(error),
        });
      });
    }
  }

  #careForClients(now: number): void {
    const { limits, metrics } = this.#parts;
    const isBeat = now - this.#heartbeatAt >= limits.heartbeatMs;
    const isPing = now - this.#pingAt >= PING_MS;
    const heartbeat = isBeat ? this.#heartbeatFrame() : null;
    if (isBeat) this.#heartbeatAt = now;
    if (isPing) this.#pingAt = now;
    for (const client of this.clients) {
      const wasBehind = client.isBehind;
      const behindMs = client.catchUp(now);
      if (wasBehind && behindMs === 0) metrics.count('api_websocket_coalesced_total', {});
      if (behindMs > limits.slowMs) this.#drop(client, 'slow');
      else if (isPing && !client.ping()) this.#drop(client, 'silent');
      else if (heartbeat !== null) client.tell(heartbeat);
    }
  }

  /** The frame that tells that the daemon lives. */
  #heartbeatFrame(): Buffer {
    const { api, clock } = this.#parts;
    const data = { time: clock.now(), deskTime: api.desk.now(), version: api.version };
    return textFrame(JSON.stringify({ type: 'heartbeat', data }));
  }

  #drop(client: LiveClient, cause: 'slow' | 'silent'): void {
    const { metrics, logger } = this.#parts;
    metrics.count('api_websocket_dropped_total', { cause });
    logger.warn(`a WebSocket client was cut off: it is ${cause}`, { address: client.address });
    this.remove(client);
    client.close(TRY_AGAIN_LATER, `too ${cause}`);
    client.cut();
  }
}

function isTimeframe(text: string): text is Timeframe {
  return (TIMEFRAMES as readonly string[]).includes(text);
}
