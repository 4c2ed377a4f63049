import { readSigningKey } from './exchange-keys.ts';
import type { ExchangeKeys } from './exchange-keys.ts';
import type { Setting } from './settings.ts';
import { VARIABLES } from './variables.ts';
import type { Values, VariableName } from './variables.ts';
import { EXPERIMENTAL_VENUES } from './variables/exchange.ts';

/** What lets a program trade the account. Looked at only when real money is meant. */
export const KEY_VARIABLES = [
  ...(['BINANCE_API_KEY', 'BINANCE_SECRET_KEY'] as const),
  ...(['EXCHANGE_API_KEY', 'EXCHANGE_SECRET_KEY', 'EXCHANGE_PASSPHRASE'] as const),
] as const satisfies readonly VariableName[];

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

function exchangeFindings(values: Partial<Values>): Finding[] {
  const { EXCHANGE: venue, PAPER_TRADING: isPaper, EXPERIMENTAL_LIVE: permitted, MARKET_TYPE: market } = values;
  if (venue === undefined || venue === 'binance' || isPaper !== false) return [];
  const known: readonly string[] = EXPERIMENTAL_VENUES;
  if (!known.includes(venue)) {
    const problem = 'real money is not traded there';
    const allowed = `binance; ${known.join(', ')} with EXPERIMENTAL_LIVE; or any venue with PAPER_TRADING=true`;
    return [{ name: 'EXCHANGE', problem, allowed }];
  }
  const findings: Finding[] = [];
  if (permitted !== venue) {
    const problem = `real money on ${venue} is experimental`;
    findings.push({ name: 'EXPERIMENTAL_LIVE', problem, allowed: `${venue}, once you have read docs/exchanges.md` });
  }
  if (market === 'spot') {
    const problem = `of ${venue} only perpetual swaps are traded with real money`;
    findings.push({ name: 'MARKET_TYPE', problem, allowed: 'futures, or PAPER_TRADING=true' });
  }
  return findings;
}

/** What is wrong between variables whose values are right by themselves. */
export function checkTogether(values: Partial<Values>): Finding[] {
  return [...storageFindings(values), ...symbolFindings(values), ...exchangeFindings(values)];
}

/**
 * The keys of the exchange account, or what is wrong with them. Real money takes both, and OKX a passphrase.
 * @param resolvePath makes a path absolute
 */
export function readExchangeKeys(
  values: Partial<Values>,
  resolvePath: (path: string) => string,
): { keys: ExchangeKeys | null; findings: Finding[] } {
  const { EXCHANGE: venue } = values;
  if (venue === undefined) return { keys: null, findings: [] };
  return venue === 'binance' ? readBinanceKeys(values, resolvePath) : readOtherKeys(values);
}

function missingOf(names: readonly VariableName[], values: Partial<Values>): Finding[] {
  const missing = names.filter((name) => values[name] === null);
  return missing.map((name) => ({ name, problem: 'PAPER_TRADING=false needs it' }));
}

function readBinanceKeys(
  values: Partial<Values>,
  resolvePath: (path: string) => string,
): ReturnType<typeof readExchangeKeys> {
  const findings = missingOf(['BINANCE_API_KEY', 'BINANCE_SECRET_KEY'], values);
  const { BINANCE_API_KEY: apiKey, BINANCE_SECRET_KEY: secretText } = values;
  if (secretText === undefined || secretText === null) return { keys: null, findings };
  const signing = readSigningKey(secretText.reveal(), resolvePath);
  if (!signing.ok) findings.push({ name: 'BINANCE_SECRET_KEY', problem: signing.error });
  const keys =
    signing.ok && apiKey !== undefined && apiKey !== null ? { apiKey, ...signing.value, passphrase: null } : null;
  return { keys, findings };
}

function readOtherKeys(values: Partial<Values>): ReturnType<typeof readExchangeKeys> {
  const { EXCHANGE_API_KEY: apiKey, EXCHANGE_SECRET_KEY: secret, EXCHANGE_PASSPHRASE: passphrase = null } = values;
  const needed: VariableName[] = ['EXCHANGE_API_KEY', 'EXCHANGE_SECRET_KEY'];
  if (values.EXCHANGE === 'okx') needed.push('EXCHANGE_PASSPHRASE');
  const findings = missingOf(needed, values);
  if (apiKey === undefined || apiKey === null || secret === undefined || secret === null)
    return { keys: null, findings };
  return { keys: { apiKey, algorithm: 'hmac', secret, passphrase }, findings };
}

/** The token must not be a key of the exchange account: what guards the daemon's door travels with every request. */
export function checkToken(values: Partial<Values>): Finding[] {
  const keys = KEY_VARIABLES.map((name) => values[name]?.reveal());
  const names = ['AITRADER_TOKEN', 'API_KEY'] as const;
  return names
    .filter((name) => {
      const token = values[name]?.reveal();
      return token !== undefined && keys.includes(token);
    })
    .map((name) => ({ name, problem: 'it is a key of the exchange account, which must not travel as a password' }));
}
