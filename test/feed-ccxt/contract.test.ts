import { describeFeedContract } from '../../src/testkit/feed-suite.ts';
import { openVenue } from './simulated-venue.ts';

describeFeedContract('ccxt with a spot market', () => openVenue('spot'));
describeFeedContract('ccxt with a futures market', () => openVenue('futures'));
