import type { LoadedConfig } from './load.ts';
import { describeSource } from './settings.ts';
import { VARIABLE_NAMES } from './variables.ts';

/** One line of `aitrader config check`. */
export interface ConfigRow {
  readonly name: string;
  /** Masked where it is or holds a secret; empty when there is none. */
  readonly value: string;
  /**
   * `default`, `config.env:LINE` (the file's own name with `--config`), `environment`, `flag --name`, or `not read`: the
   * exchange's keys without real money.
   */
  readonly source: string;
}

/** The effective configuration: a row for every variable, in the order of docs/configuration.md. */
export function describeConfig({ settings }: LoadedConfig): readonly ConfigRow[] {
  const byName = new Map(settings.map((setting) => [setting.name, setting]));
  return VARIABLE_NAMES.map((name) => {
    const setting = byName.get(name);
    if (setting === undefined) return { name, value: '', source: 'not read' };
    return { name, value: setting.value, source: describeSource(setting.source) };
  });
}
