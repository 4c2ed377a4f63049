import { describeConfig } from '../../config/describe.ts';
import type { ConfigRow } from '../../config/describe.ts';
import { EXIT } from './exit-code.ts';
import { loadSettings } from './load-settings.ts';
import type { ProgramOptions } from './program.ts';

function asTable(rows: readonly ConfigRow[]): string {
  const nameWidth = Math.max(...rows.map((row) => row.name.length));
  const valueWidth = Math.max(...rows.map((row) => row.value.length));
  return rows
    .map(({ name, value, source }) => `${name.padEnd(nameWidth)}  ${value.padEnd(valueWidth)}  ${source}\n`)
    .join('');
}

/**
 * Prints every setting with its value, secrets masked, and where it comes from. Warnings go to stderr.
 * @returns the exit code
 */
export async function checkConfig(options: ProgramOptions, asJson: boolean): Promise<number> {
  const loaded = loadSettings(options);
  const rows = describeConfig(loaded);
  for (const warning of loaded.warnings) process.stderr.write(`aitrader: ${warning}\n`);
  process.stdout.write(asJson ? `${JSON.stringify(rows, null, 2)}\n` : asTable(rows));
  return EXIT.done;
}
