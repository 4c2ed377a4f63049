import { join } from 'node:path';

import { createSystemClock } from '../../../adapters/clock/system/clock.ts';
import type { LoadedConfig } from '../../../config/load.ts';
import { openMarketData } from '../../desk/market-feed.ts';
import { quietLogger } from '../../quiet-logger.ts';
import { EXIT } from '../exit-code.ts';
import { loadSettings } from '../load-settings.ts';
import type { ProgramOptions } from '../program-options.ts';
import { asAitraderErrors } from '../report-failure.ts';
import {
  examineConfigFile,
  examineDataFolder,
  examineDatabases,
  examineExchange,
  examineNode,
  examinePort,
  examineTerminal,
} from './examine.ts';
import { examineAccount } from './examine-account.ts';
import { failed, ok, warning } from './finding.ts';
import type { Finding } from './finding.ts';

const MARKS = { ok: 'ok     ', warning: 'warning', failed: 'FAILED ' } as const;

/**
 * Looks at everything that the program depends on, and says what to do about what is not as it should be. Changes nothing.
 * @returns 0, or 1 when something has failed
 */
export async function runDoctor(options: ProgramOptions, asJson: boolean): Promise<number> {
  const findings = [examineNode(process.versions.node), examineTerminal(process.stdout)];
  const settings = readSettings(options);
  if ('findings' in settings) findings.push(...settings.findings);
  else findings.push(...(await examineConfigured(settings, options)));
  process.stdout.write(asJson ? `${JSON.stringify(findings, null, 2)}\n` : asTable(findings));
  return findings.some(({ verdict }) => verdict === 'failed') ? EXIT.answerIsNo : EXIT.done;
}

function readSettings(options: ProgramOptions): LoadedConfig | { readonly findings: readonly Finding[] } {
  try {
    return loadSettings(options);
  } catch (failure) {
    return { findings: asAitraderErrors(failure).map(({ message, hint }) => failed('configuration', message, hint)) };
  }
}

async function examineConfigured(
  { config, warnings }: LoadedConfig,
  options: ProgramOptions,
): Promise<readonly Finding[]> {
  const clock = createSystemClock();
  const configuration =
    warnings.length === 0
      ? [ok('configuration', 'no faults')]
      : warnings.map((text) => warning('configuration', text, 'See `aitrader config check`.'));
  const alerts = config.alerts.webhookUrl === null;
  return [
    ...configuration,
    ...examineConfigFile(options.config ?? join(config.dataDir, 'config.env')),
    examineDataFolder(config.dataDir),
    ...examineDatabases(config.dataDir),
    ...(options.sim === true ? [] : await examineMarket(config, clock)),
    await examinePort(config.api),
    alerts
      ? warning('alerts', 'no way to reach you', 'Set WEBHOOK_URL, so that what must reach a person does.')
      : ok('alerts', 'by webhook'),
  ];
}

async function examineMarket(
  config: LoadedConfig['config'],
  clock: ReturnType<typeof createSystemClock>,
): Promise<readonly Finding[]> {
  const { feed } = await openMarketData(config, { clock, logger: quietLogger });
  return [...(await examineExchange(feed, clock)), ...(await examineAccount(config, clock))];
}

function asTable(findings: readonly Finding[]): string {
  const width = Math.max(...findings.map(({ check }) => check.length));
  const indent = ' '.repeat(MARKS.ok.length + width + 4);
  return findings
    .map(({ check, verdict, detail, remedy }) => {
      const line = `${MARKS[verdict]}  ${check.padEnd(width)}  ${detail}\n`;
      return remedy === null ? line : `${line}${indent}${remedy}\n`;
    })
    .join('');
}
