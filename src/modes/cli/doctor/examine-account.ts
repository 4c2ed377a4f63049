import { checkAccount, keyRights } from '../../../adapters/broker/ccxt/account-check.ts';
import type { AccountCheckOptions } from '../../../adapters/broker/ccxt/account-check.ts';
import { brokerHosts } from '../../../adapters/broker/ccxt/hosts.ts';
import type { Config } from '../../../config/config.ts';
import { AitraderError, describeFailure } from '../../../domain/errors.ts';
import { asId } from '../../../domain/ids.ts';
import type { VenueSymbol } from '../../../domain/ids.ts';
import type { Clock } from '../../../ports/clock.ts';
import { loadCcxtVenue } from '../../assets.ts';
import { failed, ok, warning } from './finding.ts';
import type { Finding } from './finding.ts';

/** Whether real money could be traded with the configured keys; nothing, where paper money is. */
export async function examineAccount(
  { exchange, accountId, userId, symbols }: Config,
  clock: Clock,
): Promise<readonly Finding[]> {
  const { keys, market, environment, venue } = exchange;
  if (exchange.paperTrading || keys === null) return [];
  const options: AccountCheckOptions = {
    account: { id: accountId, userId, venue, market, money: 'live', label: accountId },
    venueClass: await loadCcxtVenue(venue),
    ...{ apiKey: keys.apiKey, secret: keys.secret, hosts: brokerHosts(market, environment, exchange), clock },
  };
  try {
    await checkAccount(options, asId<VenueSymbol>(`BTC${symbols.quoteAsset}`));
  } catch (failure) {
    const remedy = failure instanceof AitraderError ? failure.hint : 'Look at the log.';
    return [failed('account', describeFailure(failure), remedy)];
  }
  const oneWay = market === 'futures' ? ', one position a symbol' : '';
  return [
    ok('account', `the key may trade ${market}${oneWay}`),
    ...(await examineRights({ ...options, hosts: brokerHosts('spot', environment, exchange) })),
  ];
}

async function examineRights(options: AccountCheckOptions): Promise<readonly Finding[]> {
  const rights = await keyRights(options);
  if (rights === null) return [ok('key rights', 'the exchange does not tell them here')];
  if (rights.mayWithdraw) {
    return [
      warning('key rights', 'the key may withdraw money', 'Take that right from it at the exchange: it is not needed.'),
    ];
  }
  if (!rights.isBoundToAddresses) {
    return [warning('key rights', 'the key may be used from any address', 'Bind it to the addresses of this machine.')];
  }
  return [ok('key rights', 'no withdrawals, bound to addresses')];
}
