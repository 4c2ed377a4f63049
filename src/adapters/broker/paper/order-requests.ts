import { assertNever } from '../../../lib/assert-never.ts';
import { err, ok } from '../../../lib/result.ts';
import type { Result } from '../../../lib/result.ts';
import type { OrderIntent, OrderTerms } from '../../../domain/order/order.ts';
import { atoms } from '../../../matching/atoms.ts';
import type {
  Execution,
  OcoLeg,
  OcoRequest,
  OrderRequest,
  Refusal,
  RefusalReason,
  Trigger,
} from '../../../matching/venue-types.ts';
import type { Submission } from '../../../ports/broker.ts';

/** What the venue model is asked for. Where an own order would meet another one of ours, the resting one gives way. */
export function orderRequest({ intent, clientOrderId }: Submission): Result<OrderRequest, Refusal> {
  const reason = precisionRefusal(intent);
  if (reason !== null) return refused(reason, `more than 8 decimals in ${intent.symbol} order ${intent.id}`);
  return ok({
    accountId: intent.accountId,
    symbol: intent.symbol,
    clientOrderId,
    side: intent.side,
    size: { type: 'quantity', quantity: atoms(intent.quantity) },
    execution: executionOf(intent.terms),
    trigger: triggerOf(intent.terms),
    positionSide: 'both',
    // On spot nobody can sell what he does not have.
    reduceOnly: intent.reduceOnly && intent.market === 'futures',
    selfTradePrevention: 'expire_maker',
  });
}

/** The two orders of a list of which one cancels the other. */
export function ocoRequest(submissions: readonly Submission[]): Result<OcoRequest, Refusal> {
  const [first, second] = submissions;
  if (first === undefined || second === undefined || submissions.length > 2 || !arePaired(first, second)) {
    return refused('unsupported_combination', 'a list is one stop and one target over the same units of one symbol');
  }
  const [one, other] = [orderRequest(first), orderRequest(second)];
  if (!one.ok) return one;
  if (!other.ok) return other;
  const { intent } = first;
  const isFirstAbove = isStop(intent) === (intent.side === 'buy');
  const [above, below] = isFirstAbove ? [one.value, other.value] : [other.value, one.value];
  return ok({
    accountId: intent.accountId,
    symbol: intent.symbol,
    listClientOrderId: intent.list?.id ?? '',
    side: intent.side,
    quantity: atoms(intent.quantity),
    above: ocoLeg(above),
    below: ocoLeg(below),
    selfTradePrevention: 'expire_maker',
  });
}

function arePaired({ intent: a }: Submission, { intent: b }: Submission): boolean {
  const isSameUnits = a.symbol === b.symbol && a.side === b.side && a.quantity.equals(b.quantity);
  const isOneList = a.list?.kind === 'oco' && b.list?.kind === 'oco' && a.list.id === b.list.id;
  return isSameUnits && isOneList && isStop(a) !== isStop(b);
}

function isStop({ terms }: OrderIntent): boolean {
  return terms.type === 'stop_market' || terms.type === 'stop_limit' || terms.type === 'trailing_stop';
}

/** A resting limit order in a list never takes: there the venue knows the post-only kind alone. */
function ocoLeg({ clientOrderId, execution, trigger }: OrderRequest): OcoLeg {
  const isResting = trigger === null && execution.type === 'limit';
  return { clientOrderId, trigger, execution: isResting ? { ...execution, postOnly: true } : execution };
}

function refused(reason: RefusalReason, message: string): Result<never, Refusal> {
  return err({ reason, message });
}

function precisionRefusal({ quantity, terms }: OrderIntent): RefusalReason | null {
  if (quantity.decimalPlaces() > 8) return 'quantity_precision';
  const prices = [
    'price' in terms ? terms.price : null,
    'triggerPrice' in terms ? terms.triggerPrice : null,
    'activationPrice' in terms ? terms.activationPrice : null,
  ];
  return prices.some((price) => price !== null && price.decimalPlaces() > 8) ? 'price_precision' : null;
}

function executionOf(terms: OrderTerms): Execution {
  if (terms.type === 'limit') {
    const { price, timeInForce, postOnly } = terms;
    return { type: 'limit', price: atoms(price), timeInForce, postOnly };
  }
  if (terms.type === 'stop_limit') {
    return { type: 'limit', price: atoms(terms.price), timeInForce: terms.timeInForce, postOnly: false };
  }
  if (terms.type === 'take_profit' && terms.price !== null) {
    return { type: 'limit', price: atoms(terms.price), timeInForce: 'GTC', postOnly: false };
  }
  return { type: 'market' };
}

function triggerOf(terms: OrderTerms): Trigger | null {
  switch (terms.type) {
    case 'market':
    case 'limit':
      return null;
    case 'stop_market':
    case 'stop_limit':
      return { type: 'fixed', kind: 'stop', price: atoms(terms.triggerPrice), source: terms.triggerSource };
    case 'take_profit':
      return { type: 'fixed', kind: 'take_profit', price: atoms(terms.triggerPrice), source: terms.triggerSource };
    case 'trailing_stop': {
      const { trailingDeltaBps: deltaBps, activationPrice, triggerSource: source } = terms;
      // One that begins to trail at a price does so on the profitable side.
      if (activationPrice === null) return { type: 'trailing', kind: 'stop', deltaBps, activationPrice, source };
      return { type: 'trailing', kind: 'take_profit', deltaBps, activationPrice: atoms(activationPrice), source };
    }
    default:
      return assertNever(terms);
  }
}
