import type { AccountEvent } from '../../../domain/event.ts';
import type { VenueSymbol } from '../../../domain/ids.ts';
import { makerOf } from '../../../domain/order/client-order-id.ts';
import { MINUTE_MS, SECOND_MS } from '../../../domain/time.ts';
import type { AccountSnapshot } from '../../../ports/broker.ts';
import type { Clock } from '../../../ports/clock.ts';
import { RECENT_MS, symbolsToLookAt } from './other-instances.ts';
import type { SymbolsAtHand } from './other-instances.ts';
import type { PreparedBroker } from './prepared-broker.ts';

/** An order, by what was seen of it. */
interface Trace {
  readonly clientOrderId: string | null;
  readonly symbol: VenueSymbol;
}

/** A connection that has gone silent is noticed so late at most. */
const SILENCE_MS = MINUTE_MS;
/** So often the fills of a time without news are asked for; a symbol may have left the exchange. */
const MOST_TRIES = 5;
/** The news of the account come so soon after the start that what was looked at then still holds. */
const AT_ONCE_MS = 10 * SECOND_MS;

export interface IntruderWatch {
  readonly broker: Pick<PreparedBroker, 'account' | 'onEvent' | 'onSnapshot' | 'onFills' | 'fillsSince'>;
  /** The four characters of this program. */
  readonly instance: string;
  readonly clock: Pick<Clock, 'now'>;
  readonly atHand: SymbolsAtHand;
}

/** What was seen of other instances. */
export interface Intruders {
  /** Hears of each once, also of those that were seen before it listened. */
  onFound(listener: (reason: string) => void): void;
}

/**
 * Looks out, from now on, for other instances of this program whose orders appear on the account while this one trades: by the
 * news of the account, or by what works there and was filled when it is looked at, as news can be missed. After a time without
 * news the fills of that time are asked for.
 */
export function watchForIntruders({ broker, instance, clock, atHand }: IntruderWatch): Intruders {
  const known = new Set([instance]);
  // What worked here before is found at the start, and taken over.
  const startedAt = clock.now();
  const reasons: string[] = [];
  let found = (reason: string): void => void reasons.push(reason);
  const look = ({ clientOrderId, symbol }: Trace, isNew: boolean): void => {
    const maker = clientOrderId === null ? null : makerOf(clientOrderId, clock.now());
    if (maker === null || known.has(maker.instance)) return;
    if (!isNew && maker.madeAt < startedAt) return;
    known.add(maker.instance);
    found(`another aitrader (instance ${maker.instance}) trades on this account: an order in ${symbol}`);
  };
  /** Since when news may have been missed, milliseconds UTC; null: since never. */
  let deafSince: number | null = startedAt;
  let isHeard = false;
  const note = ({ type }: AccountEvent): void => {
    if (type === 'account_stream_lost') {
      deafSince ??= clock.now() - SILENCE_MS;
      isHeard = false;
    } else if (type === 'account_stream_connected') {
      if (deafSince === startedAt && clock.now() - startedAt <= AT_ONCE_MS) deafSince = null;
      isHeard = true;
    }
  };
  let failures = 0;
  /** Whoever listens for fills hears of what was missed. When that fails it is tried at the next looks at the account. */
  const catchUp = async (snapshot: AccountSnapshot, sinceMs: number): Promise<void> => {
    const { market } = broker.account;
    let isWhole = true;
    for (const symbol of symbolsToLookAt(snapshot, atHand)) {
      await broker.fillsSince({ market, symbol }, sinceMs).catch(() => (isWhole = false));
    }
    failures = isWhole ? 0 : failures + 1;
    if (failures % MOST_TRIES !== 0) deafSince = Math.min(sinceMs, deafSince ?? Infinity);
  };
  broker.onEvent((event) => {
    note(event);
    if (event.type === 'foreign_order') look(event.order, true);
    else if (event.type === 'foreign_fill') look({ ...event, symbol: event.fill.symbol }, true);
  });
  broker.onSnapshot((snapshot) => {
    for (const order of snapshot.foreignOrders) look(order, false);
    if (!isHeard || deafSince === null) return;
    void catchUp(snapshot, Math.max(deafSince, clock.now() - RECENT_MS));
    deafSince = null;
  });
  broker.onFills((fills) => {
    for (const { fill, clientOrderId } of fills) look({ clientOrderId, symbol: fill.symbol }, false);
  });
  return {
    onFound(listener) {
      found = listener;
      for (const reason of reasons.splice(0)) listener(reason);
    },
  };
}
