import { isFinal } from '../../../domain/order/order.ts';
import { findOne, symbolWords } from '../../shared/verbs/find.ts';
import type { DeskView } from '../desk/view.ts';
import type { ReadCommand } from '../options.ts';
import { askApprove, askCancel, askClose, askKill, askQuit, askResume, askRemove } from './questions.ts';
import type { Question } from './question.ts';

interface Named<Entity> {
  readonly entries: readonly Entity[];
  readonly idOf: (entity: Entity) => string;
  readonly alsoCalled: (entity: Entity) => readonly string[];
}

/** The entry that the command names, null when it names none: then the refusal of the verb says why. */
function meant<Entity>(given: unknown, { entries, ...words }: Named<Entity>): Entity | null {
  if (typeof given !== 'string') return null;
  try {
    return findOne(entries, given, { what: 'entry', remedy: '', ...words });
  } catch {
    return null;
  }
}

/** What is asked before a verb is carried out; each asks what its key asks. */
const QUESTIONS: Readonly<Record<string, (args: ReadCommand['args'], view: DeskView) => Question | null>> = {
  kill: ({ keepPositions }, view) => askKill(view, keepPositions === true),
  resume: (_args, view) => (view.status.breaker.status === 'tripped' ? askResume(view) : null),
  stop: (_args, view) => askQuit(view),
  close: ({ id, fraction }, view) => {
    const position = meant(id, {
      entries: view.positions,
      idOf: (each) => each.id,
      alsoCalled: symbolWords,
    });
    return position && askClose(position, view, typeof fraction === 'string' ? fraction : 'all');
  },
  cancel: ({ id }, view) => {
    const order = meant(id, {
      entries: view.orders.filter(({ state }) => !isFinal(state.status)),
      idOf: ({ intent }) => intent.id,
      alsoCalled: ({ clientOrderId }) => [clientOrderId],
    });
    return order && askCancel(order, view);
  },
  approve: ({ id }, view) => {
    if (view.status.money !== 'live') return null;
    const signal = meant(id, { entries: view.signals, idOf: (each) => each.id, alsoCalled: () => [] });
    return signal && askApprove(signal, view);
  },
  'trader.remove': ({ trader: given }, view) => {
    const row = meant(given, {
      entries: view.traders,
      idOf: ({ trader }) => trader.id,
      alsoCalled: ({ trader }) => [trader.name],
    });
    return row && askRemove(row.trader, view);
  },
};

/** What is to be asked before the command is carried out, null when nothing. The answer yes carries it out. */
export function askBefore(read: ReadCommand, view: DeskView): Question | null {
  const question = QUESTIONS[read.verb]?.(read.args, view) ?? null;
  if (question === null) return null;
  const deed = { kind: 'run', read } as const;
  const { answer } = question;
  if (answer.kind === 'words') return { ...question, answer: { ...answer, deed } };
  const [first] = answer.choices;
  const says = first?.key === 'y' ? first.says : 'yes';
  return { ...question, answer: { kind: 'keys', choices: [{ key: 'y', says, deed }] } };
}
