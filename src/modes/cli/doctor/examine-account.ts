import { checkAccount, keyRights } from '../../../adapters/broker/ccxt/account-check.ts';
import type { AccountCheckOptions, KeyRights } from '../../../adapters/broker/ccxt/account-check.ts';
import { brokerHosts } from '../../../adapters/broker/ccxt/hosts.ts';
import { checkSwapAccount } from '../../../adapters/broker/ccxt/swaps/swap-account-check.ts';
import { isSwapVenue } from '../../../adapters/broker/ccxt/swaps/venues.ts';
import type { SwapVenueName } from '../../../adapters/broker/ccxt/swaps/venues.ts';
import type { Config } from '../../../config/config.ts';
import { AitraderError, describeFailure } from '../../../domain/errors.ts';
import { asId } from '../../../domain/ids.ts';
import type { VenueSymbol } from '../../../domain/ids.ts';
import type { Clock } from '../../../ports/clock.ts';
import { loadCcxtVenue } from '../../assets.ts';
import { swapKeys } from '../../desk/live/live-account.ts';
import { failed, ok, warning } from './finding.ts';
import type { Finding } from './finding.ts';

/** Whether real money could be traded with the configured keys; nothing, where paper money is. */
export async function examineAccount(config: Config, clock: Clock): Promise<readonly Finding[]> {
  const { exchange, accountId, userId, symbols } = config;
  const { keys, market, environment, venue } = exchange;
  if (exchange.paperTrading || keys === null) return [];
  if (isSwapVenue(venue)) return examineSwapAccount(venue, config, clock);
  const options: AccountCheckOptions = {
    account: { id: accountId, userId, venue, market, money: 'live', label: accountId },
    venueClass: await loadCcxtVenue(venue),
    ...{ apiKey: keys.apiKey, secret: keys.secret, hosts: brokerHosts(market, environment, exchange), clock },
  };
  try {
    await checkAccount(options, asId<VenueSymbol>(`BTC${symbols.quoteAsset}`));
  } catch (failure) {
    return [unfit(failure)];
  }
  const oneWay = market === 'futures' ? ', one position a symbol' : '';
  return [
    ok('account', `the key may trade ${market}${oneWay}`),
    ...(await examineRights({ ...options, hosts: brokerHosts('spot', environment, exchange) })),
  ];
}

async function examineSwapAccount(venue: SwapVenueName, config: Config, clock: Clock): Promise<readonly Finding[]> {
  const { quoteAsset } = config.symbols;
  // Only Bybit is asked for a symbol.
  const symbol = asId<VenueSymbol>(quoteAsset === 'USDC' ? 'BTCPERP' : `BTC${quoteAsset}`);
  try {
    const rights = await checkSwapAccount({ venue, keys: await swapKeys(config, clock), symbol });
    return [ok('account', `the key may trade swaps on ${venue} (experimental), one position a symbol`), told(rights)];
  } catch (failure) {
    return [unfit(failure)];
  }
}

function unfit(failure: unknown): Finding {
  const remedy = failure instanceof AitraderError ? failure.hint : 'Look at the log.';
  return failed('account', describeFailure(failure), remedy);
}

async function examineRights(options: AccountCheckOptions): Promise<readonly Finding[]> {
  const rights = await keyRights(options);
  return [rights === null ? ok('key rights', 'the exchange does not tell them here') : told(rights)];
}

function told({ mayWithdraw, isBoundToAddresses }: KeyRights): Finding {
  if (mayWithdraw) {
    return warning(
      'key rights',
      'the key may withdraw money',
      'Take that right from it at the exchange: it is not needed.',
    );
  }
  if (!isBoundToAddresses) {
    return warning('key rights', 'the key may be used from any address', 'Bind it to the addresses of this machine.');
  }
  return ok('key rights', 'no withdrawals, bound to addresses');
}
