import type { Broker, Submission } from '../../src/ports/broker.ts';

/** Stands between engine and broker in a simulation: looks at what passes, or spoils it on purpose. */
export type BrokerWrap = (broker: Broker) => Broker;

/** The broker with some of its methods replaced. */
export function withMethods(broker: Broker, methods: Partial<Broker>): Broker {
  return {
    account: broker.account,
    capabilities: broker.capabilities,
    instruments: () => broker.instruments(),
    submit: (submission) => broker.submit(submission),
    submitList: (submissions) => broker.submitList(submissions),
    cancel: (order) => broker.cancel(order),
    replace: (order, replacement) => broker.replace(order, replacement),
    query: (order) => broker.query(order),
    snapshot: () => broker.snapshot(),
    fillsSince: (instrument, since) => broker.fillsSince(instrument, since),
    fundingSince: (since) => broker.fundingSince(since),
    setLeverage: (instrument, leverage, marginMode) => broker.setLeverage(instrument, leverage, marginMode),
    onEvent: (listener) => broker.onEvent(listener),
    ownerOf: (clientOrderId) => broker.ownerOf(clientOrderId),
    close: () => broker.close(),
    ...methods,
  };
}

/** Lets `look` see every submission before it is sent. */
export function watched(broker: Broker, look: (submission: Submission) => void): Broker {
  return withMethods(broker, {
    submit: (submission) => {
      look(submission);
      return broker.submit(submission);
    },
    replace: (order, replacement) => {
      look(replacement);
      return broker.replace(order, replacement);
    },
  });
}
