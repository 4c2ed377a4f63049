import { Unreadable } from './plain.ts';

const LONGEST_MESSAGE = 500;
/** A place in the filter's source, as stacks tell it. */
const PLACE = /filter\.js:(\d+):(\d+)/;

/** V8's words when typed arrays reach the limit. */
const OUT_OF_MEMORY = 'Array buffer allocation failed';

/** What is told of a failure outside the isolate. */
export interface IsolateFault {
  readonly code: 'threw' | 'result' | 'meta' | 'memory';
  readonly message: string;
  readonly line: number | null;
  readonly column: number | null;
}

function textOf(value: unknown): string {
  try {
    return typeof value === 'symbol' ? 'a symbol' : String(value).slice(0, LONGEST_MESSAGE);
  } catch {
    return 'a value that cannot be described';
  }
}

function messageOf(thrown: unknown): string {
  if (!(thrown instanceof Error)) return `the filter threw ${textOf(thrown)}`;
  return `${textOf(thrown.name)}: ${textOf(thrown.message)}`;
}

/**
 * Whatever was thrown, as text. It runs inside the isolate and under its limits: describing a value may call the filter's code.
 * @param during what was being done, put before the message
 */
export function describeThrown(thrown: unknown, during: string): IsolateFault {
  let message = 'a value that cannot be described';
  let stack = '';
  let isOurs = false;
  try {
    isOurs = thrown instanceof Unreadable;
    message = isOurs ? textOf((thrown as Error).message) : messageOf(thrown);
    if (thrown instanceof Error) stack = beginningOf(thrown.stack);
  } catch {
    // Looking at it threw again: the little that is known has to do.
  }
  const place = isOurs ? null : PLACE.exec(stack);
  return {
    code: isOurs ? 'result' : message.endsWith(OUT_OF_MEMORY) ? 'memory' : 'threw',
    message: `${during}${message}`.slice(0, LONGEST_MESSAGE),
    line: place === null ? null : Number(place[1]),
    column: place === null ? null : Number(place[2]),
  };
}

/** A stack, as far as a place is looked for in it. */
function beginningOf(stack: unknown): string {
  return typeof stack === 'string' ? stack.slice(0, 20_000) : '';
}
