import type { EngineCommand } from '../domain/command.ts';
import { Decimal } from '../domain/decimal.ts';
import { AitraderError } from '../domain/errors.ts';
import type { PositionId, TraderId, UserId } from '../domain/ids.ts';
import type { Position } from '../domain/position/position.ts';
import { err, ok } from '../lib/result.ts';
import type { Result } from '../lib/result.ts';
import type { ManageRequest } from '../ports/filter-sandbox.ts';
import type { EngineContext } from './context.ts';
import type { EntryDesk } from './entry-desk.ts';
import type { OrderDesk } from './execution/order-desk.ts';
import type { PositionDesk } from './position-desk.ts';
import type { RiskDesk } from './risk-desk.ts';
import type { SignalDesk } from './signal-desk.ts';
import type { TraderRoom } from './trader-room.ts';

export interface CommandParts {
  readonly context: EngineContext;
  readonly entries: EntryDesk;
  readonly orders: OrderDesk;
  readonly positions: PositionDesk;
  readonly risk: RiskDesk;
  readonly signals: SignalDesk;
  readonly traders: TraderRoom;
  readonly later: (work: () => void) => void;
}

type Outcome = Result<null, AitraderError>;

/** What people and filters ask of the engine. */
export interface Commands {
  /** Settles when the command was handled; what takes time at the venue goes on after that. */
  execute(command: EngineCommand, by: UserId): Promise<Outcome>;
  /** What a filter's `manage` wants done with the positions of its trader. Refusals are noted and change nothing. */
  manage(traderId: TraderId, requests: readonly ManageRequest[]): void;
}

export function createCommands(parts: CommandParts): Commands {
  /** Runs the work as an event of its own, so that it never comes in between another one. */
  const inTurn = (work: () => Outcome): Promise<Outcome> =>
    new Promise((resolve, reject) => {
      parts.later(() => {
        try {
          resolve(work());
        } catch (failure) {
          reject(failure instanceof Error ? failure : new Error(String(failure)));
        }
      });
    });
  return {
    execute(command) {
      switch (command.type) {
        case 'add_trader':
          return parts.traders.add(command.trader);
        case 'change_trader':
          return parts.traders.change(command.traderId, command.change);
        case 'resume_trader':
          return parts.traders.resume(command.traderId);
        default:
          return inTurn(() => executeNow(parts, command));
      }
    },
    manage(traderId, requests) {
      for (const request of requests) manage(parts, traderId, request);
    },
  };
}

type Immediate = Exclude<EngineCommand, { type: 'add_trader' | 'change_trader' | 'resume_trader' }>;

function executeNow(parts: CommandParts, command: Immediate): Outcome {
  const { context, orders, positions, risk, signals, traders } = parts;
  switch (command.type) {
    case 'pause_opening':
      risk.pause(command.reason);
      return ok(null);
    case 'resume_opening':
      risk.resume();
      return ok(null);
    case 'kill':
      kill(parts, command);
      return ok(null);
    case 'close_position':
      return onPosition(context, command.positionId, (position) => close(parts, position, command.fraction));
    case 'change_protection':
      return onPosition(context, command.positionId, (position) =>
        positions.changeProtection(position, command.change),
      );
    case 'cancel_order':
      if (!context.books.orders.has(command.orderId)) return err(notFound('order', command.orderId));
      orders.cancel(command.orderId);
      return ok(null);
    case 'approve_signal':
      return signals.approve(command.signalId);
    case 'reject_signal':
      return signals.reject(command.signalId, command.reason);
    case 'pause_trader':
      return traders.pause(command.traderId, command.reason);
    case 'remove_trader':
      signals.forget(command.traderId);
      return traders.remove(command.traderId);
  }
}

/** Stops opening, cancels own entries, and closes everything unless it is to be kept. Failed closes are tried until flat. */
function kill(parts: CommandParts, command: Extract<EngineCommand, { type: 'kill' }>): void {
  const { entries, positions, risk } = parts;
  risk.kill(command.reason, !command.keepPositions);
  entries.cancelAll();
  if (!command.keepPositions) positions.closeAll();
}

function close({ positions }: CommandParts, position: Position, fraction: Decimal): Outcome {
  const closed = positions.closePart(position, fraction, 'manual');
  return closed.ok ? ok(null) : closed;
}

function manage(parts: CommandParts, traderId: TraderId, request: ManageRequest): void {
  const { context, positions, traders } = parts;
  const position = [...context.books.positions.values()].find(
    (each) => each.traderId === traderId && each.symbol === request.symbol,
  );
  if (position === undefined) return;
  const outcome =
    request.action === 'close'
      ? positions.closePart(position, new Decimal(request.part), 'signal')
      : positions.changeProtection(position, { stopLoss: request.stopLoss });
  if (!outcome.ok) traders.desk.refused(traderId, outcome.error.code);
}

function onPosition({ books }: EngineContext, positionId: PositionId, act: (position: Position) => Outcome): Outcome {
  const position = books.positions.get(positionId);
  return position === undefined ? err(notFound('open position', positionId)) : act(position);
}

function notFound(what: string, given: string): AitraderError {
  return new AitraderError('NOT_FOUND', {
    what,
    given,
    remedy: 'See what is there with `aitrader positions` or `aitrader orders`.',
  });
}
