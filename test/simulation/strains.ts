import type { Market } from '../../src/domain/instrument.ts';
import type { Draw } from './draw.ts';

/**
 * What not every life sees: `liquidation` of positions of ours, `hedge_mode` of the account, `delisting` of a symbol, the
 * user's `hand_in_ours` (sells our units, adds to our positions and takes from them), positions that were `found` in
 * symbols that the program trades, `other_instance` of this program with books of its own, `take_over` by another process
 * with the same books.
 */
export type Strain =
  'liquidation' | 'hedge_mode' | 'delisting' | 'hand_in_ours' | 'found' | 'other_instance' | 'take_over';

const CHANCES: readonly (readonly [Strain, Readonly<Record<Market, number>>])[] = [
  ['liquidation', { spot: 0, futures: 0.3 }],
  ['hedge_mode', { spot: 0, futures: 0.25 }],
  ['delisting', { spot: 0.15, futures: 0.2 }],
  ['hand_in_ours', { spot: 0.25, futures: 0.3 }],
  ['found', { spot: 0, futures: 0.25 }],
  ['other_instance', { spot: 0.15, futures: 0.15 }],
  ['take_over', { spot: 0.12, futures: 0.12 }],
];

export function drawStrains(draw: Draw, market: Market): ReadonlySet<Strain> {
  return new Set(CHANCES.flatMap(([strain, chance]) => (draw.isTrue(chance[market]) ? [strain] : [])));
}

/** What happens by them, and how often. */
export type StrainHappening =
  | 'liquidate'
  | 'hedge'
  | 'delist'
  | 'hand_sells_ours'
  | 'hand_adds'
  | 'hand_takes'
  | 'hand_opens'
  | 'other_instance_trades'
  | 'take_over';

const HAPPENINGS: Readonly<Record<Strain, readonly (readonly [number, StrainHappening, Market?])[]>> = {
  liquidation: [[4, 'liquidate', 'futures']],
  hedge_mode: [[4, 'hedge', 'futures']],
  delisting: [[2, 'delist']],
  hand_in_ours: [
    [5, 'hand_sells_ours', 'spot'],
    [4, 'hand_adds', 'futures'],
    [3, 'hand_takes', 'futures'],
  ],
  found: [[3, 'hand_opens', 'futures']],
  other_instance: [[2, 'other_instance_trades']],
  take_over: [[1.5, 'take_over']],
};

export function happeningsOf(
  strains: ReadonlySet<Strain>,
  market: Market,
): readonly (readonly [number, StrainHappening])[] {
  return [...strains].flatMap((strain) =>
    HAPPENINGS[strain].flatMap(([weight, what, only]) =>
      only === undefined || only === market ? [[weight, what] as const] : [],
    ),
  );
}
