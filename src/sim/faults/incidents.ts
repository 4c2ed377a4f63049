import { price as asPrice } from '../../domain/decimal.ts';
import type { Instrument, Market } from '../../domain/instrument.ts';
import type { Clock } from '../../ports/clock.ts';
import { atomsNumber } from '../../matching/atoms.ts';
import type { MarketData } from '../data/market-data.ts';
import type { SymbolData } from '../data/symbol-data.ts';
import { scriptError } from '../script-reader.ts';
import type { Desk } from '../state/desk.ts';
import type { StreamPublisher } from '../streams/publisher.ts';
import type { ClientConnection } from '../transport/client-connection.ts';
import type { Gate } from '../transport/gate.ts';
import type { Incident, SocketGroup } from './fault.ts';
import type { FaultLog } from './fault-log.ts';

/** The connections of a group. */
export interface Connections {
  connections(group: SocketGroup): readonly { readonly connection: ClientConnection }[];
  /** The venue says that it is about to go down. */
  announceShutdown(group: SocketGroup, nowMs: number): void;
}

/** The venue goes on for so long after it has said that it shuts down. */
const SHUTDOWN_NOTICE_MS = 1_000;
/** How far beyond its liquidation price a position is moved. */
const BEYOND = 0.001;

export interface IncidentTargets {
  readonly clock: Clock;
  readonly data: MarketData;
  readonly desks: Readonly<Record<Market, Desk>>;
  readonly gate: Gate;
  /** Where changes of a contract are told. */
  readonly futuresStreams: Pick<StreamPublisher, 'contractInfo'>;
  readonly webSockets: Connections;
  readonly accountIds: readonly string[];
  readonly log: FaultLog;
}

/**
 * Makes an incident happen, and writes it down.
 * @throws AitraderError `USAGE` when it names a symbol that is not there, or has nothing to act on
 */
export function cause(incident: Incident, targets: IncidentTargets): void {
  const target = perform(incident, targets);
  targets.log.add({ at: targets.data.nowMs, kind: incident.kind, target });
}

function perform(incident: Incident, targets: IncidentTargets): string {
  const { data, gate, webSockets, clock } = targets;
  switch (incident.kind) {
    case 'cut_sockets':
      for (const { connection } of webSockets.connections(incident.group)) connection.cut();
      return incident.group;
    case 'freeze_sockets':
      for (const { connection } of webSockets.connections(incident.group)) connection.freeze();
      return incident.group;
    case 'server_shutdown':
      webSockets.announceShutdown(incident.group, data.nowMs);
      clock.setTimer(SHUTDOWN_NOTICE_MS, () => {
        for (const { connection } of webSockets.connections(incident.group)) connection.close(1_001, 'server shutdown');
      });
      return incident.group;
    case 'rate_limit':
    case 'ban':
      return limit(incident, targets);
    case 'clock_skew':
      gate.clockSkewMs = incident.skewMs;
      return `${incident.skewMs} ms`;
    case 'tick_size':
    case 'symbol_status':
      return changeRules(incident, targets);
    case 'liquidate':
      return liquidate(incident.symbol, targets);
    case 'funding':
      return setFunding(incident, targets);
  }
}

/** Every address that has called so far is limited. */
function limit(incident: Extract<Incident, { kind: 'rate_limit' | 'ban' }>, { gate, clock }: IncidentTargets): string {
  for (const limiter of gate.limiters(incident.market)) {
    if (incident.kind === 'ban') limiter.ban(clock.now() + incident.seconds * 1_000);
    else limiter.exhaust(clock.now());
  }
  return incident.market;
}

function symbolOf(data: MarketData, market: Market, symbol: string): { data: SymbolData; instrument: Instrument } {
  const found = data.find(market, symbol);
  const instrument = found?.instrument(market) ?? null;
  if (found === null || instrument === null) throw scriptError(`no symbol ${symbol} on the ${market} market`);
  return { data: found, instrument };
}

function changeRules(
  incident: Extract<Incident, { kind: 'tick_size' | 'symbol_status' }>,
  { data, desks, futuresStreams }: IncidentTargets,
): string {
  const { market, symbol } = incident;
  const { data: symbolData, instrument } = symbolOf(data, market, symbol);
  const changed: Instrument =
    incident.kind === 'tick_size'
      ? { ...instrument, rules: { ...instrument.rules, tick: asPrice(incident.tick) } }
      : { ...instrument, status: incident.status };
  symbolData.changeInstrument(changed);
  desks[market].venue.change(changed);
  if (market === 'futures' && incident.kind === 'symbol_status') futuresStreams.contractInfo(symbolData, data.nowMs);
  return `${market} ${symbol}`;
}

function liquidate(symbol: string, { data, desks, accountIds }: IncidentTargets): string {
  const { data: symbolData } = symbolOf(data, 'futures', symbol);
  const positions = accountIds.flatMap((accountId) => desks.futures.venue.views.futuresAccount(accountId).positions);
  const position = positions.find((found) => found.symbol === symbol && found.liquidationPrice !== null);
  const liquidationPrice = position?.liquidationPrice ?? null;
  if (position === undefined || liquidationPrice === null) {
    throw scriptError(`no position in ${symbol} that a price could liquidate`);
  }
  const direction = position.quantity > 0n ? -1 : 1;
  const markPrice = atomsNumber(liquidationPrice) * (1 + direction * BEYOND);
  const { fundingRate, nextFundingMs, index: symbolIndex } = symbolData;
  data.mark({ symbolIndex, timeMs: data.nowMs, markPrice, indexPrice: markPrice, fundingRate, nextFundingMs });
  return symbol;
}

/** Funding falls due at its own times; what can be changed is its rate. */
function setFunding({ symbol, rate }: Extract<Incident, { kind: 'funding' }>, { data }: IncidentTargets): string {
  const { data: symbolData } = symbolOf(data, 'futures', symbol);
  symbolData.forceFundingRate(rate);
  return `${symbol} ${rate}`;
}
