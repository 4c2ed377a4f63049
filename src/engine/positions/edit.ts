import type { ProtectionChange } from '../../domain/command.ts';
import { Decimal, ZERO } from '../../domain/decimal.ts';
import type { Price, Quantity } from '../../domain/decimal.ts';
import { AitraderError } from '../../domain/errors.ts';
import type { Target } from '../../domain/exits.ts';
import { levelPrice } from '../../domain/level-price.ts';
import { formatLevel } from '../../domain/levels.ts';
import type { Level } from '../../domain/levels.ts';
import { averageEntryPrice } from '../../domain/position/ledger.ts';
import { isTighterOrEqual } from '../../domain/position/protection.ts';
import type { Position, PositionTarget } from '../../domain/position/position.ts';
import { partsText, shareParts } from '../../domain/target-parts.ts';
import { err, ok } from '../../lib/result.ts';
import type { Result } from '../../lib/result.ts';
import { closable, isSellable } from './sellable.ts';
import type { WatchTerms } from './watch.ts';

/** What an edit is judged by: the terms of the watch and the last price. */
export interface EditTerms extends WatchTerms {
  readonly last: Price;
}

/**
 * How much a close of `part` sells: floored to the step; all that is open when the rest could not be sold any more.
 * @param part above 0, at most 1
 */
export function partToClose(position: Position, part: Decimal, terms: EditTerms): Result<Quantity, AitraderError> {
  const { symbol, market } = position;
  if (!(part.greaterThan(0) && part.lessThanOrEqualTo(1))) {
    return err(new AitraderError('PART_INVALID', { symbol, given: part.toFixed() }));
  }
  const exitTerms = { market, rules: terms.instrument.rules };
  const open = Decimal.max(position.quantity.minus(terms.exitsInFlight), ZERO) as Quantity;
  const wanted = closable(Decimal.min(position.quantity.times(part), open) as Quantity, exitTerms);
  const rest = closable(open.minus(wanted) as Quantity, exitTerms);
  const quantity = isSellable(rest, terms.last, exitTerms) ? wanted : closable(open, exitTerms);
  if (isSellable(quantity, terms.last, exitTerms)) return ok(quantity);
  if (terms.exitsInFlight.greaterThan(0)) {
    return err(new AitraderError('EXIT_UNDER_WAY', { symbol, given: terms.exitsInFlight.toFixed() }));
  }
  const allowed = 'what the exchange takes';
  return err(new AitraderError('QUANTITY_OUT_OF_RANGE', { symbol, given: quantity.toFixed(), allowed }));
}

/**
 * Where an edited stop comes to stand, which may only be tighter. Beyond the last price it is taken: the monitor then
 * closes at once.
 */
export function tightenedStop(position: Position, level: Level, terms: EditTerms): Result<Price, AitraderError> {
  const stop = priceOf(position, level, { terms, use: 'loss' });
  if (!stop.ok || isTighterOrEqual(position, stop.value)) return stop;
  const allowed = position.protection.stopPrice?.toFixed() ?? 'none';
  return err(new AitraderError('STOP_LOOSENED', { symbol: position.symbol, given: stop.value.toFixed(), allowed }));
}

/** The position with edited targets and trailing distance. What the change leaves out stays. The stop is `tightenedStop`'s. */
export function withEditedPlan(
  position: Position,
  change: Omit<ProtectionChange, 'stopLoss'>,
  terms: EditTerms,
): Result<Position, AitraderError> {
  const { plan } = position;
  const trailing = change.trailing === undefined ? plan.trailing : change.trailing;
  const isPercentage = trailing?.kind === 'percent' && trailing.percent.greaterThanOrEqualTo(100);
  if (trailing?.kind === 'price' || isPercentage) {
    const given = formatLevel(trailing);
    const instead = "Give a distance: '2%' or '2atr'.";
    const context = { symbol: position.symbol, given, use: 'a trailing distance', instead };
    return err(new AitraderError('LEVEL_UNSUITABLE', context));
  }
  if (trailing?.kind === 'atr' && terms.atr === null) return err(unknownBasis(position, trailing));
  const targets =
    change.takeProfit === undefined ? ok(plan.targets) : editedTargets(position, change.takeProfit, terms);
  return targets.ok ? ok({ ...position, plan: { ...plan, trailing, targets: targets.value } }) : targets;
}

/** New targets share what is open; a plan's parts are shares of everything that was entered. */
function editedTargets(
  position: Position,
  given: readonly Target[],
  terms: EditTerms,
): Result<readonly PositionTarget[], AitraderError> {
  const { symbol, side } = position;
  const shared = shareParts(given);
  if (shared === null) return err(new AitraderError('TARGET_PARTS_INVALID', { symbol, given: partsText(given) }));
  const openShare = position.quantity.dividedBy(position.totals.entryQuantity);
  const targets: PositionTarget[] = [];
  for (const { at, part } of shared) {
    const price = priceOf(position, at, { terms, use: 'profit' });
    if (!price.ok) return price;
    const isAhead = side === 'long' ? price.value.greaterThan(terms.last) : price.value.lessThan(terms.last);
    if (!isAhead) {
      const context = { symbol, side, what: 'target', given: price.value.toFixed(), reference: terms.last.toFixed() };
      return err(new AitraderError('TARGET_WRONG_SIDE', context));
    }
    targets.push({ price: price.value, part: part.times(openShare), orderId: null, reachedAt: null });
  }
  const sign = side === 'long' ? 1 : -1;
  return ok(targets.toSorted((a, b) => sign * a.price.comparedTo(b.price)));
}

/** Distances count from the entry, as they did when the position was opened. */
function priceOf(
  position: Position,
  level: Level,
  { terms, use }: { readonly terms: EditTerms; readonly use: 'loss' | 'profit' },
): Result<Price, AitraderError> {
  const { side, initialRisk } = position;
  const { rules } = terms.instrument;
  const from = averageEntryPrice(position) ?? position.bestPrice;
  const found = levelPrice(level, { from, side, rules, atr: terms.atr, risk: initialRisk }, use);
  return found === null ? err(unknownBasis(position, level)) : ok(found);
}

function unknownBasis({ symbol }: Position, level: Level): AitraderError {
  const given = formatLevel(level);
  if (level.kind !== 'r') return new AitraderError('ATR_UNKNOWN', { symbol, given });
  const instead = 'The first stop of the position is not known, and so is not one R; give a price or a percentage.';
  return new AitraderError('LEVEL_UNSUITABLE', { symbol, given, use: 'a distance here', instead });
}
