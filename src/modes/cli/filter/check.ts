import { printable } from '../../../lib/printable.ts';
import { EXIT } from '../exit-code.ts';
import { loadSettings } from '../load-settings.ts';
import type { ProgramOptions } from '../program-options.ts';
import { findFilter, readFilter } from './filter-file.ts';
import type { Finding } from './finding.ts';
import { judgeFilter, SYMBOLS } from './judge.ts';
import type { Verdict } from './judge.ts';

function inOrder(findings: readonly Finding[]): Finding[] {
  return findings.toSorted((a, b) => (a.line ?? 0) - (b.line ?? 0) || (a.column ?? 0) - (b.column ?? 0));
}

function figure(ms: number): string {
  return `${Number(ms.toPrecision(2))} ms`;
}

function asText(path: string, { meta, trial }: Verdict, findings: readonly Finding[]): string {
  const lines = findings.map(
    ({ line, column, code, message, fix }) =>
      `${[path, line, column].filter((part) => part !== null).join(':')}  ${code}: ${printable(message)}\n    ${printable(fix)}\n`,
  );
  if (findings.length === 0) lines.push(`${path}: nothing wrong found\n`);
  if (meta !== null && trial !== null && !Number.isNaN(trial.nextMs)) {
    lines.push(
      `${printable(meta.name)}: ${meta.timeframes.join(', ')}, lookback ${meta.lookback}\n`,
      `100 symbols: ${figure(trial.firstMs)} for the first check, ${figure(trial.nextMs)} after each candle\n`,
      `${trial.matches} matches in ${trial.checks} checks of ${SYMBOLS} symbols of a synthetic market\n`,
    );
  }
  return lines.join('');
}

/**
 * `filter check`: everything that can be found out about a filter without its market.
 * @returns the exit code: 1 when there are findings
 */
export async function checkFilter(given: string, options: ProgramOptions, asJson: boolean): Promise<number> {
  const { path } = await findFilter(given, loadSettings(options).config.dataDir);
  const read = await readFilter(path);
  const verdict: Verdict =
    'finding' in read ? { findings: [read.finding], meta: null, trial: null } : await judgeFilter(read.source);
  const findings = inOrder(verdict.findings);
  process.stdout.write(asJson ? `${JSON.stringify(findings, null, 2)}\n` : asText(path, verdict, findings));
  return findings.length === 0 ? EXIT.done : EXIT.answerIsNo;
}
