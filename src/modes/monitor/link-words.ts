import { SECOND_MS } from '../../domain/time.ts';
import type { LiveState } from '../../frontends/client/client.ts';
import { printable } from '../../lib/printable.ts';
import type { LinkMeasure } from './link-meter.ts';

/** Clocks that are kept by NTP differ by less. */
const LEAST_SKEW_MS = 2 * SECOND_MS;

/** What the monitor knows of its connection. */
export interface LinkFacts {
  readonly state: LiveState;
  /** Whether everything that is shown is what the daemon says now. */
  readonly isCurrent: boolean;
  /** For how long it has not been; counts while `isCurrent` is false. */
  readonly oldForMs: number;
  readonly measure: LinkMeasure | null;
  readonly commandsUnderWay: number;
  readonly version: { readonly here: string; readonly there: string };
  /** How many things the daemon said made no sense here. */
  readonly unreadable: number;
  /** The token travels where others may read it. */
  readonly isInTheClear: boolean;
}

/** The connection in words: what is wrong with it first, how fast it is last. */
export function linkWords(facts: LinkFacts): string {
  const { measure, commandsUnderWay, version, unreadable } = facts;
  const skewMs = measure?.skewMs ?? 0;
  const words = [
    ...(facts.isCurrent ? [] : [outage(facts)]),
    ...(facts.isCurrent && measure === null ? ['SLOW: no answer within 5 s, what is shown may be as old'] : []),
    ...(commandsUnderWay > 0 ? [`${count(commandsUnderWay, 'command')} without an answer yet`] : []),
    ...(version.here === version.there ? [] : [`daemon ${printable(version.there)}, monitor ${version.here}`]),
    ...(Math.abs(skewMs) > LEAST_SKEW_MS ? [`its clock is ${seconds(skewMs)} ${skewMs > 0 ? 'ahead' : 'behind'}`] : []),
    ...(unreadable > 0 ? [`${count(unreadable, 'thing')} it said cannot be read`] : []),
    ...(facts.isInTheClear ? ['http: the token travels in the clear'] : []),
    ...(facts.isCurrent && measure !== null ? [`link ${Math.round(measure.latencyMs)} ms`] : []),
  ];
  return words.join(' · ');
}

function outage({ state, oldForMs }: LinkFacts): string {
  const age = `OLD by ${seconds(oldForMs)}`;
  switch (state.status) {
    case 'open':
      return `${age}: catching up`;
    case 'connecting':
      return `${age}: connecting, try ${state.attempt}`;
    case 'waiting':
      return `${age}: NO CONNECTION (${printable(state.cause)})`;
    case 'closed':
      return `${age}: DISCONNECTED (${printable(state.cause)})`;
  }
}

function seconds(ms: number): string {
  const value = Math.abs(ms) / SECOND_MS;
  return `${value < 10 ? value.toFixed(1) : Math.round(value)} s`;
}

function count(number: number, what: string): string {
  return `${number} ${what}${number === 1 ? '' : 's'}`;
}
