import { Decimal, priceFromMarketData } from '../../domain/decimal.ts';
import { AitraderError } from '../../domain/errors.ts';
import { formatLevel } from '../../domain/levels.ts';
import type { Level } from '../../domain/levels.ts';
import type { VenueSymbol } from '../../domain/ids.ts';
import { partsText, shareParts } from '../../domain/target-parts.ts';
import type { SharedTarget } from '../../domain/target-parts.ts';
import { err, ok } from '../../lib/result.ts';
import type { Result } from '../../lib/result.ts';
import type { EntryCandidate } from './candidate.ts';

/** How the position is to end, with nothing left open: what prices are made of once the entry price is known. */
export interface SettledExits {
  readonly stopLoss: Level;
  readonly stopIsDefault: boolean;
  readonly targets: readonly SharedTarget[];
  readonly trailing: Level | null;
  readonly breakEven: Level | null;
  readonly maxHoldMs: number | null;
  /** The average true range at the proposal, which its distances count by; null when none does. */
  readonly atr: Decimal | null;
}

const TRAILING_USUAL: Level = { kind: 'percent', percent: new Decimal('0.5') };
/** Meme coins swing by 15 to 20 per cent without having turned. */
const TRAILING_MEME: Level = { kind: 'percent', percent: new Decimal('17.5') };

/** The exits with defaults filled in, or what makes no sense about them. */
export function settleExits({ proposal, facts, policy }: EntryCandidate): Result<SettledExits, AitraderError> {
  const { exits, symbol } = proposal;
  const stopLoss = exits.stopLoss ?? policy.defaultStop;
  const usualTrailing = policy.memeSymbols.has(symbol) ? TRAILING_MEME : TRAILING_USUAL;
  const trailing = exits.trailing === 'default' ? usualTrailing : exits.trailing;

  const levels = [stopLoss, trailing, exits.breakEven, ...exits.takeProfit.map(({ at }) => at)];
  const byAtr = levels.find((level) => level?.kind === 'atr') ?? null;
  const atr = facts.atr > 0 && facts.atr < Infinity ? priceFromMarketData(facts.atr) : null;
  const unknownAtr = () =>
    byAtr !== null && atr === null ? new AitraderError('ATR_UNKNOWN', { symbol, given: formatLevel(byAtr) }) : null;
  const refusal = refuseStopKind(symbol, stopLoss) ?? refuseTrailing(symbol, trailing) ?? unknownAtr();
  if (refusal !== null) return err(refusal);
  const targets = shareParts(exits.takeProfit);
  if (targets === null) {
    return err(new AitraderError('TARGET_PARTS_INVALID', { symbol, given: partsText(exits.takeProfit) }));
  }
  return ok({
    stopLoss,
    stopIsDefault: exits.stopLoss === null,
    targets,
    trailing,
    breakEven: exits.breakEven,
    maxHoldMs: exits.maxHoldMs,
    atr: byAtr && atr,
  });
}

function unsuitable(symbol: VenueSymbol, level: Level, use: string): AitraderError {
  const instead = "Give a distance: '2%' or '2atr'; a stop may also be a price.";
  return new AitraderError('LEVEL_UNSUITABLE', { symbol, given: formatLevel(level), use, instead });
}

function refuseStopKind(symbol: VenueSymbol, stopLoss: Level): AitraderError | null {
  return stopLoss.kind === 'r' ? unsuitable(symbol, stopLoss, 'a stop') : null;
}

function refuseTrailing(symbol: VenueSymbol, trailing: Level | null): AitraderError | null {
  if (trailing === null) return null;
  const isWholePrice = trailing.kind === 'percent' && trailing.percent.greaterThanOrEqualTo(100);
  const isDistance = trailing.kind !== 'price' && !isWholePrice;
  return isDistance ? null : unsuitable(symbol, trailing, 'a trailing distance');
}
