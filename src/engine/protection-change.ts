import type { ProtectionChange } from '../domain/command.ts';
import type { Price } from '../domain/decimal.ts';
import type { AitraderError } from '../domain/errors.ts';
import { isLeftAlone } from '../domain/position/protection.ts';
import type { Position } from '../domain/position/position.ts';
import { err, ok } from '../lib/result.ts';
import type { Result } from '../lib/result.ts';
import type { EngineContext } from './context.ts';
import { stopFromHere } from './import-position.ts';
import { tightenedStop, withEditedPlan } from './positions/edit.ts';
import type { EditTerms } from './positions/edit.ts';

/** A position as its owner wants it from now on. */
interface ChangedProtection {
  readonly position: Position;
  readonly isPlanChanged: boolean;
  /** Where the stop is to stand, null when it stays. */
  readonly stopPrice: Price | null;
}

/**
 * What a change of stop, targets or trailing distance makes of a position. One that was left alone is left alone no more
 * once its owner changes anything: it gets a stop.
 */
export function changedProtection(
  context: EngineContext,
  position: Position,
  { change, terms }: { readonly change: ProtectionChange; readonly terms: EditTerms },
): Result<ChangedProtection, AitraderError> {
  const edited = withEditedPlan(position, change, terms);
  if (!edited.ok) return edited;
  const isPlanChanged = change.takeProfit !== undefined || change.trailing !== undefined;
  if (change.stopLoss !== undefined) {
    const stop = tightenedStop(position, change.stopLoss, terms);
    return stop.ok ? ok({ position: edited.value, isPlanChanged, stopPrice: stop.value }) : err(stop.error);
  }
  const { instrument, last } = terms;
  const stopPrice = isLeftAlone(position) ? stopFromHere(context, position, { instrument, otherwise: last }) : null;
  return ok({ position: edited.value, isPlanChanged, stopPrice });
}
