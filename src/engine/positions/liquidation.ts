import { priceFromMarketData } from '../../domain/decimal.ts';
import { averageEntryPrice } from '../../domain/position/ledger.ts';
import type { Position } from '../../domain/position/position.ts';
import type { MonitorDecision } from './decision.ts';

type Alert = Extract<MonitorDecision, { kind: 'liquidation_near' }>;

/** Alerts by how much of the way from entry to liquidation is left, gravest last. */
const ALERTS = [
  { severity: 'warning', left: 0.5 },
  { severity: 'critical', left: 0.25 },
] as const;
/** So much of the way must be left again before the same alert is given a second time. */
const CALM_LEFT = 0.6;

/**
 * Watches how near the mark price has come to the liquidation price. Alerts scale with leverage, as the way from entry to
 * liquidation does. Nothing is closed here, so floats are exact enough.
 */
export class LiquidationWatch {
  readonly #position: Position;
  readonly #liquidation: number;
  readonly #entry: number;
  #alerts = 0;

  constructor(position: Position) {
    this.#position = position;
    this.#liquidation = position.futures?.liquidationPrice?.toNumber() ?? NaN;
    this.#entry = averageEntryPrice(position)?.toNumber() ?? NaN;
  }

  /** Goes on from what `before` has alerted about, when it is the same distance. */
  continue(before: LiquidationWatch): void {
    if (before.#liquidation === this.#liquidation && before.#entry === this.#entry) this.#alerts = before.#alerts;
  }

  mark(price: number): Alert | null {
    const left = (price - this.#liquidation) / (this.#entry - this.#liquidation);
    if (left > CALM_LEFT) this.#alerts = 0;
    const due = ALERTS.filter((alert) => left <= alert.left).length;
    const gravest = ALERTS[due - 1];
    const { liquidationPrice = null } = this.#position.futures ?? {};
    if (due <= this.#alerts || gravest === undefined || liquidationPrice === null) return null;
    this.#alerts = due;
    return {
      kind: 'liquidation_near',
      positionId: this.#position.id,
      severity: gravest.severity,
      mark: priceFromMarketData(price),
      liquidationPrice,
    };
  }
}
