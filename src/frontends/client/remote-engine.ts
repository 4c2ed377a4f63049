import type { Balance } from '../../domain/account.ts';
import type { Candle } from '../../domain/candle.ts';
import type { EngineCommand } from '../../domain/command.ts';
import { AitraderError } from '../../domain/errors.ts';
import type { AuditRecord } from '../../domain/event.ts';
import type { Filter } from '../../domain/filter.ts';
import type { Order } from '../../domain/order/order.ts';
import type { Position } from '../../domain/position/position.ts';
import type { Signal } from '../../domain/signal.ts';
import { err, ok } from '../../lib/result.ts';
import type { Result } from '../../lib/result.ts';
import type { Clock } from '../../ports/clock.ts';
import type { CandleRequest, EngineHandle, EngineStatus, MarketRow } from '../../ports/engine-handle.ts';
import type { StatusForm } from '../shared/wire/forms.ts';
import type { ApiClient, LiveConnection } from './client.ts';
import { RemoteDeskClock } from './remote/desk-clock.ts';
import { openMirrors } from './remote/mirrors.ts';
import type { Mirrors } from './remote/mirrors.ts';
import { readCandle, readStatus } from './remote/read-status.ts';
import { readFilter } from './remote/read-trader.ts';
import type { TraderRow } from './remote/read-trader.ts';
import { commandFailure } from './remote/refusal.ts';
import { sendCommand } from './remote/send-command.ts';
import { Storyteller } from './remote/storyteller.ts';

export interface RemoteEngineParts {
  readonly client: ApiClient;
  readonly live: LiveConnection;
  readonly clock: Clock;
  /** Something that the daemon said makes no sense to this version; it is not shown. */
  readonly onUnreadable: (failure: unknown) => void;
}

/**
 * The engine of a daemon elsewhere, over its API: views are what was heard last, commands are sent and answered there. While
 * the connection is not whole, what is shown may be old: then `isCurrent` is false, every market is stale and the feed offline.
 */
export class RemoteEngine implements EngineHandle {
  readonly deskClock: RemoteDeskClock;
  readonly #parts: RemoteEngineParts;
  readonly #stories: Storyteller;
  readonly #mirrors: Mirrors;
  readonly #filters: readonly Filter[];
  #status: { readonly form: StatusForm; readonly read: EngineStatus };
  #commandsUnderWay = 0;
  /** When the daemon's newest word about its time was sent, by its own clock. */
  #heardTimeAt = 0;

  /**
   * Asks the daemon for everything that is shown.
   * @throws what the client throws when it cannot be reached, or refuses
   */
  static async open(parts: RemoteEngineParts): Promise<RemoteEngine> {
    const [status, filters] = await Promise.all([parts.client.status(), parts.client.filters()]);
    const engine = new RemoteEngine(parts, status, filters.map(readFilter));
    await Promise.all(Object.values(engine.#mirrors).map(({ ready }) => ready));
    return engine;
  }

  private constructor(parts: RemoteEngineParts, status: StatusForm, filters: readonly Filter[]) {
    const { clock, live, onUnreadable } = parts;
    this.#parts = parts;
    this.#filters = filters;
    this.#status = { form: status, read: readStatus(status) };
    this.#stories = new Storyteller();
    this.deskClock = new RemoteDeskClock(clock);
    this.deskClock.hear(status.time);
    const { deskClock } = this;
    this.#mirrors = openMirrors({ live, deskClock, stories: this.#stories, onUnreadable }, status);
  }

  /** Whether what is shown is what the daemon says now. */
  get isCurrent(): boolean {
    return this.#parts.live.state.status === 'open' && Object.values(this.#mirrors).every(({ isCurrent }) => isCurrent);
  }

  /** How many commands were sent whose answer has not come yet. */
  get commandsUnderWay(): number {
    return this.#commandsUnderWay;
  }

  get quoteAsset(): string {
    return this.#form().quoteAsset;
  }

  /** Of the program there. */
  get version(): string {
    return this.#form().version;
  }

  async execute(command: EngineCommand): Promise<Result<null, AitraderError>> {
    this.#commandsUnderWay += 1;
    try {
      await sendCommand(this.#parts.client, command, {
        trader: (id) => this.traders().find(({ trader }) => trader.id === id)?.trader,
        filterName: (id) => this.#filters.find((filter) => filter.id === id)?.name,
      });
      return ok(null);
    } catch (thrown) {
      const failure = commandFailure(thrown);
      if (failure instanceof AitraderError) return err(failure);
      throw failure;
    } finally {
      this.#commandsUnderWay -= 1;
    }
  }

  status(): EngineStatus {
    const form = this.#form();
    this.#hearTime();
    if (this.#status.form !== form) this.#status = { form, read: readStatus(form) };
    const { read } = this.#status;
    return this.isCurrent ? read : { ...read, feed: 'offline' };
  }

  markets(): readonly MarketRow[] {
    const now = this.deskClock.now();
    const { isCurrent } = this;
    return this.#mirrors.markets.values.map(({ row, heardAt }) => ({
      ...row,
      ageMs: row.ageMs + Math.max(0, now - heardAt),
      stale: row.stale || !isCurrent,
    }));
  }

  traders(): readonly TraderRow[] {
    return this.#mirrors.traders.values;
  }

  filters(): readonly Filter[] {
    return this.#filters;
  }

  async candles(request: CandleRequest): Promise<readonly Candle[]> {
    return (await this.#parts.client.candles(request)).map(readCandle);
  }

  signals(): readonly Signal[] {
    return this.#mirrors.signals.values;
  }

  orders(): readonly Order[] {
    return this.#mirrors.orders.values;
  }

  positions(): readonly Position[] {
    return this.#mirrors.positions.values;
  }

  balances(): readonly Balance[] {
    return this.#mirrors.balances.values;
  }

  onAudit(listener: (record: AuditRecord) => void): () => void {
    return this.#stories.listen(listener);
  }

  #hearTime(): void {
    const { live, clock } = this.#parts;
    const { heartbeat } = live;
    if (heartbeat === null || heartbeat.time === this.#heardTimeAt) return;
    this.#heardTimeAt = heartbeat.time;
    this.deskClock.hear(heartbeat.deskTime, clock.now() - heartbeat.receivedAt);
  }

  #form(): StatusForm {
    return this.#mirrors.status.values[0] ?? this.#status.form;
  }
}
