import { prettyFactory } from 'pino-pretty';
import { printable } from '../../../lib/printable.ts';

type Plain = Readonly<Record<string, unknown>>;

function isPlain(value: unknown): value is Plain {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Text that needs no quotes to be read as one value. */
const SIMPLE = /^[\w.:/%+-]+$/;

function shownValue(value: unknown): string {
  if (typeof value === 'string' && SIMPLE.test(value)) return value;
  return printable(JSON.stringify(value));
}

function shownFields(fields: Plain): string {
  return Object.entries(fields)
    .map(([key, value]) => ` ${printable(key)}=${shownValue(value)}`)
    .join('');
}

/** An error over several lines, each indented: none of them can pass for a line of the log. */
function shownError(error: unknown, title: string): string {
  if (!isPlain(error)) return `\n    ${title}: ${shownValue(error)}`;
  const { name, message, stack, cause, hint, ...details } = error;
  const heading = [name, message].map((part) => (typeof part === 'string' ? printable(part) : '')).join(': ');
  const frames = typeof stack === 'string' ? stack.split('\n') : [];
  const lines = [
    `${title}: ${heading}${shownFields(details)}`,
    ...(typeof hint === 'string' ? [`  ${printable(hint)}`] : []),
    ...frames.map((frame) => `  ${printable(frame.trim())}`),
  ];
  const causes = cause === undefined ? '' : shownError(cause, 'caused by');
  return lines.map((line) => `\n    ${line}`).join('') + causes;
}

/**
 * Makes a JSON line of the log one for people: time (UTC), level, message, `name=value` for its fields, and its error on
 * indented lines below it.
 */
export function createPrettifier(color: boolean): (line: string) => string {
  const render = prettyFactory({
    colorize: color,
    translateTime: 'UTC:HH:MM:ss.l',
    // The text is made printable below; the prettifier's own cleaning would take the error's line ends away.
    messageFormat: (log) => String(log['msg']),
  });
  return (line) => {
    const { level, time, msg, error, ...fields } = JSON.parse(line) as Plain;
    const problem = error === undefined ? '' : shownError(error, 'error');
    return render({ level, time, msg: printable(String(msg)) + shownFields(fields) + problem });
  };
}
