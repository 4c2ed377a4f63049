import { homedir } from 'node:os';
import { join } from 'node:path';
import { AitraderError } from '../domain/errors.ts';
import { err, ok } from '../lib/result.ts';
import type { Result } from '../lib/result.ts';
import { Secret } from '../lib/secret.ts';
import { checkToken, checkTogether, KEY_VARIABLES, readExchangeKeys, readValues } from './check.ts';
import type { Finding } from './check.ts';
import { readConfigFile } from './config-file.ts';
import type { ConfigFile } from './config-file.ts';
import { absolutePath, compileConfig } from './config.ts';
import type { Config } from './config.ts';
import { createMask, secretTexts } from './mask.ts';
import type { Mask } from './mask.ts';
import { describeSource, settingOf } from './settings.ts';
import type { Environment, FlagValues, Setting, Source, Sources } from './settings.ts';
import type { Circumstance } from './variable.ts';
import { VARIABLE_NAMES, VARIABLES } from './variables.ts';
import type { Values, VariableName } from './variables.ts';

export interface ConfigRequest {
  /**
   * Whether this run may speak to the exchange in the user's name. Only then, and only when `PAPER_TRADING` is false, are
   * the variables of the exchange's keys looked at. `--paper` and `--sim` are flags that set `PAPER_TRADING` to true.
   */
  readonly readKeys: boolean;
  /** The file of `--config`. Without it `config.env` in the data folder is read, if there is one. */
  readonly configFile?: string | undefined;
  readonly flags?: FlagValues;
  /** The process environment, unless a test gives its own. */
  readonly env?: Environment;
}

/** Where the value of a variable came from. The value is masked where it is or holds a secret. */
interface ShownSetting {
  readonly name: VariableName;
  readonly value: string;
  /** As it was given, for comparing; null: there is none. */
  readonly given: Secret | null;
  readonly source: Source;
}

export interface LoadedConfig {
  readonly config: Config;
  readonly settings: readonly ShownSetting[];
  /** What the user should know and the program can live with. */
  readonly warnings: readonly string[];
  /** Every text that must never be seen: for the logger to mask. */
  readonly secrets: readonly Secret[];
}

const KEYS_OF_ACCOUNTS: ReadonlySet<VariableName> = new Set(KEY_VARIABLES);

function isLive(sources: Sources): boolean {
  const { text } = settingOf('PAPER_TRADING', sources);
  const parsed = VARIABLES.PAPER_TRADING.schema.safeParse(text);
  return parsed.success && parsed.data === false;
}

function errorOf(finding: Finding, setting: Setting | undefined, mask: Mask): AitraderError {
  const { name, problem, allowed = VARIABLES[name].allowed } = finding;
  const source = setting?.source ?? { kind: 'default' };
  const text = setting?.text ?? null;
  const shown = VARIABLES[name].secret === true ? mask.value(name, text) : `"${mask.value(name, text)}"`;
  return new AitraderError('CONFIG_INVALID', {
    variable: source.kind === 'flag' ? source.flag : name,
    given: text === null ? 'not set' : shown,
    problem: source.kind === 'file' ? `${mask.text(problem)} (${describeSource(source)})` : mask.text(problem),
    allowed,
  });
}

function warningsAbout(values: Values): string[] {
  const hasIdleLeverage = values.MARKET_TYPE === 'spot' && values.LEVERAGE !== 1;
  return [
    ...(hasIdleLeverage
      ? [`LEVERAGE=${values.LEVERAGE} is without effect on the spot market (MARKET_TYPE=futures has leverage)`]
      : []),
    ...(values.ENABLE_AI_ANALYSIS
      ? [
          'ENABLE_AI_ANALYSIS=true is without effect: this version has no analyst, signals are traded as filters find them',
        ]
      : []),
  ];
}

/** Flags, environment and the config.env that they lead to. */
function openSources(request: ConfigRequest, home: string): { sources: Sources; file: ConfigFile } {
  const { env = process.env, flags = {}, configFile } = request;
  const outside: Sources = { env, flags, file: { name: '', entries: new Map() } };
  const dataDir = absolutePath(settingOf('AITRADER_HOME', outside).text ?? '', home);
  const named = configFile !== undefined;
  const file = readConfigFile(named ? absolutePath(configFile, home) : join(dataDir, 'config.env'), named);
  return { sources: { ...outside, file }, file };
}

/**
 * Reads the settings of this run from flags, the process environment and config.env.
 * @returns the compiled configuration, or a `CONFIG_INVALID` for each wrong value and each unreadable line
 */
export function loadConfig(request: ConfigRequest): Result<LoadedConfig, readonly AitraderError[]> {
  const { env = process.env, readKeys } = request;
  const home = env['HOME'] || homedir();
  const { sources, file } = openSources(request, home);
  const live = isLive(sources);
  const withKeys = readKeys && live;

  const circumstances = new Set<Circumstance>(live ? ['in live trading'] : []);
  if (settingOf('FLY_APP_NAME', sources).text !== null) circumstances.add('on Fly.io');
  const names = VARIABLE_NAMES.filter((name) => withKeys || !KEYS_OF_ACCOUNTS.has(name));
  const settings = names.map((name) => settingOf(name, sources, circumstances));

  const { values, findings } = readValues(settings);
  const resolvePath = (path: string): string => absolutePath(path, home);
  const exchange = withKeys ? readExchangeKeys(values, resolvePath) : { keys: null, findings: [] };
  findings.push(...exchange.findings, ...checkToken(values), ...checkTogether(values));

  const secretSettings = settings.filter(({ name, text }) => VARIABLES[name].secret === true && text !== null);
  const secrets = secretTexts(secretSettings.map(({ text }) => text ?? ''));
  if (exchange.keys !== null) secrets.push(exchange.keys.secret.reveal());
  const mask = createMask(secrets);

  if (findings.length > 0 || file.errors.length > 0) {
    const settingByName = new Map(settings.map((setting) => [setting.name, setting]));
    return err([...file.errors, ...findings.map((finding) => errorOf(finding, settingByName.get(finding.name), mask))]);
  }
  const complete = values as Values;
  return ok({
    config: compileConfig(complete, exchange.keys, home),
    settings: settings.map(({ name, text, source }) => ({
      name,
      value: mask.value(name, text),
      given: text === null ? null : new Secret(text),
      source,
    })),
    warnings: [...file.warnings, ...warningsAbout(complete)],
    secrets: secrets.map((text) => new Secret(text)),
  });
}
