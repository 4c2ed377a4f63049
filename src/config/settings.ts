import type { FileEntry } from './env-file.ts';
import type { Circumstance } from './variable.ts';
import { VARIABLES } from './variables.ts';
import type { VariableName } from './variables.ts';

/** The environment of the process: `process.env`, or what a test puts in its place. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** The value that a flag of the command line gives to a variable, with the flag as typed (`--symbols`). */
export interface FlagValue {
  readonly flag: string;
  readonly value: string;
}

export type FlagValues = { readonly [Name in VariableName]?: FlagValue | undefined };

/** Where a value comes from. */
export type Source =
  | { readonly kind: 'default' }
  | { readonly kind: 'file'; readonly file: string; readonly line: number }
  | { readonly kind: 'environment' }
  | { readonly kind: 'flag'; readonly flag: string };

/** The text that holds for a variable; null: none, and there is no default. */
export interface Setting {
  readonly name: VariableName;
  readonly text: string | null;
  readonly source: Source;
}

/** A config.env with its name, without the folder. */
export interface SettingsFile {
  readonly name: string;
  readonly entries: ReadonlyMap<string, FileEntry>;
}

export interface Sources {
  readonly flags: FlagValues;
  readonly env: Environment;
  readonly file: SettingsFile;
}

/** The text of a value that counts: an empty one does not, as in most programs that read the environment. */
function given(text: string | undefined): string | null {
  const trimmed = text?.trim() ?? '';
  return trimmed === '' ? null : trimmed;
}

/** The text of one variable: a flag beats the process environment, which beats config.env, which beats the default. */
export function settingOf(
  name: VariableName,
  sources: Sources,
  circumstances: ReadonlySet<Circumstance> = new Set(),
): Setting {
  const flag = sources.flags[name];
  if (flag !== undefined) return { name, text: flag.value.trim(), source: { kind: 'flag', flag: flag.flag } };
  const fromProcess = given(sources.env[name]);
  if (fromProcess !== null) return { name, text: fromProcess, source: { kind: 'environment' } };
  const entry = sources.file.entries.get(name);
  const fromFile = given(entry?.value);
  if (entry !== undefined && fromFile !== null) {
    return { name, text: fromFile, source: { kind: 'file', file: sources.file.name, line: entry.line } };
  }
  const { default: text, otherDefault } = VARIABLES[name];
  const applies = otherDefault !== undefined && circumstances.has(otherDefault.when);
  return { name, text: applies ? otherDefault.value : text, source: { kind: 'default' } };
}

/** A source in the words of `aitrader config check`. */
export function describeSource(source: Source): string {
  switch (source.kind) {
    case 'file':
      return `${source.file}:${source.line}`;
    case 'flag':
      return `flag ${source.flag}`;
    case 'default':
    case 'environment':
      return source.kind;
  }
}
