import { readSigningKey } from './exchange-keys.ts';
import type { ExchangeKeys } from './exchange-keys.ts';
import type { Setting } from './settings.ts';
import { VARIABLES } from './variables.ts';
import type { Values, VariableName } from './variables.ts';

/** What is wrong with a variable, as the end of the sentence "PORT is "x": ...". */
export interface Finding {
  readonly name: VariableName;
  readonly problem: string;
  /** Where it is not what the variable allows by itself. */
  readonly allowed?: string;
}

/** The values of the settings that can be read, and what is wrong with the others. */
export function readValues(settings: readonly Setting[]): { values: Partial<Values>; findings: Finding[] } {
  const values: Partial<Record<VariableName, unknown>> = {};
  const findings: Finding[] = [];
  for (const { name, text, source } of settings) {
    const { schema, outsideFileOnly } = VARIABLES[name];
    if (outsideFileOnly === true && source.kind === 'file') {
      const problem = 'it says where config.env lies, and cannot be set in it';
      findings.push({ name, problem, allowed: 'the environment of the process, or --data-dir' });
    }
    const result = text === null ? { success: true as const, data: null } : schema.safeParse(text);
    if (result.success) values[name] = result.data;
    else findings.push({ name, problem: result.error.issues[0]?.message ?? 'it cannot be read' });
  }
  return { values: values as Partial<Values>, findings };
}

function storageFindings(values: Partial<Values>): Finding[] {
  const required: Partial<Record<Values['STORAGE_BACKEND'], readonly VariableName[]>> = {
    postgres: ['DATABASE_URL'],
    supabase: ['SUPABASE_URL', 'SUPABASE_ANON_KEY'],
  };
  const backend = values.STORAGE_BACKEND;
  if (backend === undefined) return [];
  const missing = (required[backend] ?? []).filter((name) => values[name] === null);
  return missing.map((name) => ({ name, problem: `STORAGE_BACKEND=${backend} needs it` }));
}

function symbolFindings({ SYMBOLS: choice, MAX_SYMBOLS: maximum }: Partial<Values>): Finding[] {
  if (choice === undefined || choice === null || maximum === undefined) return [];
  const count = choice.kind === 'top' ? choice.count : choice.symbols.length;
  if (count <= maximum) return [];
  return [{ name: 'SYMBOLS', problem: `${count} symbols`, allowed: `at most MAX_SYMBOLS, which is ${maximum}` }];
}

function exchangeFindings({ EXCHANGE: venue, PAPER_TRADING: isPaper }: Partial<Values>): Finding[] {
  if (venue === undefined || venue === 'binance' || isPaper !== false) return [];
  const problem = 'real money is traded on Binance alone';
  return [{ name: 'EXCHANGE', problem, allowed: 'binance, or any venue with PAPER_TRADING=true' }];
}

/** What is wrong between variables whose values are right by themselves. */
export function checkTogether(values: Partial<Values>): Finding[] {
  return [...storageFindings(values), ...symbolFindings(values), ...exchangeFindings(values)];
}

/**
 * The keys of the exchange account, or what is wrong with them. Real money takes both.
 * @param resolvePath makes a path absolute
 */
export function readExchangeKeys(
  values: Partial<Values>,
  resolvePath: (path: string) => string,
): { keys: ExchangeKeys | null; findings: Finding[] } {
  const names = ['BINANCE_API_KEY', 'BINANCE_SECRET_KEY'] as const;
  const missing = names.filter((name) => values[name] === null);
  const findings: Finding[] = missing.map((name) => ({ name, problem: 'PAPER_TRADING=false needs it' }));
  const { BINANCE_API_KEY: apiKey, BINANCE_SECRET_KEY: secretText } = values;
  if (secretText === undefined || secretText === null) return { keys: null, findings };
  const signing = readSigningKey(secretText.reveal(), resolvePath);
  if (!signing.ok) findings.push({ name: 'BINANCE_SECRET_KEY', problem: signing.error });
  const keys = signing.ok && apiKey !== undefined && apiKey !== null ? { apiKey, ...signing.value } : null;
  return { keys, findings };
}

/** The token must not be a key of the exchange account: what guards the daemon's door travels with every request. */
export function checkToken(values: Partial<Values>): Finding[] {
  const keys = [values.BINANCE_API_KEY, values.BINANCE_SECRET_KEY].map((key) => key?.reveal());
  const names = ['AITRADER_TOKEN', 'API_KEY'] as const;
  return names
    .filter((name) => {
      const token = values[name]?.reveal();
      return token !== undefined && keys.includes(token);
    })
    .map((name) => ({ name, problem: 'it is a key of the exchange account, which must not travel as a password' }));
}
