import type { okx } from 'ccxt';

import { AitraderError } from '../../../../../domain/errors.ts';
import { decimal } from '../../../../../domain/decimal.ts';
import type { Decimal } from '../../../../../domain/decimal.ts';
import { asId } from '../../../../../domain/ids.ts';
import type { VenueOrderId } from '../../../../../domain/ids.ts';
import type { InstrumentRef } from '../../../../../domain/instrument.ts';
import type { MarginMode } from '../../../../../domain/position/position.ts';
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../../../../../domain/time.ts';
import type { BrokerCapabilities, FundingReport, Submission, VenuePosition } from '../../../../../ports/broker.ts';
import type { KeyRights } from '../../account-check.ts';
import type { Params, RequestCost } from '../../connection/api-client.ts';
import { JudgedRefusal, UnreadableAnswer } from '../../connection/failures.ts';
import type { Fields } from '../../connection/fields.ts';
import { fieldsOf, listOf, optionalText, textOf } from '../../connection/fields.ts';
import type { AssetBalance, KnownId } from '../../dialect.ts';
import type { VenueTrade } from '../../fills.ts';
import { algoVenueId, isConditional } from '../../orders.ts';
import { priorityOf } from '../../priority.ts';
import { openSwapClient } from '../swap-keys.ts';
import type { SwapKeys } from '../swap-keys.ts';
import type { SeenOrder, SwapVenue } from '../swap-venue.ts';
import { beforehand } from '../venue-words.ts';
import { balancesOf, childIdOf, fundingOf, positionOf, seenAlgoOf, seenOrderOf, setOffAt, tradeOf } from './answers.ts';
import { OKX_PROTOCOL } from './client.ts';
import type { OkxClient } from './client.ts';
import type { Listing } from '../listing.ts';
import { contractListing } from './contracts.ts';
import type { Contracts } from './contracts.ts';
import { algoParams, orderParams } from './requests.ts';

const QUESTION: RequestCost = { weight: 1, priority: 'question' };
const CANCEL: RequestCost = { weight: 1, priority: 'cancel' };
const ENTRY: RequestCost = { weight: 1, priority: 'entry' };
const ROWS_A_PAGE = 100;
/** More pages than any account fills; a cursor that leads in a circle ends here. */
const MAX_PAGES = 200;
/** Fills and bills are kept for three months. */
const REACH_MS = 89 * DAY_MS;
const FUNDING_FEE = '8';
/** After so long what is not listed has gone, and is not on its way. */
const FORGOTTEN_MS = HOUR_MS;
/** Conditional orders are listed by their kind. */
const ALGO_KINDS = ['conditional,oco', 'trigger', 'move_order_stop'] as const;

type Method = Parameters<OkxClient['call']>[0];

const CAPABILITIES: BrokerCapabilities = {
  orderTypes: {
    spot: new Set(),
    futures: new Set(['market', 'limit', 'stop_market', 'stop_limit', 'take_profit', 'trailing_stop'] as const),
  },
  residentStops: true,
  oco: false,
  atomicReplace: false,
  triggerSources: new Set(['last', 'mark'] as const),
  maxTrailingDeltaBps: 10_000,
  accountStream: false,
  selfTradePrevention: true,
};

/** Linear perpetual swaps of OKX, in net mode. https://www.okx.com/docs-v5/en/ */
export class Okx implements SwapVenue {
  readonly capabilities = CAPABILITIES;
  readonly #client: OkxClient;
  readonly #contracts: Listing<Contracts>;
  readonly #settleAsset: string;
  readonly #marginMode: MarginMode;

  private constructor(client: OkxClient, { clock, settleAsset, marginMode }: SwapKeys) {
    this.#client = client;
    this.#contracts = contractListing(client, clock);
    this.#settleAsset = settleAsset;
    this.#marginMode = marginMode;
  }

  /** @throws Error when the keys' `venueClass` is no class of ccxt */
  static open(this: void, keys: SwapKeys): Okx {
    const { apiKey, secret, passphrase } = keys;
    const password = passphrase?.reveal() ?? '';
    const credentials = { apiKey: apiKey.reveal(), secret: secret.reveal(), password };
    return new Okx(openSwapClient<okx>(keys, OKX_PROTOCOL, credentials).client, keys);
  }

  /** https://www.okx.com/docs-v5/en/#trading-account-rest-api-get-account-configuration */
  async examine(): Promise<KeyRights> {
    const config = await this.#config();
    const rights = (optionalText(config, 'perm') ?? '').split(',');
    if (!rights.includes('trade')) {
      const problem = `its permissions are "${rights.join(', ')}"`;
      throw new AitraderError('KEY_NOT_PERMITTED', { venue: 'okx', market: 'futures', problem, permission: '"Trade"' });
    }
    if (optionalText(config, 'acctLv') === '1') {
      throw new AitraderError('ACCOUNT_LOCKED', { venue: 'okx', problem: 'it is in spot mode, which has no swaps' });
    }
    checkMode(config);
    return { mayWithdraw: rights.includes('withdraw'), isBoundToAddresses: (optionalText(config, 'ip') ?? '') !== '' };
  }

  async send(submission: Submission): Promise<VenueOrderId> {
    const { intent } = submission;
    const contracts = await beforehand(this.#contracts.now());
    const terms = { size: contracts.contractsOf(intent.symbol, intent.quantity), marginMode: this.#marginMode };
    const cost = { weight: 1, priority: priorityOf(intent) };
    if (isConditional(intent.terms)) {
      const algo = algoParams(submission, terms);
      return algoVenueId(textOf(firstOf(await this.#client.call('privatePostTradeOrderAlgo', algo, cost)), 'algoId'));
    }
    const order = orderParams(submission, terms);
    return asId<VenueOrderId>(textOf(firstOf(await this.#client.call('privatePostTradeOrder', order, cost)), 'ordId'));
  }

  /** A conditional order that has been set off is cancelled by what it became. */
  async withdraw(order: KnownId): Promise<void> {
    const { intent, clientOrderId } = order;
    const instId = intent.symbol;
    if (!isConditional(intent.terms)) {
      await this.#client.call('privatePostTradeCancelOrder', { instId, clOrdId: clientOrderId }, CANCEL);
      return;
    }
    try {
      await this.#client.call('privatePostTradeCancelAlgos', [{ instId, algoClOrdId: clientOrderId }], CANCEL);
    } catch (failure) {
      const isGone = failure instanceof JudgedRefusal && failure.meaning === 'gone';
      const seen = isGone ? await this.look(order) : null;
      if (seen?.standing !== 'working' || seen.childVenueOrderId === null) throw failure;
      await this.#client.call('privatePostTradeCancelOrder', { instId, ordId: seen.childVenueOrderId }, CANCEL);
    }
  }

  async look({ intent, clientOrderId }: KnownId): Promise<SeenOrder | null> {
    const contracts = await this.#contracts.now();
    const instId = intent.symbol;
    if (!isConditional(intent.terms)) return this.#order({ instId, clOrdId: clientOrderId });
    const algo = await this.#found('privateGetTradeOrderAlgo', { algoClOrdId: clientOrderId });
    if (algo === null) return null;
    const childId = childIdOf(algo);
    const child = childId === null ? null : await this.#order({ instId, ordId: childId });
    const seen = seenAlgoOf(algo, child, contracts);
    // Orders that were cancelled without a fill are listed for two hours only.
    const isForgotten = childId !== null && child === null && this.#client.venueNow - setOffAt(algo) > FORGOTTEN_MS;
    return isForgotten ? { ...seen, standing: 'cancelled', reason: 'what it became is not listed any more' } : seen;
  }

  /** Conditional orders first: one whose price comes meanwhile is then seen as what it became. */
  async working(): Promise<readonly SeenOrder[]> {
    const contracts = await this.#contracts.now();
    const isListed = (order: Fields): boolean => contracts.isSettledIn(textOf(order, 'instId'), this.#settleAsset);
    const algos: Fields[] = [];
    for (const ordType of ALGO_KINDS) {
      algos.push(...(await this.#pages('privateGetTradeOrdersAlgoPending', { instType: 'SWAP', ordType }, 'algoId')));
    }
    const plain = await this.#pages('privateGetTradeOrdersPending', { instType: 'SWAP' }, 'ordId');
    const seen = [
      ...algos.filter(isListed).map((algo) => seenAlgoOf(algo, null, contracts)),
      ...plain.filter(isListed).map((order) => seenOrderOf(order, contracts)),
    ];
    return [...new Map(seen.map((order) => [order.venueOrderId, order])).values()];
  }

  async fillsOf({ venueOrderId, childVenueOrderId }: SeenOrder): Promise<readonly VenueTrade[]> {
    const params = { instType: 'SWAP', ordId: childVenueOrderId ?? venueOrderId };
    const recent = await this.#fills('privateGetTradeFills', params);
    return recent.length > 0 ? recent : this.#fills('privateGetTradeFillsHistory', params);
  }

  async trades(symbol: string, sinceMs: number): Promise<readonly VenueTrade[]> {
    const begin = Math.max(sinceMs, this.#client.venueNow - REACH_MS);
    return this.#fills('privateGetTradeFillsHistory', { instType: 'SWAP', instId: symbol, begin: String(begin) });
  }

  /** The fills of what a conditional order became bear no name. */
  async nameOf(symbol: string, venueOrderId: string): Promise<string | null> {
    const order = await this.#order({ instId: symbol, ordId: venueOrderId });
    return order === null || order.clientOrderId === '' ? null : order.clientOrderId;
  }

  async balances(): Promise<readonly AssetBalance[]> {
    return balancesOf(firstOf(await this.#client.call('privateGetAccountBalance', {}, QUESTION)));
  }

  async positions(): Promise<readonly VenuePosition[]> {
    const contracts = await this.#contracts.now();
    const found = rowsOf(await this.#client.call('privateGetAccountPositions', { instType: 'SWAP' }, QUESTION));
    return found
      .filter((position) => contracts.isSettledIn(textOf(position, 'instId'), this.#settleAsset))
      .map((position) => positionOf(position, contracts))
      .filter((position) => position !== null);
  }

  async funding(sinceMs: number): Promise<readonly FundingReport[]> {
    const contracts = await this.#contracts.now();
    const begin = String(Math.max(sinceMs, this.#client.venueNow - REACH_MS));
    const params = { instType: 'SWAP', type: FUNDING_FEE, begin };
    const bills = await this.#pages('privateGetAccountBillsArchive', params, 'billId');
    return bills
      .filter((bill) => contracts.isSettledIn(textOf(bill, 'instId'), this.#settleAsset))
      .map(fundingOf)
      .sort((a, b) => a.paidAt - b.paidAt);
  }

  /** @throws AitraderError `HEDGE_MODE` */
  async setLeverage({ symbol }: InstrumentRef, leverage: number, marginMode: MarginMode): Promise<void> {
    checkMode(await this.#config());
    const params = { instId: symbol, lever: String(leverage), mgnMode: marginMode };
    await this.#client.call('privatePostAccountSetLeverage', params, ENTRY);
  }

  readonly minuteRate = async (asset: string, quote: string, minute: number): Promise<Decimal> => {
    const params = { instId: `${asset}-${quote}`, bar: '1m', after: String(minute + MINUTE_MS), limit: '1' };
    const { data } = fieldsOf(await this.#client.call('publicGetMarketCandles', params, QUESTION));
    const [candle] = Array.isArray(data) ? (data as unknown[]) : [];
    const close: unknown = Array.isArray(candle) ? candle[4] : undefined;
    if (typeof close !== 'string') throw new UnreadableAnswer(`no candle of ${asset}-${quote}`);
    return decimal(close);
  };

  async #config(): Promise<Fields> {
    return firstOf(await this.#client.call('privateGetAccountConfig', {}, QUESTION));
  }

  async #order(params: Params): Promise<SeenOrder | null> {
    const order = await this.#found('privateGetTradeOrder', params);
    return order === null ? null : seenOrderOf(order, await this.#contracts.now());
  }

  async #found(method: Method, params: Params): Promise<Fields | null> {
    try {
      return rowsOf(await this.#client.call(method, params, QUESTION))[0] ?? null;
    } catch (failure) {
      if (failure instanceof JudgedRefusal && failure.meaning === 'gone') return null;
      throw failure;
    }
  }

  async #fills(method: Method, params: Params): Promise<VenueTrade[]> {
    const contracts = await this.#contracts.now();
    return (await this.#pages(method, params, 'billId')).map((fill) => tradeOf(fill, contracts));
  }

  /** All rows of a list, newest first; the next page begins after the last row of the one before. */
  async #pages(method: Method, params: Params, idName: string): Promise<Fields[]> {
    const rows: Fields[] = [];
    let after: string | null = null;
    for (let page = 0; page < MAX_PAGES; page += 1) {
      const from: Params = after === null ? {} : { after };
      const found = rowsOf(
        await this.#client.call(method, { ...params, ...from, limit: String(ROWS_A_PAGE) }, QUESTION),
      );
      rows.push(...found);
      const last = found.at(-1);
      if (last === undefined || found.length < ROWS_A_PAGE) return rows;
      after = textOf(last, idName);
    }
    throw new UnreadableAnswer(`more than ${MAX_PAGES} pages of ${method}`);
  }
}

function rowsOf(answer: unknown): readonly Fields[] {
  return listOf(fieldsOf(answer)['data']);
}

/** @throws UnreadableAnswer */
function firstOf(answer: unknown): Fields {
  const [first] = rowsOf(answer);
  if (first === undefined) throw new UnreadableAnswer('an empty answer');
  return first;
}

/** Orders say nothing of a position side: the account must be in net mode. @throws AitraderError `HEDGE_MODE` */
function checkMode(config: Fields): void {
  if (config['posMode'] === 'long_short_mode') throw new AitraderError('HEDGE_MODE', { venue: 'okx' });
}
