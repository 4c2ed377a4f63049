import { describeBrokerContract } from '../../../src/testkit/broker-suite.ts';
import { BYBIT_KEYS, bybitSpeech } from './bybit.ts';
import { StandIn } from './stand-in.ts';
import { harnessOf, openSwaps } from './venue.ts';

describeBrokerContract('the live broker at Bybit', async () => {
  const standIn = new StandIn('BTCUSDT', bybitSpeech());
  return harnessOf(await openSwaps({ name: 'bybit', standIn, credentials: BYBIT_KEYS }), '0.5');
});
