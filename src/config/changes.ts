import type { LoadedConfig } from './load.ts';
import { VARIABLES } from './variables.ts';
import type { VariableName } from './variables.ts';

/** Variables whose values differ between two readings of the configuration. */
export interface ConfigChanges {
  /** Those that may be taken over while the program runs. */
  readonly adjustable: readonly VariableName[];
  /** Those that hold from start to end. */
  readonly needRestart: readonly VariableName[];
}

/** What a reading of the configuration has otherwise than the one before. */
export function changesBetween(before: LoadedConfig, after: LoadedConfig): ConfigChanges {
  const givenBefore = textsOf(before);
  const givenAfter = textsOf(after);
  const names = new Set([...givenBefore.keys(), ...givenAfter.keys()]);
  const changed = [...names].filter((name) => givenBefore.get(name) !== givenAfter.get(name));
  return {
    adjustable: changed.filter((name) => VARIABLES[name].adjustable === true),
    needRestart: changed.filter((name) => VARIABLES[name].adjustable !== true),
  };
}

function textsOf({ settings }: LoadedConfig): ReadonlyMap<VariableName, string> {
  return new Map(settings.flatMap(({ name, given }) => (given === null ? [] : [[name, given.reveal()]])));
}
