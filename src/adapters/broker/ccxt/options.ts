import type { Account } from '../../../domain/account.ts';
import type { Instrument } from '../../../domain/instrument.ts';
import type { Order } from '../../../domain/order/order.ts';
import type { Secret } from '../../../lib/secret.ts';
import type { WeightBudget } from '../../../lib/weight-budget.ts';
import type { Chance } from '../../../ports/chance.ts';
import type { Clock } from '../../../ports/clock.ts';
import type { Logger } from '../../../ports/logger.ts';
import type { Transport } from './connection/transport.ts';
import type { OpenSocket } from './stream/socket.ts';

/** Base addresses of one market, without a slash at the end. */
export interface BrokerHosts {
  /** `https://api.binance.com`, `https://fapi.binance.com`: the paths are appended. */
  readonly rest: string;
  /** Spot: the WebSocket API (`wss://ws-api.binance.com:443/ws-api/v3`). Futures: the stream host (`wss://fstream.binance.com`). */
  readonly userStream: string;
}

/** What the venue tells of an account that is no order, fill or balance. */
export type VenueNotice =
  | { readonly type: 'margin_call'; readonly message: string }
  /** `leverage`: what it was set to, by whomever; null when something else has changed. */
  | { readonly type: 'account_config_changed'; readonly message: string; readonly leverage: number | null }
  | { readonly type: 'server_shutdown'; readonly message: string };

export interface CcxtBrokerOptions {
  /** Whose money it is; `account.market` is the market that is traded. */
  readonly account: Account;
  /** The class `binance` of ccxt or ccxt.pro, as modes/assets.ts loads it by its file. */
  readonly venueClass: unknown;
  readonly apiKey: Secret;
  /** An HMAC secret, or a private key (Ed25519, RSA) as PEM text. */
  readonly secret: Secret;
  readonly hosts: BrokerHosts;
  readonly clock: Clock;
  readonly chance: Chance;
  readonly logger: Logger;
  /** The symbols of the account's market with their rules, as the market feed reads them; brackets are added here. */
  readonly instruments: () => Promise<readonly Instrument[]>;
  /** The four characters by which own client order ids are known. */
  readonly instance: string;
  /** Unfinished orders of earlier runs: their news are told under their ids. */
  readonly orders?: readonly Order[];
  /** Shared with all who ask the venue from this address. Default: one of its own. */
  readonly budget?: WeightBudget;
  readonly onNotice?: (notice: VenueNotice) => void;
  /** Default: the library's HTTP client. */
  readonly transport?: Transport;
  /** Default: the platform's WebSocket. */
  readonly openSocket?: OpenSocket;
}
