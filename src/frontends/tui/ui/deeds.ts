import { decimal } from '../../../domain/decimal.ts';
import { isFinal } from '../../../domain/order/order.ts';
import type { DeskView } from '../desk/view.ts';
import type { ActionId } from '../keys/keymap.ts';
import { approval, askApprove, askCancel, askClose, askKill, askQuit, askResume } from './questions.ts';
import type { Deed } from './question.ts';
import type { ListId, UiState } from './state.ts';
import { ask, currentList, leave, openPage, refuse, stay } from './step.ts';
import type { Step } from './step.ts';

/** What acts on the chosen row or on the desk. */
export type Acting = Extract<
  ActionId,
  'open' | 'pause_trader' | 'approve' | 'reject' | 'close' | 'pause_opening' | 'kill' | 'quit'
>;

type Asked = Omit<Extract<Deed, { kind: 'command' }>, 'kind'>;

/** @param key of the chosen row, null when there is none */
export function act(
  ui: UiState,
  action: Acting,
  { view, key }: { readonly view: DeskView; readonly key: string | null },
): Step {
  switch (action) {
    case 'open':
      return openDetails(ui, key);
    case 'pause_trader':
      return pauseTrader(ui, key, view);
    case 'approve':
    case 'reject':
      return decide(ui, key, { view, isApproved: action === 'approve' });
    case 'close':
      return close(ui, key, view);
    case 'pause_opening':
      return pauseOpening(ui, view);
    case 'kill':
      return ask(ui, askKill(view));
    case 'quit': {
      const question = askQuit(view);
      return question === null ? leave(ui, 'quit') : ask(ui, question);
    }
  }
}

const WITHOUT_DETAILS: ReadonlySet<ListId> = new Set<ListId>(['ai', 'deploy']);

/** The row stays chosen: keys on the page act on what the page shows. */
function openDetails(ui: UiState, key: string | null): Step {
  const list = currentList(ui);
  if (key === null || WITHOUT_DETAILS.has(list)) return stay(ui);
  const cursor = { key, index: ui.cursors[list]?.index ?? 0 };
  return openPage({ ...ui, cursors: { ...ui.cursors, [list]: cursor } }, { kind: 'details', list, key });
}

function pauseTrader(ui: UiState, key: string | null, view: DeskView): Step {
  if (ui.panel !== 'traders') return refuse(ui, 'choose a trader first: press 2');
  const trader = view.traders.find((row) => row.trader.id === key)?.trader;
  if (trader === undefined) return stay(ui);
  const name = view.traderName(trader.id);
  const traderId = trader.id;
  const command =
    trader.state.status === 'running'
      ? ({ type: 'pause_trader', traderId, reason: 'paused by the user' } as const)
      : ({ type: 'resume_trader', traderId } as const);
  const done = `${trader.state.status === 'running' ? 'paused' : 'resumed'} ${name}`;
  return { ui, deed: { kind: 'command', command, done } };
}

function decide(
  ui: UiState,
  key: string | null,
  { view, isApproved }: { readonly view: DeskView; readonly isApproved: boolean },
): Step {
  if (ui.panel !== 'signals') return refuse(ui, 'choose a signal first: press 3');
  const signal = view.signals.find(({ id }) => id === key);
  if (signal === undefined) return stay(ui);
  if (signal.state.status !== 'awaiting_approval') {
    return refuse(ui, `${signal.symbol} ${signal.side} does not wait for a yes: it is ${signal.state.status}`);
  }
  if (isApproved) {
    // A row that came under the cursor by itself, or real money: asked first.
    const isChosen = ui.cursors.signals?.key === key;
    const isAsked = view.status.money === 'live' || !isChosen;
    return isAsked ? ask(ui, askApprove(signal, view)) : { ui, deed: approval(signal) };
  }
  const command = { type: 'reject_signal', signalId: signal.id, reason: 'rejected by the user' } as const;
  return { ui, deed: { kind: 'command', command, done: `rejected ${signal.symbol} ${signal.side}` } };
}

function close(ui: UiState, key: string | null, view: DeskView): Step {
  const list = currentList(ui);
  if (list === 'open') {
    const position = view.positions.find(({ id }) => id === key);
    return position === undefined ? refuse(ui, 'no position is chosen') : ask(ui, askClose(position, view));
  }
  if (list === 'orders') {
    const order = view.orders.find(({ intent }) => intent.id === key);
    if (order === undefined || isFinal(order.state.status)) return refuse(ui, 'this order does not work any more');
    return ask(ui, askCancel(order, view));
  }
  return refuse(ui, 'choose a position or an order first: press 4');
}

/** Pauses opening and closes every open position, one command after the other. */
export function closingCommands({ positions }: DeskView): readonly Asked[] {
  const reason = 'closing all before quitting';
  return [
    { command: { type: 'pause_opening', reason }, done: 'opening is paused' },
    ...positions.map(({ id, symbol }): Asked => {
      const command = { type: 'close_position', positionId: id, fraction: decimal('1') } as const;
      return { command, done: `closing ${symbol}` };
    }),
  ];
}

function pauseOpening(ui: UiState, view: DeskView): Step {
  if (view.status.breaker.status === 'tripped') return ask(ui, askResume(view));
  const command = { type: 'pause_opening', reason: 'paused by the user' } as const;
  return { ui, deed: { kind: 'command', command, done: 'opening is paused; positions stay guarded' } };
}
