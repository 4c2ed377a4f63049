import type { Chance } from '../../ports/chance.ts';
import type { Endpoint } from '../transport/endpoint.ts';
import type { VenueError } from '../venue-error.ts';
import { refuse } from '../venue-error.ts';
import type { FaultRates, RequestFault } from './fault.ts';
import type { FaultLog } from './fault-log.ts';

/** What is to happen to one request. */
export interface FaultPlan {
  /** Refused instead of being carried out. */
  readonly before: VenueError | null;
  /** Carried out, and this answered. */
  readonly after: VenueError | null;
  readonly delayMs: number;
  /** Carried out, and the connection breaks. */
  readonly losesAnswer: boolean;
}

const NO_FAULT: FaultPlan = { before: null, after: null, delayMs: 0, losesAnswer: false };

/** Requests of the control interface are never disturbed. */
export class RequestFaults {
  readonly #log: FaultLog;
  #armed: { readonly fault: RequestFault; left: number }[] = [];
  #chance: { readonly rates: FaultRates; readonly random: Chance } | null = null;

  constructor(log: FaultLog) {
    this.#log = log;
  }

  arm(fault: RequestFault): void {
    this.#armed.push({ fault, left: fault.count });
  }

  setChance(rates: FaultRates, random: Chance): void {
    this.#chance = { rates, random };
  }

  clear(): void {
    this.#armed = [];
    this.#chance = null;
  }

  /** Decides about a request; each decision uses up one count of an armed fault. */
  plan(endpoint: Endpoint, nowMs: number): FaultPlan {
    const target = `${endpoint.method} ${endpoint.path}`;
    const armed = this.#armed.find(({ fault }) => target.includes(fault.endpoint));
    if (armed === undefined) return this.#planByChance(endpoint, target, nowMs);
    armed.left -= 1;
    this.#armed = this.#armed.filter(({ left }) => left > 0);
    this.#log.add({ at: nowMs, kind: armed.fault.kind, target });
    return planOf(armed.fault);
  }

  /** By chance only signed requests are hit: they are the ones whose outcome matters. */
  #planByChance(endpoint: Endpoint, target: string, nowMs: number): FaultPlan {
    if (this.#chance === null || endpoint.security !== 'signed') return NO_FAULT;
    const { rates, random } = this.#chance;
    const draw = random.next();
    const kinds = [
      ['error_before', rates.errorBefore],
      ['error_after', rates.errorAfter],
      ['lose_answer', rates.loseAnswer],
    ] as const;
    let threshold = 0;
    for (const [kind, rate] of kinds) {
      threshold += rate;
      if (draw >= threshold) continue;
      this.#log.add({ at: nowMs, kind, target });
      return planOf({ kind, endpoint: '', count: 1 });
    }
    return NO_FAULT;
  }
}

function planOf(fault: RequestFault): FaultPlan {
  switch (fault.kind) {
    case 'refuse':
      return { ...NO_FAULT, before: refuse(fault.refusal) };
    case 'error_before':
      return { ...NO_FAULT, before: refuse('DISCONNECTED') };
    case 'error_after':
      return { ...NO_FAULT, after: refuse('UNEXPECTED_RESP') };
    case 'lose_answer':
      return { ...NO_FAULT, losesAnswer: true };
    case 'delay_answer':
      return { ...NO_FAULT, delayMs: fault.delayMs };
  }
}
