import type { Dust, ExitPlan, Lot, PositionExit, PositionTarget } from '../../../../domain/position/position.ts';
import { amountText, amountTextOrNull, present, readAmount } from '../fields.ts';
import { amount, branded, finite, flag, level, list, nullable, object, text, word } from '../json-codec.ts';
import type { Codec } from '../json-codec.ts';
import type { RowOf, TableDefinition } from '../table.ts';
import { CLOSE_REASONS } from './words.ts';

/** The lots of a position, `n` counting them from 0. */
export const LOTS = {
  kind: 'entity',
  key: ['position_id', 'n'],
  columns: {
    position_id: 'text',
    n: 'integer',
    fill_key: 'text',
    price: 'text',
    opened_quantity: 'text',
    remaining_quantity: 'text',
    opened_at: 'integer',
  },
} as const satisfies TableDefinition;

/** The reductions of a position, `n` counting them from 0. */
export const POSITION_EXITS = {
  kind: 'entity',
  key: ['position_id', 'n'],
  columns: {
    position_id: 'text',
    n: 'integer',
    fill_key: 'text',
    order_id: 'text?',
    quantity: 'text',
    price: 'text',
    time: 'integer',
    reason: 'text',
    gross_pnl: 'text',
  },
} as const satisfies TableDefinition;

const exit: Codec<PositionExit> = object<PositionExit>({
  fillKey: text,
  orderId: nullable(branded()),
  quantity: amount(),
  price: amount(),
  time: finite,
  reason: word(CLOSE_REASONS),
  grossPnl: amount(),
});

const lot = object<Lot>({
  fillKey: text,
  price: amount(),
  openedQuantity: amount(),
  remainingQuantity: amount(),
  openedAt: finite,
});

/** How lots and exits look as JSON: the fields of the domain, amounts as text. */
export const lotList = list(lot);
export const exitList = list(exit);

const target = object<PositionTarget>({
  price: amount(),
  part: amount(),
  orderId: nullable(branded()),
  reachedAt: nullable(finite),
});

export const exitPlan = object<ExitPlan>({
  targets: list(target),
  trailing: nullable(level),
  breakEvenAt: nullable(amount()),
  closeAt: nullable(finite),
  stopIsDefault: flag,
});

export function lotToRow(positionId: string, given: Lot, n: number): RowOf<typeof LOTS> {
  return {
    position_id: positionId,
    n,
    fill_key: given.fillKey,
    price: amountText(given.price),
    opened_quantity: amountText(given.openedQuantity),
    remaining_quantity: amountText(given.remainingQuantity),
    opened_at: given.openedAt,
  };
}

export function exitToRow(positionId: string, given: PositionExit, n: number): RowOf<typeof POSITION_EXITS> {
  return {
    position_id: positionId,
    n,
    fill_key: given.fillKey,
    order_id: given.orderId,
    quantity: amountText(given.quantity),
    price: amountText(given.price),
    time: given.time,
    reason: given.reason,
    gross_pnl: amountText(given.grossPnl),
  };
}

export function dustToRow(dust: Dust | null): {
  readonly dust_quantity: string | null;
  readonly dust_cost: string | null;
} {
  return { dust_quantity: amountTextOrNull(dust?.quantity ?? null), dust_cost: amountTextOrNull(dust?.cost ?? null) };
}

export function dustFromRow(row: ReturnType<typeof dustToRow>): Dust | null {
  if (row.dust_quantity === null) return null;
  return { quantity: readAmount(row.dust_quantity), cost: readAmount(present(row.dust_cost, 'dust_cost')) };
}
