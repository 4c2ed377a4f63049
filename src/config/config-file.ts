import { readFileSync, statSync } from 'node:fs';
import { basename } from 'node:path';
import { AitraderError } from '../domain/errors.ts';
import { nearest } from '../lib/nearest.ts';
import { printable } from '../lib/printable.ts';
import { err, ok } from '../lib/result.ts';
import type { Result } from '../lib/result.ts';
import { parseEnvFile } from './env-file.ts';
import type { SettingsFile } from './settings.ts';
import { VARIABLE_NAMES, VARIABLES } from './variables.ts';
import type { VariableName } from './variables.ts';

export interface ConfigFile extends SettingsFile {
  readonly errors: readonly AitraderError[];
  readonly warnings: readonly string[];
}

/** Any longer name is no name, and may be a key that lost its own. */
const LONGEST_NAME = 40;

const FAULTS: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file',
  EACCES: 'this user may not read it',
  EISDIR: 'this is a folder',
};

function isKnown(name: string): name is VariableName {
  return Object.hasOwn(VARIABLES, name);
}

function unknownWarning(name: string, place: string): string {
  if (name.length > LONGEST_NAME) return `${place}: a name of ${name.length} characters is no variable of aitrader`;
  const [near] = nearest(name, VARIABLE_NAMES, 1);
  const question = near === undefined ? '' : `; did you mean ${near}?`;
  return `${place}: ${name} is no variable of aitrader and is ignored${question}`;
}

/** Whether others than the owner may read the file. */
function isOpenToOthers(path: string): boolean {
  return process.platform !== 'win32' && ((statSync(path, { throwIfNoEntry: false })?.mode ?? 0) & 0o044) !== 0;
}

function warningsAbout(path: string, entries: ConfigFile['entries']): string[] {
  const unknown = [...entries].filter(([name]) => !isKnown(name));
  const secrets = [...entries.keys()].filter((name) => isKnown(name) && VARIABLES[name].secret === true);
  const warnings = unknown.map(([name, { line }]) => unknownWarning(name, `${basename(path)}:${line}`));
  if (secrets.length > 0 && isOpenToOthers(path)) {
    warnings.push(`${path} holds ${secrets.join(', ')} and other users may read it: run chmod 600 on it`);
  }
  return warnings;
}

function readText(path: string): Result<string, string> {
  try {
    return ok(readFileSync(path, 'utf8'));
  } catch (error) {
    const { code = 'unknown' } = error as NodeJS.ErrnoException;
    return err(code);
  }
}

/**
 * Reads and parses a config.env.
 * @param named the user named this file (`--config`): then it must exist
 */
export function readConfigFile(path: string, named: boolean): ConfigFile {
  const name = basename(path);
  const text = readText(path);
  if (!text.ok) {
    const empty = { name, entries: new Map<string, never>(), errors: [], warnings: [] };
    // Without the folder there is no config.env in it; who opens the folder says what is wrong with that.
    if (!named && ['ENOENT', 'ENOTDIR'].includes(text.error)) return empty;
    const error = new AitraderError('CONFIG_INVALID', {
      variable: named ? '--config' : name,
      given: printable(path),
      problem: FAULTS[text.error] ?? `it cannot be read (${text.error})`,
      allowed: 'a file of lines KEY=value that this user may read',
    });
    return { ...empty, errors: [error] };
  }
  const { entries, problems } = parseEnvFile(text.value);
  const errors = problems.map(
    ({ line, problem }) =>
      new AitraderError('CONFIG_INVALID', {
        variable: `${name}:${line}`,
        given: 'unreadable',
        problem,
        allowed: 'one line KEY=value for each variable; # begins a comment',
      }),
  );
  return { name, entries, errors, warnings: warningsAbout(path, entries) };
}
