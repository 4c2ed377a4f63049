/** A line that sets a variable, with its number from 1. */
export interface FileEntry {
  readonly value: string;
  readonly line: number;
}

/** A line that cannot be read. The text of the line is not part of it: it may hold a secret. */
export interface FileProblem {
  readonly line: number;
  readonly problem: string;
}

export interface EnvFile {
  readonly entries: ReadonlyMap<string, FileEntry>;
  readonly problems: readonly FileProblem[];
}

const ASSIGNMENT = /^(?:export\s+)?([A-Za-z_][A-Za-z0-9_]*)\s*=\s*(.*)$/s;
const DOUBLE_QUOTED = /^"((?:[^"\\]|\\.)*)"\s*(?:#.*)?$/s;
const SINGLE_QUOTED = /^'([^']*)'\s*(?:#.*)?$/s;
const ESCAPES: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t' };

/** @returns the value, or null when a quote is not closed or something follows the closing one */
function readValue(text: string): string | null {
  if (text.startsWith('"')) {
    const [, quoted] = DOUBLE_QUOTED.exec(text) ?? [];
    return quoted?.replace(/\\(.)/gs, (_, escaped: string) => ESCAPES[escaped] ?? escaped) ?? null;
  }
  if (text.startsWith("'")) return SINGLE_QUOTED.exec(text)?.[1] ?? null;
  // A number sign that begins a word begins a comment; one inside of a word is part of the value.
  return text.replace(/(^|\s)#.*$/s, '').trim();
}

/**
 * Reads a config.env: lines `KEY=value`, also with `export` before them; `#` begins a comment. Values may stand in single
 * quotes (taken as they are) or double quotes (with the escapes \n \r \t \" \\). A value never goes over several lines, and
 * no variable is expanded in it.
 */
export function parseEnvFile(text: string): EnvFile {
  const entries = new Map<string, FileEntry>();
  const problems: FileProblem[] = [];
  for (const [index, rawLine] of text
    .replace(/^\ufeff/, '')
    .split(/\r\n|\n|\r/)
    .entries()) {
    const line = index + 1;
    const content = rawLine.trim();
    if (content === '' || content.startsWith('#')) continue;
    const [, name, rest] = ASSIGNMENT.exec(content) ?? [];
    if (name === undefined || rest === undefined) {
      problems.push({ line, problem: 'not of the form KEY=value' });
      continue;
    }
    const value = readValue(rest);
    const earlier = entries.get(name);
    if (value === null) {
      problems.push({ line, problem: `the quotes around the value of ${name} do not match` });
    } else if (earlier !== undefined) {
      problems.push({ line, problem: `${name} was set on line ${earlier.line} already` });
    } else {
      entries.set(name, { value, line });
    }
  }
  return { entries, problems };
}
