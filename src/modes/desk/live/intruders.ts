import type { VenueSymbol } from '../../../domain/ids.ts';
import { makerOf } from '../../../domain/order/client-order-id.ts';
import type { Clock } from '../../../ports/clock.ts';
import type { PreparedBroker } from './prepared-broker.ts';

/** An order, by what was seen of it. */
interface Trace {
  readonly clientOrderId: string | null;
  readonly symbol: VenueSymbol;
}

export interface IntruderWatch {
  readonly broker: Pick<PreparedBroker, 'onEvent' | 'onSnapshot' | 'onFills'>;
  /** The four characters of this program. */
  readonly instance: string;
  readonly clock: Pick<Clock, 'now'>;
}

/** What was seen of other instances. */
export interface Intruders {
  /** Hears of each once, also of those that were seen before it listened. */
  onFound(listener: (reason: string) => void): void;
}

/**
 * Looks out, from now on, for other instances of this program whose orders appear on the account while this one trades: by the
 * news of the account, or by what works there and was filled when it is looked at, as news can be missed.
 */
export function watchForIntruders({ broker, instance, clock }: IntruderWatch): Intruders {
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
  broker.onEvent((event) => {
    if (event.type === 'foreign_order') look(event.order, true);
    else if (event.type === 'foreign_fill') look({ ...event, symbol: event.fill.symbol }, true);
  });
  broker.onSnapshot(({ foreignOrders }) => {
    for (const order of foreignOrders) look(order, false);
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
