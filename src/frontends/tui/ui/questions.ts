import { Decimal } from '../../../domain/decimal.ts';
import { isFinal } from '../../../domain/order/order.ts';
import type { Order } from '../../../domain/order/order.ts';
import type { Position } from '../../../domain/position/position.ts';
import type { Signal } from '../../../domain/signal.ts';
import type { DeskView } from '../desk/view.ts';
import { positionFigures } from '../desk/view.ts';
import { sizeWord } from '../panels/words.ts';
import { moneyWord, percentWord, profitWord, quantityWord } from '../style/figures.ts';
import { shown } from '../style/text.ts';
import type { Choice, Deed, Question } from './question.ts';

/** With real money every question begins so. */
function prefix({ status }: DeskView): string {
  return status.money === 'live' ? 'LIVE REAL MONEY: ' : '';
}

function amount(value: number | null, { info }: DeskView): string {
  return value === null ? 'an unknown amount' : `${moneyWord(value)} ${info.quoteAsset}`;
}

function counted(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? '' : 's'}`;
}

const PARTS = [
  ['y', 'all', '1'],
  ['2', 'a half', '0.5'],
  ['4', 'a quarter', '0.25'],
] as const;

export function askClose(position: Position, view: DeskView): Question {
  const { id, symbol, side } = position;
  const { worth, profit, profitPct } = positionFigures(position, view);
  const choices = PARTS.map(([key, says, fraction]): Choice => {
    const command = { type: 'close_position', positionId: id, fraction: new Decimal(fraction) } as const;
    return { key, says, deed: { kind: 'command', command, done: `closing ${says} of ${symbol} ${side}` } };
  });
  const standing = `worth ${amount(worth, view)}, ${profitWord(profit)} (${percentWord(profitPct)})`;
  return {
    text: `${prefix(view)}close ${symbol} ${side}, ${standing}, at the market?`,
    isDangerous: true,
    answer: { kind: 'keys', choices },
  };
}

export function askCancel({ intent }: Order, view: DeskView): Question {
  const what = `${intent.leg} order: ${intent.side} ${quantityWord(intent.quantity.toNumber())} ${intent.symbol}`;
  const deed: Deed = {
    kind: 'command',
    command: { type: 'cancel_order', orderId: intent.id },
    done: `cancelling the ${what}`,
  };
  return {
    text: `${prefix(view)}cancel the ${what}?`,
    isDangerous: intent.leg === 'stop',
    answer: { kind: 'keys', choices: [{ key: 'y', says: 'cancel it', deed }] },
  };
}

/** What an approval does. Asked only where it spends real money. */
export function approval(signal: Signal): Deed {
  const done = `approved ${signal.symbol} ${signal.side}`;
  return { kind: 'command', command: { type: 'approve_signal', signalId: signal.id }, done };
}

export function askApprove(signal: Signal, view: DeskView): Question {
  const trader = view.traders.find((row) => row.trader.id === signal.traderId)?.trader;
  const size = trader === undefined ? 'of an unknown size' : `for ${sizeWord(trader.size, view.info.quoteAsset)}`;
  return {
    text: `${prefix(view)}open ${signal.symbol} ${signal.side} ${size}, as ${view.traderName(signal.traderId)} found?`,
    isDangerous: true,
    answer: { kind: 'keys', choices: [{ key: 'y', says: 'approve', deed: approval(signal) }] },
  };
}

function openWorth(view: DeskView): number {
  return view.positions.reduce((sum, position) => sum + (positionFigures(position, view).worth ?? 0), 0);
}

export function askKill(view: DeskView): Question {
  const working = view.orders.filter(({ state }) => !isFinal(state.status)).length;
  const held = `${counted(view.positions.length, 'position')} worth ${amount(openWorth(view), view)}`;
  const deed: Deed = {
    kind: 'command',
    command: { type: 'kill', keepPositions: false, reason: 'kill key' },
    done: 'KILL: opening is stopped, everything is being closed',
  };
  return {
    text: `${prefix(view)}KILL: stop opening, cancel entries (${counted(working, 'order')} working), close ${held}?`,
    isDangerous: true,
    answer: { kind: 'keys', choices: [{ key: 'y', says: 'KILL', deed }] },
  };
}

const RESUME: Deed = { kind: 'command', command: { type: 'resume_opening' }, done: 'opening is on again' };

/** After a kill the account's name is asked for; after any other stop a key. */
export function askResume(view: DeskView): Question {
  const { breaker, account } = view.status;
  const why = breaker.status === 'tripped' ? shown(breaker.reason) : '';
  const words = account.label;
  if (breaker.status === 'tripped' && breaker.cause === 'kill_switch') {
    return {
      text: `${prefix(view)}resume opening after the kill (${why})? Type the account's name, ${shown(words)}, and Enter`,
      isDangerous: true,
      answer: { kind: 'words', words, deed: RESUME },
    };
  }
  return {
    text: `${prefix(view)}resume opening? It is stopped: ${why}`,
    isDangerous: view.status.money === 'live',
    answer: { kind: 'keys', choices: [{ key: 'y', says: 'resume', deed: RESUME }] },
  };
}

/** Null: nothing is open, nothing needs to be asked. */
export function askQuit(view: DeskView): Question | null {
  if (view.positions.length === 0) return null;
  const alone = view.positions.filter(({ protection }) => protection.guard !== 'venue').length;
  const guarded = view.positions.length - alone;
  const where =
    view.status.money === 'live'
      ? 'by stops at the exchange'
      : `by stops in the ${view.status.money} account, where nothing moves until the next start`;
  const guards = [
    ...(guarded === 0 ? [] : [`${guarded} guarded ${where}`]),
    ...(alone === 0 ? [] : [`${alone} guarded by NOBODY once this program has ended`]),
  ];
  return {
    text: `${prefix(view)}quit with ${counted(view.positions.length, 'open position')}: ${guards.join(', ')}?`,
    isDangerous: alone > 0,
    answer: { kind: 'keys', choices: ['y', 'Ctrl+C'].map((key) => ({ key, says: 'quit', deed: { kind: 'quit' } })) },
  };
}
