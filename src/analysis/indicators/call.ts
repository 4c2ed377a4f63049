import type { Column } from './column.ts';
import { describe, isColumn, toFloat64 } from './column.ts';
import type { Parameter } from './parameter.ts';
import { readParameter } from './parameter.ts';

/** How a function of `ta` is called: columns, or one candle set that holds them, then parameters. */
export interface Signature {
  readonly name: string;
  /** The columns it reads, by their name in a candle set. `x` is any column (a candle set's close), `?` marks optional. */
  readonly inputs: readonly string[];
  readonly parameters: readonly Parameter[];
}

/** The arguments of a call, checked and in order. An optional column that was left out is empty. */
export interface Call {
  readonly inputs: readonly Float64Array[];
  readonly parameters: readonly number[];
}

/**
 * Checks the arguments of a call. Whole columns and caches of running states read their calls with it alike.
 * @throws TypeError for what is no column, a column that is missing, or arguments too many
 * @throws RangeError for columns of different lengths, and for parameters out of range
 */
export function readCall(signature: Signature, args: readonly unknown[]): Call {
  const { name, parameters } = signature;
  const candles = isCandleSet(args[0]) ? args[0] : undefined;
  const inputs: Float64Array[] = [];
  let used = candles === undefined ? 0 : 1;
  for (const input of signature.inputs) {
    const value = candles === undefined ? args[used] : candles[candleColumn(input)];
    if (isColumn(value)) {
      inputs.push(toFloat64(value));
      if (candles === undefined) used += 1;
    } else if (input.endsWith('?')) {
      inputs.push(new Float64Array(0));
      if (candles === undefined && value === undefined) used += 1;
    } else {
      throw new TypeError(`${name}: ${input} must be a column, got ${describe(value)}; write ${usage(signature)}`);
    }
  }
  requireOneLength(signature, inputs);
  const rest = args.slice(used);
  if (rest.length > parameters.length) throw new TypeError(`${name}: too many arguments; write ${usage(signature)}`);
  return { inputs, parameters: parameters.map((parameter, at) => readParameter(name, parameter, rest[at])) };
}

function isCandleSet(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !isColumn(value);
}

function candleColumn(input: string): string {
  return input === 'x' ? 'close' : input.replace('?', '');
}

function requireOneLength({ name, inputs }: Signature, columns: readonly Column[]): void {
  const length = columns[0]?.length ?? 0;
  columns.forEach((column, at) => {
    const input = inputs[at] ?? '';
    if (column.length === length || (column.length === 0 && input.endsWith('?'))) return;
    throw new RangeError(
      `${name}: its columns must be of one length, got ${length} values of ${inputs[0]} and ${column.length} of ${input}`,
    );
  });
}

function usage({ name, inputs, parameters }: Signature): string {
  const rest = parameters.map((each) => (each.default === undefined ? each.name : `${each.name} = ${each.default}`));
  const columns = inputs.map((input) => input.replace('?', ''));
  const forms = [`ta.${name}(${[...columns, ...rest].join(', ')})`];
  if (inputs.length > 1) forms.push(`ta.${name}(${['candles', ...rest].join(', ')})`);
  return forms.join(' or ');
}
