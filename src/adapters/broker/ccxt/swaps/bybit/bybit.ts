import type { bybit } from 'ccxt';

import { AitraderError } from '../../../../../domain/errors.ts';
import { decimal } from '../../../../../domain/decimal.ts';
import type { Decimal } from '../../../../../domain/decimal.ts';
import { asId } from '../../../../../domain/ids.ts';
import type { VenueOrderId, VenueSymbol } from '../../../../../domain/ids.ts';
import type { InstrumentRef } from '../../../../../domain/instrument.ts';
import type { MarginMode } from '../../../../../domain/position/position.ts';
import { DAY_MS, MINUTE_MS, WEEK_MS } from '../../../../../domain/time.ts';
import type { BrokerCapabilities, FundingReport, Submission, VenuePosition } from '../../../../../ports/broker.ts';
import type { KeyRights } from '../../account-check.ts';
import type { Params, RequestCost } from '../../connection/api-client.ts';
import { JudgedRefusal, RefusedHere, UnreadableAnswer } from '../../connection/failures.ts';
import type { Fields } from '../../connection/fields.ts';
import { fieldsOf, listOf, optionalText, textOf } from '../../connection/fields.ts';
import type { AssetBalance, KnownId } from '../../dialect.ts';
import type { VenueTrade } from '../../fills.ts';
import { priorityOf } from '../../priority.ts';
import { openSwapClient } from '../swap-keys.ts';
import type { SwapKeys } from '../swap-keys.ts';
import type { SeenOrder, SwapVenue } from '../swap-venue.ts';
import { balancesOf, fundingOf, isHedged, marginModeOf, positionOf, seenOrderOf, tradeOf } from './answers.ts';
import { BYBIT_PROTOCOL, RECV_WINDOW_MS } from './client.ts';
import type { BybitClient } from './client.ts';
import { orderParams } from './requests.ts';

const QUESTION: RequestCost = { weight: 1, priority: 'question' };
const CANCEL: RequestCost = { weight: 1, priority: 'cancel' };
const ENTRY: RequestCost = { weight: 1, priority: 'entry' };
const ORDERS_A_PAGE = 50;
const TRADES_A_PAGE = 100;
const POSITIONS_A_PAGE = 200;
/** More pages than any account fills; a cursor that leads in a circle ends here. */
const MAX_PAGES = 200;
/** How far back fills and payments are read, a week at a time. The exchange keeps them for longer. */
const TRADES_REACH_MS = 180 * DAY_MS;
const FUNDING_REACH_MS = 28 * DAY_MS;

type ListMethod = Parameters<BybitClient['call']>[0];

const CAPABILITIES: BrokerCapabilities = {
  orderTypes: {
    spot: new Set(),
    futures: new Set(['market', 'limit', 'stop_market', 'stop_limit', 'take_profit'] as const),
  },
  residentStops: true,
  oco: false,
  atomicReplace: false,
  triggerSources: new Set(['last', 'mark'] as const),
  maxTrailingDeltaBps: null,
  accountStream: false,
  selfTradePrevention: true,
};

/** Where an order is looked for: among the working ones, among the last that have ended, in the history. */
const PLACES = [
  ['privateGetV5OrderRealtime', { openOnly: 0 }],
  ['privateGetV5OrderRealtime', { openOnly: 1 }],
  ['privateGetV5OrderHistory', {}],
] as const;

/** Linear perpetual swaps of Bybit, in a unified account in one-way mode. https://bybit-exchange.github.io/docs/v5/intro */
export class Bybit implements SwapVenue {
  readonly capabilities = CAPABILITIES;
  readonly #client: BybitClient;
  readonly #settleAsset: string;
  readonly #marginModeWanted: MarginMode;

  private constructor(client: BybitClient, { settleAsset, marginMode }: SwapKeys) {
    this.#client = client;
    this.#settleAsset = settleAsset;
    this.#marginModeWanted = marginMode;
  }

  /** @throws Error when the keys' `venueClass` is no class of ccxt */
  static open(this: void, keys: SwapKeys): Bybit {
    const { apiKey, secret } = keys;
    const options = { recvWindow: RECV_WINDOW_MS };
    const credentials = { apiKey: apiKey.reveal(), secret: secret.reveal(), options };
    return new Bybit(openSwapClient<bybit>(keys, BYBIT_PROTOCOL, credentials).client, keys);
  }

  /** https://bybit-exchange.github.io/docs/v5/user/apikey-info */
  async examine(symbol: VenueSymbol): Promise<KeyRights> {
    const key = resultOf(await this.#client.call('privateGetV5UserQueryApi', {}, QUESTION));
    const rights = fieldsOf(key['permissions']);
    const mayTrade =
      listed(rights, 'ContractTrade').includes('Order') || listed(rights, 'Derivatives').includes('DerivativesTrade');
    if (Number(key['readOnly']) !== 0 || !mayTrade) {
      const permission = '"Contracts: Orders and Positions", read-write,';
      throw new AitraderError('KEY_NOT_PERMITTED', {
        ...{ venue: 'bybit', market: 'futures', permission },
        problem: `readOnly is ${String(key['readOnly'])}, ContractTrade is ${JSON.stringify(listed(rights, 'ContractTrade'))}`,
      });
    }
    if (Number(key['uta']) === 0) {
      throw new AitraderError('ACCOUNT_LOCKED', { venue: 'bybit', problem: 'it is no unified trading account' });
    }
    await this.#checkMode(symbol);
    const found = await this.#marginMode();
    const wanted = this.#marginModeWanted;
    if (found !== wanted) throw new AitraderError('MARGIN_MODE_DIFFERS', { venue: 'bybit', found, wanted });
    const ips = listed(key, 'ips');
    return {
      mayWithdraw: listed(rights, 'Wallet').includes('Withdraw'),
      isBoundToAddresses: ips.length > 0 && !ips.includes('*'),
    };
  }

  async send(submission: Submission): Promise<VenueOrderId> {
    const cost = { weight: 1, priority: priorityOf(submission.intent) };
    const answer = resultOf(await this.#client.call('privatePostV5OrderCreate', orderParams(submission), cost));
    return asId<VenueOrderId>(textOf(answer, 'orderId'));
  }

  async withdraw({ intent: { symbol }, clientOrderId }: KnownId): Promise<void> {
    const params = { category: 'linear', symbol, orderLinkId: clientOrderId };
    await this.#client.call('privatePostV5OrderCancel', params, CANCEL);
  }

  async look({ intent: { symbol }, clientOrderId }: KnownId): Promise<SeenOrder | null> {
    for (const [method, more] of PLACES) {
      const params = { category: 'linear', symbol, orderLinkId: clientOrderId, ...more };
      const [found] = listOf(resultOf(await this.#client.call(method, params, QUESTION))['list']);
      if (found !== undefined) return seenOrderOf(found);
    }
    return null;
  }

  async working(): Promise<readonly SeenOrder[]> {
    const params = { category: 'linear', settleCoin: this.#settleAsset, openOnly: 0, limit: ORDERS_A_PAGE };
    return (await this.#pages('privateGetV5OrderRealtime', params)).map(seenOrderOf);
  }

  async fillsOf({ symbol, venueOrderId }: SeenOrder): Promise<readonly VenueTrade[]> {
    return this.#trades({ symbol, orderId: venueOrderId });
  }

  async trades(symbol: string, sinceMs: number): Promise<readonly VenueTrade[]> {
    const now = this.#client.venueNow;
    const trades: VenueTrade[] = [];
    for (let startTime = Math.max(sinceMs, now - TRADES_REACH_MS); startTime <= now; startTime += WEEK_MS) {
      trades.push(...(await this.#trades({ symbol, startTime, endTime: startTime + WEEK_MS - 1 })));
    }
    return trades;
  }

  async balances(): Promise<readonly AssetBalance[]> {
    const params = { accountType: 'UNIFIED' };
    const [account] = listOf(
      resultOf(await this.#client.call('privateGetV5AccountWalletBalance', params, QUESTION))['list'],
    );
    return account === undefined ? [] : balancesOf(account);
  }

  async positions(): Promise<readonly VenuePosition[]> {
    const params = { category: 'linear', settleCoin: this.#settleAsset, limit: POSITIONS_A_PAGE };
    const found = await this.#pages('privateGetV5PositionList', params);
    const marginMode = found.length === 0 ? 'cross' : await this.#marginMode();
    return found.map((position) => positionOf(position, marginMode)).filter((position) => position !== null);
  }

  async funding(sinceMs: number): Promise<readonly FundingReport[]> {
    const now = this.#client.venueNow;
    const params = { accountType: 'UNIFIED', category: 'linear', type: 'SETTLEMENT', limit: ORDERS_A_PAGE };
    const reports: FundingReport[] = [];
    for (let startTime = Math.max(sinceMs, now - FUNDING_REACH_MS); startTime <= now; startTime += WEEK_MS) {
      const times = { startTime, endTime: Math.min(startTime + WEEK_MS - 1, now) };
      const entries = await this.#pages('privateGetV5AccountTransactionLog', { ...params, ...times });
      reports.push(...entries.map(fundingOf));
    }
    return reports.sort((a, b) => a.paidAt - b.paidAt);
  }

  /** The margin mode belongs to the account here: it is looked at, and not changed. @throws AitraderError `HEDGE_MODE` */
  async setLeverage({ symbol }: InstrumentRef, leverage: number, marginMode: MarginMode): Promise<void> {
    await this.#checkMode(symbol);
    const found = await this.#marginMode();
    if (found !== marginMode) {
      throw new RefusedHere(
        'MARGIN_MODE',
        `the account's margin mode is ${found}; it is set for all symbols at the exchange`,
      );
    }
    const params = { category: 'linear', symbol, buyLeverage: String(leverage), sellLeverage: String(leverage) };
    await this.#client.call('privatePostV5PositionSetLeverage', params, ENTRY).catch((failure: unknown) => {
      if (!(failure instanceof JudgedRefusal && failure.meaning === 'unchanged')) throw failure;
    });
  }

  readonly minuteRate = async (asset: string, quote: string, minute: number): Promise<Decimal> => {
    const params = {
      category: 'spot',
      symbol: asset + quote,
      interval: '1',
      start: minute,
      limit: 1,
      end: minute + MINUTE_MS,
    };
    const { list } = resultOf(await this.#client.call('publicGetV5MarketKline', params, QUESTION));
    const candles: unknown = list;
    const [candle] = Array.isArray(candles) ? (candles as unknown[]) : [];
    const close: unknown = Array.isArray(candle) ? candle[4] : undefined;
    if (typeof close !== 'string') throw new UnreadableAnswer(`no candle of ${asset}${quote}`);
    return decimal(close);
  };

  /** @throws AitraderError `HEDGE_MODE` */
  async #checkMode(symbol: VenueSymbol): Promise<void> {
    const positions = await this.#client.call('privateGetV5PositionList', { category: 'linear', symbol }, QUESTION);
    if (listOf(resultOf(positions)['list']).some(isHedged)) throw new AitraderError('HEDGE_MODE', { venue: 'bybit' });
  }

  async #marginMode(): Promise<MarginMode> {
    return marginModeOf(resultOf(await this.#client.call('privateGetV5AccountInfo', {}, QUESTION)));
  }

  async #trades(params: Params): Promise<VenueTrade[]> {
    const wanted = { category: 'linear', limit: TRADES_A_PAGE, ...params };
    const executions = await this.#pages('privateGetV5ExecutionList', wanted);
    return executions.map((execution) => tradeOf(execution, this.#settleAsset)).filter((trade) => trade !== null);
  }

  /** All rows of a list that comes in pages. */
  async #pages(method: ListMethod, params: Params): Promise<Fields[]> {
    const rows: Fields[] = [];
    let cursor: string | null = null;
    for (let page = 0; page < MAX_PAGES; page += 1) {
      const at = cursor === null ? {} : { cursor };
      const result = resultOf(await this.#client.call(method, { ...params, ...at }, QUESTION));
      const found = listOf(result['list']);
      rows.push(...found);
      cursor = optionalText(result, 'nextPageCursor');
      if (cursor === null || found.length === 0) return rows;
    }
    throw new UnreadableAnswer(`more than ${MAX_PAGES} pages of ${method}`);
  }
}

function resultOf(answer: unknown): Fields {
  return fieldsOf(fieldsOf(answer)['result']);
}

/** A list of texts. */
function listed(fields: Fields, name: string): readonly unknown[] {
  const value = fields[name];
  return Array.isArray(value) ? value : [];
}
