import { Decimal } from '../../../domain/decimal.ts';
import { isFinal } from '../../../domain/order/order.ts';
import type { Order } from '../../../domain/order/order.ts';
import type { Position } from '../../../domain/position/position.ts';
import type { Signal } from '../../../domain/signal.ts';
import type { Trader } from '../../../domain/trader.ts';
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

/** @param share how much of it is meant, where that is not for choosing */
export function askClose(position: Position, view: DeskView, share: string | null = null): Question {
  const { id, symbol, side } = position;
  const { worth, profit, profitPct } = positionFigures(position, view);
  const choices = PARTS.map(([key, says, fraction]): Choice => {
    const command = { type: 'close_position', positionId: id, fraction: new Decimal(fraction) } as const;
    return { key, says, deed: { kind: 'command', command, done: `closing ${says} of ${symbol} ${side}` } };
  });
  const standing = `worth ${amount(worth, view)}, ${profitWord(profit)} (${percentWord(profitPct)})`;
  return {
    text: `${prefix(view)}close ${share === null ? '' : `${shown(share)} of `}${symbol} ${side}, ${standing}, at the market?`,
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

/** A trader goes, its history stays. */
export function askRemove({ id, name }: Trader, view: DeskView): Question {
  const open = view.positions.filter(({ traderId }) => traderId === id).length;
  const held = open === 0 ? '' : `; its ${counted(open, 'open position')} stay${open === 1 ? 's' : ''} guarded`;
  const deed: Deed = {
    kind: 'command',
    command: { type: 'remove_trader', traderId: id },
    done: `removed ${shown(name)}`,
  };
  return {
    text: `${prefix(view)}take ${shown(name)} out of work${held}?`,
    isDangerous: true,
    answer: { kind: 'keys', choices: [{ key: 'y', says: 'remove it', deed }] },
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

/** @param keepPositions close nothing */
export function askKill(view: DeskView, keepPositions = false): Question {
  const working = view.orders.filter(({ state }) => !isFinal(state.status)).length;
  const held = `${counted(view.positions.length, 'position')} worth ${amount(openWorth(view), view)}`;
  const deed: Deed = {
    kind: 'command',
    command: { type: 'kill', keepPositions, reason: 'kill key' },
    done: 'KILL: opening is stopped, everything is being closed',
  };
  const closing = keepPositions ? 'keep' : 'close';
  return {
    text: `${prefix(view)}KILL: stop opening, cancel entries (${counted(working, 'order')} working), ${closing} ${held}?`,
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

const QUIT: Deed = { kind: 'leave', how: 'quit' };

function guardsWord(view: DeskView): string {
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
  return guards.join(', ');
}

/** Null: nothing is open, or it goes on without this program; nothing needs to be asked. */
export function askQuit(view: DeskView): Question | null {
  const { positions, status, info } = view;
  if (positions.length === 0 || info.mode === 'monitor') return null;
  const isLive = status.money === 'live';
  const others: readonly Choice[] = [
    { key: 'h', says: 'keep running headless', deed: { kind: 'leave', how: 'headless' } },
    { key: 'c', says: 'close all, quit', deed: { kind: 'close_and_quit' } },
  ];
  const quit = ['y', 'Ctrl+C'].map((key): Choice => ({ key, says: isLive ? 'quit anyway' : 'quit', deed: QUIT }));
  return {
    text: `${prefix(view)}quit with ${counted(positions.length, 'open position')}: ${guardsWord(view)}?`,
    isDangerous: isLive || positions.some(({ protection }) => protection.guard !== 'venue'),
    answer: { kind: 'keys', choices: isLive ? [...others, ...quit] : quit },
  };
}
