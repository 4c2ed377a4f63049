import type { Chance } from '../../ports/chance.ts';
import type { ClientConnection } from '../transport/client-connection.ts';
import type { Frame } from '../transport/frame.ts';
import { keptFrame } from '../transport/frame.ts';
import type { FaultRates, StreamFault } from './fault.ts';
import type { FaultLog } from './fault-log.ts';

interface Held {
  readonly dueMs: number;
  readonly frame: Frame;
  readonly connection: ClientConnection;
}

const CHANCE_DELAY_MS = 500;

/** Stands between the makers of stream messages and their connections; passes everything on unless told otherwise. */
export class StreamFaults {
  readonly #log: FaultLog;
  readonly #now: () => number;
  #armed: { readonly fault: StreamFault; left: number }[] = [];
  #chance: { readonly rates: FaultRates; readonly random: Chance } | null = null;
  #held: Held[] = [];
  /** Frames that wait for the next one of their connection, to be sent after it. */
  readonly #swapped = new Map<ClientConnection, Frame>();

  /** @param now market time */
  constructor(log: FaultLog, now: () => number) {
    this.#log = log;
    this.#now = now;
  }

  /** True while frames are held back, or the next may be. */
  get isDelaying(): boolean {
    const delays = this.#armed.some(({ fault }) => fault.kind === 'delay');
    return this.#held.length > 0 || delays || (this.#chance?.rates.delay ?? 0) > 0;
  }

  arm(fault: StreamFault): void {
    this.#armed.push({ fault, left: fault.count });
  }

  setChance(rates: FaultRates, random: Chance): void {
    const isNone = rates.drop + rates.delay + rates.double + rates.reorder === 0;
    this.#chance = isNone ? null : { rates, random };
  }

  clear(): void {
    this.#armed = [];
    this.#chance = null;
    this.release(Infinity);
    for (const [connection, frame] of this.#swapped) connection.send(frame);
    this.#swapped.clear();
  }

  deliver(stream: string, frame: Frame, connection: ClientConnection): void {
    if (this.#armed.length === 0 && this.#chance === null && this.#swapped.size === 0) {
      connection.send(frame);
      return;
    }
    const fault = this.#faultFor(stream);
    if (fault !== null) this.#log.add({ at: this.#now(), kind: fault.kind, target: stream });
    this.#pass(frame, connection, fault);
  }

  /** Holds a frame back for some market time, for faults of single orders. */
  hold(frame: Frame, connection: ClientConnection, delayMs: number): void {
    this.#held.push({ dueMs: this.#now() + delayMs, frame: keptFrame(frame), connection });
  }

  /** Sends what was held back until now. */
  release(nowMs: number): void {
    if (this.#held.length === 0) return;
    const due = this.#held.filter(({ dueMs }) => dueMs <= nowMs);
    if (due.length === 0) return;
    this.#held = this.#held.filter(({ dueMs }) => dueMs > nowMs);
    for (const { frame, connection } of due) connection.send(frame);
  }

  #pass(frame: Frame, connection: ClientConnection, fault: Pick<StreamFault, 'kind' | 'delayMs'> | null): void {
    if (fault?.kind === 'drop') return;
    if (fault?.kind === 'delay') {
      this.hold(frame, connection, fault.delayMs);
      return;
    }
    const swapped = this.#swapped.get(connection);
    if (fault?.kind === 'reorder' && swapped === undefined) {
      this.#swapped.set(connection, keptFrame(frame));
      return;
    }
    connection.send(frame);
    if (fault?.kind === 'double') connection.send(frame);
    if (swapped === undefined) return;
    this.#swapped.delete(connection);
    connection.send(swapped);
  }

  #faultFor(stream: string): Pick<StreamFault, 'kind' | 'delayMs'> | null {
    const armed = this.#armed.find(({ fault }) => stream.includes(fault.stream));
    if (armed !== undefined) {
      armed.left -= 1;
      this.#armed = this.#armed.filter(({ left }) => left > 0);
      return armed.fault;
    }
    return this.#chance === null ? null : faultByChance(this.#chance.rates, this.#chance.random);
  }
}

function faultByChance(rates: FaultRates, random: Chance): Pick<StreamFault, 'kind' | 'delayMs'> | null {
  const draw = random.next();
  let threshold = 0;
  for (const kind of ['drop', 'delay', 'double', 'reorder'] as const) {
    threshold += rates[kind];
    if (draw < threshold) return { kind, delayMs: CHANCE_DELAY_MS };
  }
  return null;
}
