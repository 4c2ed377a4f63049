import type { Quantity } from '../../../../domain/decimal.ts';
import type { AccountEvent } from '../../../../domain/event.ts';
import { asId } from '../../../../domain/ids.ts';
import type { VenueOrderId } from '../../../../domain/ids.ts';
import type { OrderUpdate } from '../../../../domain/order/update.ts';
import type { Clock } from '../../../../ports/clock.ts';
import type { Fields } from '../connection/fields.ts';
import { amountOf, isFields, listOf, optionalText, textOf } from '../connection/fields.ts';
import type { VenueClient } from '../connection/venue-client.ts';
import { foreignIdentity, sideOf } from '../dialect.ts';
import type { FillMaker } from '../fills.ts';
import type { StreamParts } from '../market-parts.ts';
import type { OwnOrders } from '../orders.ts';
import type { StreamDialect, StreamNews } from '../stream/stream-dialect.ts';
import { fillNews, reportedTrade, SERVER_GOES_DOWN } from '../stream/trade-report.ts';
import type { StreamMessage, StreamSource } from '../stream/user-stream.ts';
import { STREAM_NAMES, termsOf } from './answers.ts';

const SUBSCRIPTION_ID = 'subscribe';
const HEARTBEAT_ID = 'ping';

/**
 * The account's news on spot come over the WebSocket API.
 * https://developers.binance.com/docs/binance-spot-api-docs/websocket-api/user-data-stream-requests
 */
export function spotStreamSource(client: VenueClient, url: string): StreamSource {
  return {
    async address() {
      await client.measureClock();
      return url;
    },
    greeting: () => {
      const method = 'userDataStream.subscribe.signature';
      return JSON.stringify({ id: SUBSCRIPTION_ID, method, params: client.signedParams() });
    },
    heartbeat: () => JSON.stringify({ id: HEARTBEAT_ID, method: 'ping' }),
    renew: null,
    read: (message) => readMessage(message),
  };
}

/** `{"subscriptionId":0,"event":{"e":"executionReport",...}}`, or the answer to a request. */
function readMessage(message: Fields): StreamMessage {
  const { event } = message;
  if (isFields(event)) return { kind: 'event', event };
  if (message['id'] !== SUBSCRIPTION_ID) return { kind: 'nothing' };
  if (Number(message['status']) === 200) return { kind: 'ready' };
  const error = isFields(message['error']) ? message['error'] : {};
  const cause = `refused with ${optionalText(error, 'code') ?? 'no code'}: ${optionalText(error, 'msg') ?? ''}`;
  return { kind: 'failed', cause };
}

/** Reads the events of https://developers.binance.com/docs/binance-spot-api-docs/user-data-stream. */
export class SpotStream implements StreamDialect {
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
      case 'executionReport':
        return (await this.#reportNews(event)).map((news) => ({ kind: 'account', event: news }));
      case 'outboundAccountPosition':
        return listOf(event['B']).map((balance) => ({
          kind: 'balance',
          balance: { asset: textOf(balance, 'a'), free: amountOf(balance, 'f'), locked: amountOf(balance, 'l') },
        }));
      case 'balanceUpdate':
      case 'externalLockUpdate':
        return [{ kind: 'balances_changed' }];
      case 'serverShutdown':
        return SERVER_GOES_DOWN;
      case 'eventStreamTerminated':
        return [{ kind: 'connection_ends', cause: 'the exchange has ended the subscription' }];
      default:
        // listStatus says what the reports of its orders say.
        return [];
    }
  }

  async #reportNews(report: Fields): Promise<AccountEvent[]> {
    // A cancelled order's own id stands under C; c is then that of the cancel request.
    const clientOrderId = optionalText(report, 'C') ?? textOf(report, 'c');
    const symbol = textOf(report, 's');
    this.#orders.link(symbol, textOf(report, 'i'), clientOrderId);
    const orderId = this.#orders.ownerOf(clientOrderId);
    const isTrade = report['x'] === 'TRADE';
    if (orderId === null) {
      if (isTrade) {
        const fill = await this.#fills.fillOf(reportedTrade(report, clientOrderId));
        return [{ type: 'foreign_fill', fill, clientOrderId }];
      }
      return report['x'] === 'NEW' && !this.#orders.isOwn(clientOrderId)
        ? [this.#foreignOrder(report, clientOrderId)]
        : [];
    }
    const updates = await this.#updatesOf(report, clientOrderId);
    return updates.map((update) => ({ type: 'order_update', orderId, update }));
  }

  async #updatesOf(report: Fields, clientOrderId: string): Promise<OrderUpdate[]> {
    const at = this.#clock.now();
    const venueOrderId = asId<VenueOrderId>(textOf(report, 'i'));
    const reportedQuantity = amountOf<Quantity>(report, 'z');
    const news = { at, venueOrderId, reportedQuantity };
    switch (textOf(report, 'x')) {
      case 'NEW':
        return [
          isTriggered(report) ? { type: 'triggered', ...news, childVenueOrderId: null } : { type: 'accepted', ...news },
        ];
      case 'REPLACED':
        return [{ type: 'accepted', ...news }];
      case 'TRADE':
        return fillNews(report, await this.#fills.fillOf(reportedTrade(report, clientOrderId)), news);
      case 'CANCELED':
        return [{ type: 'cancelled', ...news, reason: 'canceled' }];
      case 'EXPIRED':
        return [{ type: 'expired', ...news, reason: 'expired' }];
      case 'TRADE_PREVENTION':
        return report['X'] === 'EXPIRED_IN_MATCH' ? [{ type: 'expired_in_match', ...news }] : [];
      case 'REJECTED': {
        const reason = optionalText(report, 'r') ?? 'REJECTED';
        return [{ type: 'rejected', at, code: reason, reason: reason.toLowerCase() }];
      }
      default:
        return [];
    }
  }

  #foreignOrder(report: Fields, clientOrderId: string): AccountEvent {
    const identity = foreignIdentity(clientOrderId, asId<VenueOrderId>(textOf(report, 'i')), textOf(report, 's'));
    return {
      type: 'foreign_order',
      order: {
        ...identity,
        market: 'spot',
        side: sideOf(report, 'S'),
        quantity: amountOf<Quantity>(report, 'q'),
        filledQuantity: amountOf<Quantity>(report, 'z'),
        terms: termsOf(report, STREAM_NAMES),
        reduceOnly: false,
        seenAt: this.#clock.now(),
      },
    };
  }
}

/** A second NEW of a conditional order: it was set off and is on the book, or on its way through it. */
function isTriggered(report: Fields): boolean {
  return /^(STOP_LOSS|TAKE_PROFIT)/.test(textOf(report, 'o')) && report['w'] === true;
}
