import { AitraderError } from '../../../../../domain/errors.ts';
import { decimal } from '../../../../../domain/decimal.ts';
import type { Decimal } from '../../../../../domain/decimal.ts';
import { asId } from '../../../../../domain/ids.ts';
import type { ClientOrderId, VenueOrderId } from '../../../../../domain/ids.ts';
import type { InstrumentRef } from '../../../../../domain/instrument.ts';
import type { MarginMode } from '../../../../../domain/position/position.ts';
import { DAY_MS } from '../../../../../domain/time.ts';
import type { BrokerCapabilities, FundingReport, Submission, VenuePosition } from '../../../../../ports/broker.ts';
import type { KeyRights } from '../../account-check.ts';
import type { RequestCost } from '../../connection/api-client.ts';
import { UnreadableAnswer } from '../../connection/failures.ts';
import type { Fields } from '../../connection/fields.ts';
import { fieldsOf, integerOf, isFields, listOf, optionalText, textOf } from '../../connection/fields.ts';
import type { AssetBalance, KnownId } from '../../dialect.ts';
import type { VenueTrade } from '../../fills.ts';
import { priorityOf } from '../../priority.ts';
import type { SwapKeys } from '../swap-keys.ts';
import type { SeenOrder, SwapVenue } from '../swap-venue.ts';
import { beforehand } from '../venue-words.ts';
import { balancesOf, fundingOf, openPositionsOf, seenOrderOf, tradeOf } from './answers.ts';
import type { Listing } from '../listing.ts';
import { assetListing } from './assets.ts';
import type { Assets } from './assets.ts';
import type { Asset } from './assets.ts';
import { HyperliquidClient } from './client.ts';
import { Cloids } from './cloids.ts';
import { cancelAction, orderAction } from './requests.ts';

/** What all its own perpetuals are paid in. */
const SETTLE_ASSET = 'USDC';

/** Weights of questions: https://hyperliquid.gitbook.io/hyperliquid-docs/for-developers/api/rate-limits-and-user-limits */
const LIGHT: RequestCost = { weight: 2, priority: 'question' };
const HEAVY: RequestCost = { weight: 20, priority: 'question' };
const CANCEL: RequestCost = { weight: 1, priority: 'cancel' };
const ENTRY: RequestCost = { weight: 1, priority: 'entry' };
/** Rows that the exchange gives at most for one question. */
const FILLS_A_PAGE = 2_000;
const PAYMENTS_A_PAGE = 500;
const MAX_PAGES = 50;
const REACH_MS = 180 * DAY_MS;
/** The fills of an order are looked for from a little before it was taken. */
const EARLIER_MS = 1_000;

const CAPABILITIES: BrokerCapabilities = {
  orderTypes: {
    spot: new Set(),
    futures: new Set(['market', 'limit', 'stop_market', 'stop_limit', 'take_profit'] as const),
  },
  residentStops: true,
  oco: false,
  atomicReplace: false,
  triggerSources: new Set(['mark'] as const),
  maxTrailingDeltaBps: null,
  accountStream: false,
  selfTradePrevention: true,
};

/**
 * Perpetual swaps of Hyperliquid, one position a coin. Triggers go by the mark price here; market orders are limits that take
 * at once.
 */
export class Hyperliquid implements SwapVenue {
  readonly capabilities = CAPABILITIES;
  readonly #client: HyperliquidClient;
  readonly #assets: Listing<Assets>;
  readonly #cloids = new Cloids();

  /** @throws Error when the keys' `venueClass` is no class of ccxt */
  constructor(keys: SwapKeys) {
    this.#client = new HyperliquidClient(keys);
    this.#assets = assetListing(this.#client, keys.clock, SETTLE_ASSET);
  }

  /** The wallet that signs is the account's own, or one that the account has approved. */
  async examine(): Promise<KeyRights> {
    const { account, signer } = this.#client;
    const role = fieldsOf(await this.#client.ask({ type: 'userRole', user: account }, HEAVY));
    if (role['role'] === 'missing') {
      const problem = 'the exchange does not know this address; deposit there first';
      throw new AitraderError('ACCOUNT_LOCKED', { venue: 'hyperliquid', problem });
    }
    const isOwner = signer.toLowerCase() === account.toLowerCase();
    if (isOwner) return { mayWithdraw: true, isBoundToAddresses: false };
    const agent = fieldsOf(await this.#client.ask({ type: 'userRole', user: signer }, HEAVY));
    const owner = isFields(agent['data']) ? optionalText(agent['data'], 'user') : null;
    if (agent['role'] !== 'agent' || owner?.toLowerCase() !== account.toLowerCase()) {
      const problem = `the private key is that of ${signer}, which may not trade for ${account}`;
      throw new AitraderError('KEYS_REFUSED', { venue: 'hyperliquid', problem });
    }
    return { mayWithdraw: false, isBoundToAddresses: false };
  }

  remember(clientOrderId: ClientOrderId): void {
    this.#cloids.of(clientOrderId);
  }

  async send(submission: Submission): Promise<VenueOrderId> {
    const { intent, clientOrderId } = submission;
    const priority = priorityOf(intent);
    const asset = await beforehand(this.#asset(intent.symbol));
    const mid = intent.terms.type === 'market' ? await beforehand(this.#mid(asset, priority)) : null;
    const cloid = this.#cloids.of(clientOrderId);
    const action = orderAction(submission, { asset, cloid, mid });
    const answer = await this.#client.act(action, { weight: 1, priority });
    // Some orders are taken without a word of their id.
    return idIn(answer) ?? asId<VenueOrderId>(cloid);
  }

  async withdraw({ intent: { symbol }, clientOrderId }: KnownId): Promise<void> {
    const asset = await this.#asset(symbol);
    await this.#client.act(cancelAction(asset, this.#cloids.of(clientOrderId)), CANCEL);
  }

  async look({ intent: { symbol }, clientOrderId }: KnownId): Promise<SeenOrder | null> {
    const question = { type: 'orderStatus', user: this.#client.account, oid: this.#cloids.of(clientOrderId) };
    const answer = fieldsOf(await this.#client.ask(question, LIGHT));
    if (answer['status'] === 'unknownOid') return null;
    const { order, status } = fieldsOf(answer['order']);
    return this.#seen(fieldsOf(order), String(status), symbol);
  }

  async working(): Promise<readonly SeenOrder[]> {
    const assets = await this.#assets.now();
    const orders = listOf(await this.#client.ask({ type: 'frontendOpenOrders', user: this.#client.account }, HEAVY));
    return orders.flatMap((order) => {
      const asset = assets.ofCoin(textOf(order, 'coin'));
      return asset === null ? [] : [this.#seen(order, 'open', asset.symbol)];
    });
  }

  async fillsOf({ symbol, venueOrderId, placedAt = 0 }: SeenOrder): Promise<readonly VenueTrade[]> {
    const trades = await this.trades(symbol, placedAt - EARLIER_MS);
    return trades.filter((trade) => trade.venueOrderId === venueOrderId);
  }

  async trades(symbol: string, sinceMs: number): Promise<readonly VenueTrade[]> {
    const asset = await this.#asset(symbol);
    const fills = await this.#since('userFillsByTime', sinceMs, FILLS_A_PAGE);
    const byId = new Map(fills.map((fill) => [`${textOf(fill, 'tid')} ${textOf(fill, 'oid')}`, fill]));
    return [...byId.values()]
      .filter((fill) => fill['coin'] === asset.coin)
      .map((fill) => tradeOf(fill, asset, this.#idOf));
  }

  async nameOf(_symbol: string, venueOrderId: string): Promise<string | null> {
    const question = { type: 'orderStatus', user: this.#client.account, oid: Number(venueOrderId) };
    const answer = fieldsOf(await this.#client.ask(question, LIGHT));
    const order = isFields(answer['order']) ? answer['order']['order'] : null;
    const cloid = isFields(order) ? optionalText(order, 'cloid') : null;
    return cloid === null ? null : this.#idOf(cloid);
  }

  async balances(): Promise<readonly AssetBalance[]> {
    return balancesOf(await this.#account(), SETTLE_ASSET);
  }

  async positions(): Promise<readonly VenuePosition[]> {
    return openPositionsOf(await this.#account(), await this.#assets.now());
  }

  async funding(sinceMs: number): Promise<readonly FundingReport[]> {
    const assets = await this.#assets.now();
    const payments = await this.#since('userFunding', sinceMs, PAYMENTS_A_PAGE);
    const reports = payments.map((payment) => fundingOf(payment, assets)).filter((report) => report !== null);
    return [...new Map(reports.map((report) => [report.incomeId, report])).values()];
  }

  async setLeverage({ symbol }: InstrumentRef, leverage: number, marginMode: MarginMode): Promise<void> {
    const { index } = await this.#asset(symbol);
    await this.#client.act({ type: 'updateLeverage', asset: index, isCross: marginMode === 'cross', leverage }, ENTRY);
  }

  /** Fees are taken in what the swaps are paid in, whose rate nobody asks for. */
  readonly minuteRate = (asset: string): Promise<Decimal> =>
    Promise.reject(new UnreadableAnswer(`no rate of ${asset}: fees are paid in ${SETTLE_ASSET} here`));

  readonly #idOf = (cloid: string): string => this.#cloids.idOf(cloid);

  #seen(order: Fields, status: string, symbol: string): SeenOrder {
    return seenOrderOf(order, status, { symbol, idOf: this.#idOf });
  }

  async #asset(symbol: string): Promise<Asset> {
    return (await this.#assets.now()).ofSymbol(symbol);
  }

  async #mid({ coin }: Asset, priority: RequestCost['priority']): Promise<Decimal | null> {
    const mid = fieldsOf(await this.#client.ask({ type: 'allMids' }, { ...LIGHT, priority }))[coin];
    return typeof mid === 'string' ? decimal(mid) : null;
  }

  async #account(): Promise<Fields> {
    return fieldsOf(await this.#client.ask({ type: 'clearinghouseState', user: this.#client.account }, LIGHT));
  }

  /** Rows since a time, oldest first; pages overlap by the last millisecond. */
  async #since(type: string, sinceMs: number, pageSize: number): Promise<Fields[]> {
    const rows: Fields[] = [];
    let startTime = Math.max(sinceMs, this.#client.venueNow - REACH_MS, 0);
    for (let page = 0; page < MAX_PAGES; page += 1) {
      const found = listOf(await this.#client.ask({ type, user: this.#client.account, startTime }, HEAVY));
      rows.push(...found);
      const newest = Math.max(...found.map((row) => integerOf(row, 'time')));
      if (found.length < pageSize || newest <= startTime) return rows;
      startTime = newest;
    }
    throw new UnreadableAnswer(`more than ${MAX_PAGES} pages of ${type}`);
  }
}

/** `{"response":{"data":{"statuses":[{"resting":{"oid":77738308}}]}}}`, or `filled` in its place, or a word alone */
function idIn(answer: unknown): VenueOrderId | null {
  const response = fieldsOf(fieldsOf(answer)['response']);
  const statuses: unknown = fieldsOf(response['data'])['statuses'];
  const [status] = Array.isArray(statuses) ? (statuses as unknown[]) : [];
  if (!isFields(status)) return null;
  const taken = status['resting'] ?? status['filled'];
  return isFields(taken) ? asId<VenueOrderId>(textOf(taken, 'oid')) : null;
}
