import { AitraderError } from '../../../domain/errors.ts';
import type { FilterMeta, ParamValue } from '../../../domain/filter.ts';

/**
 * Values of parameters as `--param name=value` gives them, of the kind that the filter declares. Names and ranges are
 * judged where the filter is loaded.
 * @throws AitraderError `USAGE`
 */
export function readParams(given: readonly string[], { params }: FilterMeta): Record<string, ParamValue> {
  return Object.fromEntries(
    given.map((text): [string, ParamValue] => {
      const [, name, value] = /^(\w+)=(.*)$/s.exec(text) ?? [];
      if (name === undefined || value === undefined) throw usage(text, 'Write --param period=21.');
      const declared = Object.hasOwn(params, name) ? params[name]?.default : undefined;
      if (typeof declared === 'number') {
        if (value.trim() === '' || !Number.isFinite(Number(value))) throw usage(text, `Give ${name} a number.`);
        return [name, Number(value)];
      }
      if (typeof declared === 'boolean') {
        if (value !== 'true' && value !== 'false') throw usage(text, `Give ${name} true or false.`);
        return [name, value === 'true'];
      }
      return [name, value];
    }),
  );
}

function usage(text: string, hint: string): AitraderError {
  return new AitraderError('USAGE', { problem: `--param ${text}`, hint });
}
