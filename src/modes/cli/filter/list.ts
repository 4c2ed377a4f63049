import type { FilterSandbox } from '../../../ports/filter-sandbox.ts';
import { EXIT } from '../exit-code.ts';
import { loadSettings } from '../load-settings.ts';
import type { ProgramOptions } from '../program-options.ts';
import { filterFolders, filtersIn, readFilter } from './filter-file.ts';
import type { FilterFile } from './filter-file.ts';
import { findingOf } from './finding.ts';
import type { Finding } from './finding.ts';
import { withSandbox } from './open-sandbox.ts';
import { table } from './table.ts';

/** A line of `filter list --json`. */
interface ListedFilter {
  readonly name: string;
  readonly file: string;
  readonly origin: FilterFile['origin'];
  /** What the filter calls itself; null when it does not load. */
  readonly title: string | null;
  readonly description: string | null;
  readonly timeframes: readonly string[];
  readonly sides: readonly string[];
  readonly references: readonly string[];
  /** Why it does not load. */
  readonly error: Finding | null;
}

async function describe(file: FilterFile, sandbox: FilterSandbox): Promise<ListedFilter> {
  const { name, path, origin } = file;
  const read = await readFilter(path);
  const outcome = 'finding' in read ? null : await sandbox.inspect(read.source);
  if (outcome?.ok === true) {
    const { name: title, description, timeframes, sides, references } = outcome.meta;
    return { name, file: path, origin, title, description, timeframes, sides, references, error: null };
  }
  const error = 'finding' in read ? read.finding : outcome === null ? null : findingOf(outcome.fault);
  const unknown = { title: null, description: null, timeframes: [], sides: [], references: [] };
  return { name, file: path, origin, ...unknown, error };
}

function rowOf({ name, origin, timeframes, title, description, error }: ListedFilter): string[] {
  const about = error === null ? `${title}: ${description}` : `does not load: ${error.message}`;
  return [name, origin === 'shipped' ? 'shipped' : 'yours', timeframes.join(' '), about];
}

/**
 * `filter list`: the filters of the data folder and the shipped ones, and whether they load.
 * @returns the exit code
 */
export async function listFilters(options: ProgramOptions, asJson: boolean): Promise<number> {
  const folders = filterFolders(loadSettings(options).config.dataDir);
  const files = (await Promise.all(folders.map(filtersIn))).flat();
  const listed = await withSandbox((sandbox) => Promise.all(files.map((file) => describe(file, sandbox))));
  process.stdout.write(
    asJson ? `${JSON.stringify(listed, null, 2)}\n` : table(['NAME', 'FROM', 'TIMEFRAMES', 'WHAT'], listed.map(rowOf)),
  );
  return EXIT.done;
}
