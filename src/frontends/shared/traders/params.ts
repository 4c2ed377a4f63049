import { AitraderError } from '../../../domain/errors.ts';
import type { FilterMeta, ParamSpec, ParamValue } from '../../../domain/filter.ts';
import { nearest } from '../../../lib/nearest.ts';

/**
 * The values of a trader's parameters as its filter declares them. Text is read as the parameter's kind: the command line
 * knows nothing else.
 * @throws AitraderError `ARGUMENT_INVALID` for a name that the filter does not have, or a value out of its range
 */
export function readParams(
  specs: FilterMeta['params'],
  given: Readonly<Record<string, ParamValue>>,
): Record<string, ParamValue> {
  return Object.fromEntries(
    Object.entries(given).map(([name, value]) => {
      const spec = Object.hasOwn(specs, name) ? specs[name] : undefined;
      if (spec === undefined) throw unknownParam(name, value, Object.keys(specs));
      const read = asKindOf(spec.default, value);
      if (read === null || !isInRange(read, spec)) throw unsuitable(name, value, spec);
      return [name, read];
    }),
  );
}

function unknownParam(name: string, given: ParamValue, known: readonly string[]): AitraderError {
  const near = nearest(name, known);
  const allowed =
    near.length > 0 ? `the filter has ${near.join(', ')}` : `the filter has ${known.join(', ') || 'none'}`;
  return new AitraderError('ARGUMENT_INVALID', {
    name: `params.${name}`.slice(0, 60),
    given: String(given).slice(0, 60),
    problem: 'the filter has no such parameter',
    allowed,
  });
}

function unsuitable(name: string, given: ParamValue, spec: ParamSpec): AitraderError {
  const { min, max } = spec;
  const range = min === null && max === null ? '' : ` from ${min ?? 'any'} to ${max ?? 'any'}`;
  return new AitraderError('ARGUMENT_INVALID', {
    name: `params.${name}`,
    given: String(given).slice(0, 60),
    problem: `the default is ${String(spec.default).slice(0, 60)}`,
    allowed: `a ${typeof spec.default}${range}`,
  });
}

const NUMBER = /^-?\d+(\.\d+)?$/;

function asKindOf(model: ParamValue, given: ParamValue): ParamValue | null {
  if (typeof given === typeof model) return given;
  if (typeof given !== 'string') return null;
  if (typeof model === 'number') return NUMBER.test(given) ? Number(given) : null;
  return given === 'true' || given === 'false' ? given === 'true' : null;
}

function isInRange(value: ParamValue, { min, max }: ParamSpec): boolean {
  if (typeof value !== 'number') return true;
  return Number.isFinite(value) && (min === null || value >= min) && (max === null || value <= max);
}
