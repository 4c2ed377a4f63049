import type { Quantity } from '../domain/decimal.ts';
import type { Fill } from '../domain/fill.ts';
import type { VenueSymbol } from '../domain/ids.ts';
import type { MonitorDecision } from './positions/decision.ts';
import type { RiskDesk } from './risk-desk.ts';

type LiquidationNear = Extract<MonitorDecision, { kind: 'liquidation_near' }>;

/** An order has traded more than there was to reduce. */
export function tellExcess(risk: RiskDesk, { symbol, side }: Fill, excess: Quantity): void {
  const message = `${symbol}: a ${side} traded ${excess.toFixed()} more than the position held; look at the account`;
  risk.raise({ type: 'anomaly_detected', severity: 'critical', message, details: { symbol } });
}

export function tellLiquidationNear(
  risk: RiskDesk,
  symbol: VenueSymbol,
  { severity, mark, liquidationPrice }: LiquidationNear,
): void {
  const message = `${symbol}: the mark price ${mark.toFixed()} comes near the liquidation at ${liquidationPrice.toFixed()}`;
  risk.raise({ type: 'liquidation_near', severity, message, details: { symbol } });
}

/** A position of a run before is in a symbol that the venue does not have any more. */
export function tellUnlisted(risk: RiskDesk, symbol: VenueSymbol): void {
  const message = `${symbol}: the exchange does not list it any more, so its position is watched by nobody; close it there`;
  risk.raise({ type: 'position_unprotected', severity: 'critical', message, details: { symbol } });
}
