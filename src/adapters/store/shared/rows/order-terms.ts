import type { Decimal, Price } from '../../../../domain/decimal.ts';
import type { OrderTerms, TimeInForce, TriggerSource } from '../../../../domain/order/order.ts';
import { amountText, amountTextOrNull, flagNumber, present, readAmount, readAmountOrNull } from '../fields.ts';
import { readFlag, readWord } from '../fields.ts';
import type { RowOf, TableDefinition } from '../table.ts';

/** The columns of an order that say what kind it is; empty where the kind has no such figure. */
export const TERMS_COLUMNS = {
  type: 'text',
  price: 'text?',
  time_in_force: 'text?',
  post_only: 'integer?',
  trigger_price: 'text?',
  trigger_source: 'text?',
  trailing_delta_bps: 'real?',
  activation_price: 'text?',
} as const satisfies TableDefinition['columns'];

type TermsRow = RowOf<{ kind: 'entity'; key: []; columns: typeof TERMS_COLUMNS }>;

const TIMES_IN_FORCE: Record<TimeInForce, true> = { GTC: true, IOC: true, FOK: true };
const TRIGGER_SOURCES: Record<TriggerSource, true> = { last: true, mark: true };
const TYPES: Record<OrderTerms['type'], true> = {
  market: true,
  limit: true,
  stop_market: true,
  stop_limit: true,
  take_profit: true,
  trailing_stop: true,
};

const NO_FIGURES: Omit<TermsRow, 'type'> = {
  price: null,
  time_in_force: null,
  post_only: null,
  trigger_price: null,
  trigger_source: null,
  trailing_delta_bps: null,
  activation_price: null,
};

function trigger(terms: { readonly triggerPrice: Decimal; readonly triggerSource: TriggerSource }) {
  return { trigger_price: amountText(terms.triggerPrice), trigger_source: terms.triggerSource };
}

export function termsToRow(terms: OrderTerms): TermsRow {
  const base = { ...NO_FIGURES, type: terms.type };
  switch (terms.type) {
    case 'market':
      return base;
    case 'limit': {
      const { price, timeInForce, postOnly } = terms;
      return { ...base, price: amountText(price), time_in_force: timeInForce, post_only: flagNumber(postOnly) };
    }
    case 'stop_market':
      return { ...base, ...trigger(terms) };
    case 'stop_limit':
      return { ...base, ...trigger(terms), price: amountText(terms.price), time_in_force: terms.timeInForce };
    case 'take_profit':
      return { ...base, ...trigger(terms), price: amountTextOrNull(terms.price) };
    case 'trailing_stop':
      return {
        ...base,
        trigger_source: terms.triggerSource,
        trailing_delta_bps: terms.trailingDeltaBps,
        activation_price: amountTextOrNull(terms.activationPrice),
      };
  }
}

export function termsFromRow(row: TermsRow): OrderTerms {
  const price = () => readAmount<Price>(present(row.price, 'price'));
  const triggerPrice = () => readAmount<Price>(present(row.trigger_price, 'trigger_price'));
  const triggerSource = () => readWord(TRIGGER_SOURCES, row.trigger_source);
  const timeInForce = () => readWord(TIMES_IN_FORCE, row.time_in_force);
  const type = readWord(TYPES, row.type);
  switch (type) {
    case 'market':
      return { type };
    case 'limit': {
      const postOnly = readFlag(present(row.post_only, 'post_only'));
      return { type, price: price(), timeInForce: timeInForce(), postOnly };
    }
    case 'stop_market':
      return { type, triggerPrice: triggerPrice(), triggerSource: triggerSource() };
    case 'stop_limit': {
      const [at, source] = [triggerPrice(), triggerSource()];
      return { type, triggerPrice: at, triggerSource: source, price: price(), timeInForce: timeInForce() };
    }
    case 'take_profit': {
      const limit = readAmountOrNull<Price>(row.price);
      return { type, triggerPrice: triggerPrice(), triggerSource: triggerSource(), price: limit };
    }
    case 'trailing_stop': {
      const activationPrice = readAmountOrNull<Price>(row.activation_price);
      const trailingDeltaBps = present(row.trailing_delta_bps, 'trailing_delta_bps');
      return { type, trailingDeltaBps, activationPrice, triggerSource: triggerSource() };
    }
  }
}
