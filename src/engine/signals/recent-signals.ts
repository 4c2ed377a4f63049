import { AitraderError } from '../../domain/errors.ts';
import type { TraderId, VenueSymbol } from '../../domain/ids.ts';
import type { PositionSide } from '../../domain/position/position.ts';
import type { Signal, SignalStatus } from '../../domain/signal.ts';

/** A match that wants to become a signal. */
export interface MatchAttempt {
  readonly traderId: TraderId;
  readonly symbol: VenueSymbol;
  readonly side: PositionSide;
  /** The moment of the check, milliseconds UTC. */
  readonly checkedAt: number;
  readonly cooldownMs: number;
  /** It would close the trader's position: that waits for no cooldown. */
  readonly closes: boolean;
}

type Remembered = Pick<Signal, 'side' | 'checkedAt'> & { status: SignalStatus };

const ON_ITS_WAY: ReadonlySet<SignalStatus> = new Set<SignalStatus>([
  'pending',
  'analyzing',
  'awaiting_approval',
  'approved',
  'executing',
]);

/**
 * The last signal of each trader and symbol, by which repeated matches and those inside the cooldown are told. Bounded by
 * the symbols that a trader checks; `forget` clears a trader that was removed.
 */
export class RecentSignals {
  readonly #byTrader = new Map<TraderId, Map<VenueSymbol, Remembered>>();

  /** Notes a signal, or what became of it. An older one than the last changes nothing. */
  note({ traderId, symbol, side, checkedAt, state }: Signal): void {
    const bySymbol = this.#byTrader.get(traderId) ?? new Map<VenueSymbol, Remembered>();
    this.#byTrader.set(traderId, bySymbol);
    const last = bySymbol.get(symbol);
    if (last === undefined || checkedAt >= last.checkedAt) {
      bySymbol.set(symbol, { side, checkedAt, status: state.status });
    }
  }

  forget(traderId: TraderId): void {
    this.#byTrader.delete(traderId);
  }

  /** Why a match becomes no signal of its own, null when it does. */
  refusal({ traderId, symbol, side, checkedAt, cooldownMs, closes }: MatchAttempt): AitraderError | null {
    const last = this.#byTrader.get(traderId)?.get(symbol);
    if (last === undefined) return null;
    const isSameSide = last.side === side;
    const isKnown = checkedAt < last.checkedAt || (checkedAt === last.checkedAt && isSameSide);
    if (isKnown || (isSameSide && ON_ITS_WAY.has(last.status))) {
      return new AitraderError('SIGNAL_REPEATED', { symbol, side });
    }
    const ageMs = checkedAt - last.checkedAt;
    if (closes || ageMs >= cooldownMs) return null;
    return new AitraderError('SIGNAL_COOLDOWN', { symbol, given: ageMs / 1_000, allowed: cooldownMs / 1_000 });
  }
}
