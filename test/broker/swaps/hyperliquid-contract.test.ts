import { describeBrokerContract } from '../../../src/testkit/broker-suite.ts';
import { HYPERLIQUID_KEYS, HYPERLIQUID_SYMBOL, hyperliquidSpeech } from './hyperliquid.ts';
import { StandIn } from './stand-in.ts';
import { harnessOf, openSwaps } from './venue.ts';

describeBrokerContract('the live broker at Hyperliquid', async () => {
  const standIn = new StandIn(HYPERLIQUID_SYMBOL, await hyperliquidSpeech(), 'USDC');
  return harnessOf(await openSwaps({ name: 'hyperliquid', standIn, credentials: HYPERLIQUID_KEYS }), '0.5');
});
