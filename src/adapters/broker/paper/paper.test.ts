import { instrument } from '../../../testkit/builders/instruments.ts';
import { describeBrokerContract } from '../../../testkit/broker-suite.ts';
import { futuresInstrument, marketHarness } from '../../../testkit/broker/market-harness.ts';
import { createFakeClock } from '../../../testkit/fake-clock.ts';
import { asId } from '../../../domain/ids.ts';
import type { Account } from '../../../domain/account.ts';
import type { Market } from '../../../domain/instrument.ts';
import { createPaperBroker } from './paper.ts';

function paperAccount(market: Market): Account {
  return { id: asId('paper-1'), userId: asId('user'), venue: 'binance', market, money: 'paper', label: 'paper' };
}

for (const traded of [instrument(), futuresInstrument()]) {
  describeBrokerContract(`the paper broker on ${traded.market}`, async () => {
    const clock = createFakeClock();
    const instance = 'test';
    const paper = createPaperBroker({
      ...{ account: paperAccount(traded.market), clock, instance, instruments: [traded] },
      saved: null,
      save: async () => undefined,
    });
    return marketHarness({ ...paper, clock, instance, instrument: traded });
  });
}
