import { copyFile, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { AitraderError, describeFailure } from '../../../domain/errors.ts';
import { shippedFilters } from '../../assets.ts';
import { EXIT } from '../exit-code.ts';
import { loadSettings } from '../load-settings.ts';
import type { ProgramOptions } from '../program-options.ts';
import { template } from './template.ts';

const LONGEST_NAME = 60;
const TYPES = 'aitrader.d.ts';

/** A name as a file's: lower case, digits and hyphens; whatever else was typed never reaches the path. */
function fileNameOf(name: string): string {
  const safe = name
    .normalize('NFKD')
    .toLowerCase()
    .replace(/\.js$/, '')
    .replace(/[^a-z0-9]+/g, '-')
    .slice(0, LONGEST_NAME)
    .replace(/^-+|-+$/g, '');
  if (safe !== '') return safe;
  const problem = `a filter cannot be named '${name.slice(0, LONGEST_NAME)}'`;
  throw new AitraderError('USAGE', { problem, hint: 'Use letters and digits, such as dip-buyer.' });
}

/**
 * `filter new`: writes a commented template into the data folder and says what to do next.
 * @returns the exit code
 * @throws AitraderError `USAGE` when there is one of that name, `DATA_DIR_UNUSABLE`
 */
export async function newFilter(name: string, options: ProgramOptions, asJson: boolean): Promise<number> {
  const fileName = fileNameOf(name);
  const folder = join(loadSettings(options).config.dataDir, 'filters');
  const file = join(folder, `${fileName}.js`);
  try {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    await writeFile(file, template(fileName), { flag: 'wx' });
    // Editors find the types of `ta` and of the context in it.
    await copyFile(join(shippedFilters(), TYPES), join(folder, TYPES));
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'EEXIST') {
      const hint = 'Choose another name, or edit that file: nothing was changed.';
      throw new AitraderError('USAGE', { problem: `${file} is there already`, hint }, { cause });
    }
    throw new AitraderError('DATA_DIR_UNUSABLE', { path: folder, problem: describeFailure(cause) }, { cause });
  }
  const next = [
    `aitrader filter check ${fileName}`,
    `aitrader filter run ${fileName} --candles FILE --timeframe 15m`,
    'aitrader filter guide',
  ];
  process.stdout.write(
    asJson
      ? `${JSON.stringify({ name: fileName, file, next }, null, 2)}\n`
      : `wrote ${file}\n\nEdit it, then:\n  ${next[0]}   is it well-formed, pure and fast?\n  ${next[1]}   what would it have found?\n  ${next[2]}   everything a filter may use; give it to a language model\n`,
  );
  return EXIT.done;
}
