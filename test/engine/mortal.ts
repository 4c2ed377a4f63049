import type { Broker } from '../../src/ports/broker.ts';
import type { Clock } from '../../src/ports/clock.ts';
import type { Store } from '../../src/ports/store/store.ts';
import type { ScriptedBroker } from '../../src/testkit/scripted-broker.ts';

/** Whether a program still runs. What it did before it died stays; nothing of it happens after. */
export interface Life {
  isAlive: boolean;
}

/** A clock that calls nobody back once the program has died. */
export function mortalClock(clock: Clock, life: Life): Clock {
  return {
    now: () => clock.now(),
    monotonicMs: () => clock.monotonicMs(),
    setTimer: (delayMs, callback) =>
      clock.setTimer(delayMs, () => {
        if (life.isAlive) callback();
      }),
  };
}

/** One of its own for everybody who waits: a shared one would hold on to all that ever ended in it. */
function never(): Promise<never> {
  return new Promise(() => undefined);
}

/** Answers reach nobody once the program has died, and nothing more of it reaches the other side. */
function mortal<Value>(life: Life, ask: () => Promise<Value>): Promise<Value> {
  if (!life.isAlive) return never();
  return ask().then(
    (value) => (life.isAlive ? value : never()),
    (failure: unknown) => {
      if (life.isAlive) throw failure;
      return never();
    },
  );
}

export function mortalStore(store: Store, life: Life): Store {
  return { ...store, commit: (changes, durability) => mortal(life, () => store.commit(changes, durability)) };
}

export function mortalBroker(broker: ScriptedBroker, life: Life): Broker {
  return {
    account: broker.account,
    capabilities: broker.capabilities,
    instruments: () => broker.instruments(),
    submit: (submission) => mortal(life, () => broker.submit(submission)),
    submitList: () => mortal(life, () => broker.submitList()),
    cancel: (order) => mortal(life, () => broker.cancel(order)),
    replace: (order, submission) => mortal(life, () => broker.replace(order, submission)),
    query: (order) => mortal(life, () => broker.query(order)),
    snapshot: () => mortal(life, () => broker.snapshot()),
    fillsSince: (at, since) => mortal(life, () => broker.fillsSince(at, since)),
    fundingSince: (since) => mortal(life, () => broker.fundingSince(since)),
    setLeverage: () => broker.setLeverage(),
    onEvent: (listener) =>
      broker.onEvent((event) => {
        if (life.isAlive) listener(event);
      }),
    ownerOf: (id) => broker.ownerOf(id),
    close: async () => undefined,
  };
}
