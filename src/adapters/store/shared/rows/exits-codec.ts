import type { Exits, Target } from '../../../../domain/exits.ts';
import { amount, finite, level, list, nullable, object } from '../json-codec.ts';

/** A target of a signal or of the exits. */
export const target = object<Target>({ at: level, part: nullable(amount()) });

/** How filters and traders say that positions end. */
export const exits = object<Exits>({
  stopLoss: nullable(level),
  takeProfit: list(target),
  trailing: nullable(level),
  breakEven: nullable(level),
  maxHoldMs: nullable(finite),
});
