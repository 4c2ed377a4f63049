import { describeBrokerContract } from '../../../src/testkit/broker-suite.ts';
import { OKX_SYMBOL } from './okx-rows.ts';
import { OKX_KEYS, okxSpeech } from './okx.ts';
import { StandIn } from './stand-in.ts';
import { harnessOf, openSwaps } from './venue.ts';

describeBrokerContract('the live broker at OKX', async () => {
  const standIn = new StandIn(OKX_SYMBOL, okxSpeech());
  return harnessOf(await openSwaps({ name: 'okx', standIn, credentials: OKX_KEYS }), '0.5');
});
