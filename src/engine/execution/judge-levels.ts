import { Decimal } from '../../domain/decimal.ts';
import type { Price } from '../../domain/decimal.ts';
import { AitraderError } from '../../domain/errors.ts';
import { formatLevel } from '../../domain/levels.ts';
import type { PositionSide } from '../../domain/position/position.ts';
import type { EntryProposal } from './candidate.ts';
import type { PlacedLevels } from './place-levels.ts';
import type { SettledExits } from './settle-exits.ts';

const MAX_STOP_PCT = 50;
const MAX_TARGET_FACTOR = 10;

/** Refuses levels on the wrong side of the reference price, and those so far away that something else was meant. */
export function refuseLevels(
  proposal: Pick<EntryProposal, 'symbol' | 'side'>,
  reference: Price,
  { exits, levels }: { readonly exits: SettledExits; readonly levels: PlacedLevels },
): AitraderError | null {
  const { plan } = levels;
  const profits = plan.targets.map(({ price }) => ({ what: 'target', price }));
  if (plan.breakEvenAt !== null) profits.push({ what: 'break-even', price: plan.breakEvenAt });
  const refusals = profits.map((profit) => refuseProfit(proposal, reference, profit));
  return refuseStop(proposal, reference, { exits, levels }) ?? refusals.find((refusal) => refusal !== null) ?? null;
}

function refuseStop(
  { symbol, side }: Pick<EntryProposal, 'symbol' | 'side'>,
  reference: Price,
  { exits, levels }: { readonly exits: SettledExits; readonly levels: PlacedLevels },
): AitraderError | null {
  const { stopPrice, risk } = levels;
  const isTooFar = risk.times(100).greaterThan(reference.times(MAX_STOP_PCT));
  const isBehind = side === 'long' ? stopPrice.lessThan(reference) : stopPrice.greaterThan(reference);
  if (isBehind && !isTooFar) return null;

  const written = formatLevel(exits.stopLoss);
  const looksLikePercentage = isTooFar && exits.stopLoss.kind === 'price';
  const context = { symbol, given: written, reference: reference.toFixed() };
  if (!isBehind) {
    const rule = 'A stop belongs below the entry for a long, above it for a short.';
    const cause = looksLikePercentage ? percentageHint(written) : rule;
    return new AitraderError('STOP_WRONG_SIDE', { ...context, side, cause });
  }
  const rule = `Choose a stop at most ${MAX_STOP_PCT} % away.`;
  const cause = looksLikePercentage ? percentageHint(written) : rule;
  return new AitraderError('STOP_TOO_FAR', { ...context, allowed: MAX_STOP_PCT, cause });
}

function percentageHint(written: string): string {
  return `${written} looks like a percentage; write '${written}%'.`;
}

function refuseProfit(
  { symbol, side }: { readonly symbol: string; readonly side: PositionSide },
  reference: Price,
  { what, price }: { readonly what: string; readonly price: Price },
): AitraderError | null {
  const context = { symbol, what, given: price.toFixed(), reference: reference.toFixed() };
  const isAhead = side === 'long' ? price.greaterThan(reference) : price.lessThan(reference);
  if (!isAhead) return new AitraderError('TARGET_WRONG_SIDE', { ...context, side });
  const [near, far] = [Decimal.min(price, reference), Decimal.max(price, reference)];
  const isAbsurd = far.greaterThan(near.times(MAX_TARGET_FACTOR));
  return isAbsurd ? new AitraderError('TARGET_ABSURD', { ...context, allowed: MAX_TARGET_FACTOR }) : null;
}
