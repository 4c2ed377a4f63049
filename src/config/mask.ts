import { printable } from '../lib/printable.ts';
import { createRedactor } from '../lib/redaction.ts';
import { VARIABLES } from './variables.ts';
import type { VariableName } from './variables.ts';

/** More of a value than anybody needs to find it again. */
const LONGEST_SHOWN = 200;

/** A run that may be a key which was given to the wrong variable. */
const KEY_LIKE = /[A-Za-z0-9]{24,}/g;

/** Shows values and messages without the secrets of this run. */
export interface Mask {
  /** Text of any origin. */
  text(text: string): string;
  /** The value of a variable. */
  value(name: VariableName, text: string | null): string;
}

/** @param secrets the values of this run's secret variables, right or wrong */
export function createMask(secrets: readonly string[]): Mask {
  const redactor = createRedactor(secrets);
  // Secrets that are too short for the redactor are masked where they are a whole value.
  const whole = new Set(secrets);

  function text(raw: string): string {
    const masked = whole.has(raw) ? '****' : redactor.redact(raw).replace(KEY_LIKE, '****');
    const shown = printable(masked);
    return shown.length > LONGEST_SHOWN ? `${shown.slice(0, LONGEST_SHOWN)}...` : shown;
  }

  return {
    text,
    value(name, raw) {
      if (raw === null) return '';
      return VARIABLES[name].secret === true ? `**** (${raw.length} characters)` : text(raw);
    },
  };
}

/** A shorter path of a webhook is an ordinary one, without a token in it. */
const SHORTEST_SECRET_PATH = 16;

/** The secret parts of a URL by themselves, as they may turn up without the rest: the password, and a webhook's path. */
function partsOfUrl(text: string): string[] {
  if (!URL.canParse(text)) return [];
  const { password, pathname, search, protocol } = new URL(text);
  const paths = protocol.startsWith('http') ? [pathname + search, pathname] : [];
  const parts = paths.filter((path) => path.length >= SHORTEST_SECRET_PATH);
  try {
    parts.push(decodeURIComponent(password));
  } catch {
    parts.push(password);
  }
  return parts;
}

/** Every text by which a secret value may turn up: the value and, of a URL, its secret parts. */
export function secretTexts(values: readonly string[]): string[] {
  return values.flatMap((value) => [value, ...partsOfUrl(value)]);
}
