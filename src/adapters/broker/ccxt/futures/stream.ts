import type { Quantity } from '../../../../domain/decimal.ts';
import { ZERO_QUANTITY } from '../../../../domain/decimal.ts';
import type { AccountEvent } from '../../../../domain/event.ts';
import { asId } from '../../../../domain/ids.ts';
import type { OrderId, VenueOrderId } from '../../../../domain/ids.ts';
import type { OrderUpdate } from '../../../../domain/order/update.ts';
import type { Clock } from '../../../../ports/clock.ts';
import type { Fields } from '../connection/fields.ts';
import { amountOf, fieldsOf, integerOf, isFields, listOf, optionalText, textOf } from '../connection/fields.ts';
import type { VenueClient } from '../connection/venue-client.ts';
import { foreignIdentity, sideOf } from '../dialect.ts';
import type { FillMaker } from '../fills.ts';
import { algoVenueId } from '../orders.ts';
import type { StreamParts } from '../market-parts.ts';
import type { OwnOrders } from '../orders.ts';
import type { VenueNotice } from '../options.ts';
import type { StreamDialect, StreamNews } from '../stream/stream-dialect.ts';
import { fillNews, reportedTrade, SERVER_GOES_DOWN } from '../stream/trade-report.ts';
import type { StreamSource } from '../stream/user-stream.ts';
import { algoNews, algoTermsOf, plainTermsOf, triggeredNews } from './answers.ts';

const KEY_COST = { weight: 1, priority: 'question' } as const;

/**
 * The account's news on futures come to whoever connects with a key that is valid for an hour.
 * https://developers.binance.com/docs/derivatives/usds-margined-futures/user-data-streams/Start-User-Data-Stream
 * @param host of the streams, without a slash at the end
 */
export function futuresStreamSource(client: VenueClient, host: string): StreamSource {
  return {
    async address() {
      const answer = fieldsOf(await client.call('fapiPrivatePostListenKey', {}, KEY_COST));
      return `${host}/private/ws?listenKey=${textOf(answer, 'listenKey')}`;
    },
    greeting: () => null,
    heartbeat: () => JSON.stringify({ method: 'LIST_SUBSCRIPTIONS', id: 1 }),
    renew: async () => {
      await client.call('fapiPrivatePutListenKey', {}, KEY_COST);
    },
    read: (message) => (typeof message['e'] === 'string' ? { kind: 'event', event: message } : { kind: 'nothing' }),
  };
}

/** Reads the events of https://developers.binance.com/docs/derivatives/usds-margined-futures/user-data-streams. */
export class FuturesStream implements StreamDialect {
  readonly source: StreamSource;
  readonly #orders: OwnOrders;
  readonly #fills: FillMaker;
  readonly #clock: Clock;

  constructor(parts: StreamParts) {
    this.source = parts.source;
    this.#orders = parts.orders;
    this.#fills = parts.fills;
    this.#clock = parts.clock;
  }

  async newsOf(event: Fields): Promise<readonly StreamNews[]> {
    switch (event['e']) {
      case 'ORDER_TRADE_UPDATE':
        return told(await this.#orderNews(fieldsOf(event['o'])));
      case 'ALGO_UPDATE':
        return told(this.#algoNews(fieldsOf(event['o'])));
      case 'ACCOUNT_UPDATE': {
        const isFunding = isFields(event['a']) && event['a']['m'] === 'FUNDING_FEE';
        return [{ kind: 'balances_changed' }, ...(isFunding ? [{ kind: 'funding_changed' } as const] : [])];
      }
      case 'MARGIN_CALL': {
        const symbols = listOf(event['p']).map((position) => textOf(position, 's'));
        const message = `the exchange is about to liquidate: ${symbols.join(', ')}; add margin or close`;
        return [{ kind: 'notice', notice: { type: 'margin_call', message } }];
      }
      case 'ACCOUNT_CONFIG_UPDATE':
        return [{ kind: 'notice', notice: configNotice(event) }];
      case 'listenKeyExpired':
        return [{ kind: 'connection_ends', cause: 'its key has expired' }];
      case 'serverShutdown':
        return SERVER_GOES_DOWN;
      default:
        // TRADE_LITE says nothing that the ORDER_TRADE_UPDATE after it does not.
        return [];
    }
  }

  async #orderNews(order: Fields): Promise<AccountEvent[]> {
    const [symbol, venueOrderId] = [textOf(order, 's'), textOf(order, 'i')];
    // The child of a conditional order goes by the id of its parent, once that has named it.
    const clientOrderId = this.#orders.clientIdOf(symbol, venueOrderId) ?? textOf(order, 'c');
    this.#orders.link(symbol, venueOrderId, clientOrderId);
    const orderId = this.#orders.ownerOf(clientOrderId);
    if (orderId === null) return this.#foreignNews(order, clientOrderId);
    const updates = await this.#updatesOf(order, clientOrderId);
    return updates.map((update) => ({ type: 'order_update', orderId, update }));
  }

  async #updatesOf(order: Fields, clientOrderId: string): Promise<OrderUpdate[]> {
    const at = this.#clock.now();
    const childOrderId = asId<VenueOrderId>(textOf(order, 'i'));
    const isChild = this.#orders.isConditional(clientOrderId);
    const algoOrderId = this.#orders.algoOrderId(clientOrderId);
    const venueOrderId = (isChild ? algoOrderId : null) ?? childOrderId;
    const news = { at, venueOrderId, reportedQuantity: amountOf<Quantity>(order, 'z') };
    switch (textOf(order, 'x')) {
      case 'NEW':
        return [isChild ? triggeredNews(algoOrderId, childOrderId, at) : { type: 'accepted', ...news }];
      case 'AMENDMENT':
        return [{ type: 'accepted', ...news }];
      case 'TRADE':
      case 'CALCULATED':
        return fillNews(order, await this.#fills.fillOf(reportedTrade(order, clientOrderId)), news);
      case 'CANCELED':
        return [{ type: 'cancelled', ...news, reason: 'canceled' }];
      case 'EXPIRED': {
        if (order['X'] === 'EXPIRED_IN_MATCH') return [{ type: 'expired_in_match', ...news }];
        return [{ type: 'expired', ...news, reason: `expired (reason ${optionalText(order, 'er') ?? '0'})` }];
      }
      default:
        return [];
    }
  }

  /** Liquidations and deleveraging are told as fills of orders that nobody of ours has sent. */
  async #foreignNews(order: Fields, clientOrderId: string): Promise<AccountEvent[]> {
    const type = textOf(order, 'x');
    if (type === 'TRADE' || type === 'CALCULATED') {
      const fill = await this.#fills.fillOf(reportedTrade(order, clientOrderId));
      return [{ type: 'foreign_fill', fill, clientOrderId }];
    }
    if (type !== 'NEW' || this.#orders.isOwn(clientOrderId)) return [];
    const terms = plainTermsOf({ price: order['p'], timeInForce: order['f'] });
    return [this.#foreignOrder(order, { clientOrderId, venueOrderId: asId(textOf(order, 'i')), terms })];
  }

  #algoNews(order: Fields): AccountEvent[] {
    const at = this.#clock.now();
    const clientOrderId = textOf(order, 'caid');
    const venueOrderId = algoVenueId(textOf(order, 'aid'));
    const childOrderId = optionalText(order, 'ai');
    this.#orders.noteAlgoOrderId(clientOrderId, venueOrderId);
    if (childOrderId !== null) this.#orders.link(textOf(order, 's'), childOrderId, clientOrderId);
    const orderId = this.#orders.ownerOf(clientOrderId);
    if (orderId === null) return this.#foreignAlgo(order, clientOrderId, venueOrderId);
    const child = childOrderId === null ? null : asId<VenueOrderId>(childOrderId);
    return algoUpdates(order, { venueOrderId, child, at }).map((update) => orderUpdate(orderId, update));
  }

  #foreignAlgo(order: Fields, clientOrderId: string, venueOrderId: VenueOrderId): AccountEvent[] {
    if (order['X'] !== 'NEW' || this.#orders.isOwn(clientOrderId)) return [];
    const named = {
      ...{ workingType: order['wt'], price: order['p'], triggerPrice: order['tp'] },
      ...{ callbackRate: order['cr'], activatePrice: order['AP'], timeInForce: order['f'] },
    };
    const terms = algoTermsOf(named, textOf(order, 'o'));
    return [this.#foreignOrder(order, { clientOrderId, venueOrderId, terms })];
  }

  #foreignOrder(
    order: Fields,
    { clientOrderId, venueOrderId, terms }: ForeignParts,
  ): Extract<AccountEvent, { type: 'foreign_order' }> {
    return {
      type: 'foreign_order',
      order: {
        ...foreignIdentity(clientOrderId, venueOrderId, textOf(order, 's')),
        market: 'futures',
        side: sideOf(order, 'S'),
        quantity: amountOf<Quantity>(order, 'q'),
        filledQuantity: order['z'] === undefined ? ZERO_QUANTITY : amountOf<Quantity>(order, 'z'),
        terms,
        reduceOnly: order['R'] === true || order['cp'] === true,
        seenAt: this.#clock.now(),
      },
    };
  }
}

interface ForeignParts {
  readonly clientOrderId: string;
  readonly venueOrderId: VenueOrderId;
  readonly terms: ReturnType<typeof plainTermsOf>;
}

function told(events: readonly AccountEvent[]): StreamNews[] {
  return events.map((event) => ({ kind: 'account', event }));
}

function orderUpdate(orderId: OrderId, update: OrderUpdate): AccountEvent {
  return { type: 'order_update', orderId, update };
}

/** `{"caid":"...","aid":2148719,"X":"TRIGGERED","ai":"4","rm":""}`: only the child's fills count. */
function algoUpdates(
  order: Fields,
  {
    venueOrderId,
    child,
    at,
  }: { readonly venueOrderId: VenueOrderId; readonly child: VenueOrderId | null; readonly at: number },
): OrderUpdate[] {
  const status = textOf(order, 'X');
  const reason = optionalText(order, 'rm') ?? status.toLowerCase();
  if (status === 'REJECTED') return [{ type: 'rejected', at, code: reason, reason: 'refused when it was triggered' }];
  if (status === 'TRIGGERED') {
    return [
      child === null
        ? { type: 'triggered', at, venueOrderId, reportedQuantity: null, childVenueOrderId: null }
        : triggeredNews(venueOrderId, child, at),
    ];
  }
  if (status === 'TRIGGERING' || status === 'FINISHED') return [];
  const clientOrderId = textOf(order, 'caid');
  const news = algoNews({ algoOrderId: venueOrderId, clientOrderId, status, childOrderId: child }, at);
  // Taken was told before; here it is what follows that is news.
  return status === 'NEW' ? news : news.filter(({ type }) => type !== 'accepted');
}

function configNotice({ ac: leverage, ai: mode }: Fields): VenueNotice {
  const type = 'account_config_changed';
  if (isFields(leverage)) {
    const set = integerOf(leverage, 'l');
    return { type, message: `the leverage of ${textOf(leverage, 's')} was set to ${set}`, leverage: set };
  }
  const isSwitched = isFields(mode) ? `multi-assets margin was switched ${mode['j'] === true ? 'on' : 'off'}` : null;
  return { type, message: isSwitched ?? 'the settings of the account were changed', leverage: null };
}
