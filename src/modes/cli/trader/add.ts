import { AitraderError } from '../../../domain/errors.ts';
import { findFilter, readFilter } from '../filter/filter-file.ts';
import type { FilterFile } from '../filter/filter-file.ts';
import { placeOf } from '../verbs/place.ts';
import type { RunVerb, VerbOptions } from '../verbs/run-options.ts';
import { settingsOf } from './settings.ts';
import type { TraderFlags } from './settings.ts';

/** The filter for the verb `trader.add`: code, or the name of a stored one. */
interface FilterArgument {
  readonly filter: unknown;
  /** Why no file was found; null for code. */
  readonly noFile: AitraderError | null;
}

/** The code that is meant by a path or a name. A name that no folder knows may be that of a stored filter. */
async function filterArgument(given: string, dataDir: string): Promise<FilterArgument> {
  let file: FilterFile;
  try {
    file = await findFilter(given, dataDir);
  } catch (failure) {
    if (failure instanceof AitraderError && !/[/\\]|\.js$/.test(given)) return { filter: given, noFile: failure };
    throw failure;
  }
  const read = await readFilter(file.path);
  if ('source' in read) {
    return { filter: { name: file.name, source: read.source, origin: file.origin }, noFile: null };
  }
  const { message, fix } = read.finding;
  throw new AitraderError('FILTER_REFUSED', { filter: given, problem: message, remedy: fix });
}

/**
 * `trader add`: puts a filter to work.
 * @returns the exit code
 */
export async function addTrader(given: string, flags: TraderFlags & VerbOptions, run: RunVerb): Promise<number> {
  const { filter, noFile } = await filterArgument(given, placeOf(flags).dataDir);
  try {
    return await run({ verb: 'trader.add', args: { filter, ...settingsOf(flags) } }, flags);
  } catch (failure) {
    const isUnknown = failure instanceof AitraderError && failure.context['what'] === 'filter';
    throw isUnknown && noFile !== null ? noFile : failure;
  }
}

/**
 * `trader set`: changes a trader.
 * @returns the exit code
 */
export async function setTrader(trader: string, flags: TraderFlags & VerbOptions, run: RunVerb): Promise<number> {
  return run({ verb: 'trader.set', args: { trader, ...settingsOf(flags) } }, flags);
}
