import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { AitraderError, describeFailure } from '../../../domain/errors.ts';
import type { Chance } from '../../../ports/chance.ts';

const FORM = /^[0-9a-z]{4}$/;
const INSTANCES = 36 ** 4;

/**
 * The four characters by which the orders of this data folder are known at the exchange: drawn once, and kept beside the
 * databases, so that a copied database alone does not make two programs take each other's orders for their own.
 * @throws AitraderError `DATA_DIR_UNUSABLE`
 */
export function instanceOf(dataDir: string, chance: Chance): string {
  const path = join(dataDir, 'instance');
  try {
    const kept = readFileSync(path, 'utf8').trim();
    if (FORM.test(kept)) return kept;
    throw new Error(`its file "instance" holds no name of four characters; put back the one from before`);
  } catch (failure) {
    if ((failure as NodeJS.ErrnoException).code === 'ENOENT') return drawn(path, chance);
    throw new AitraderError('DATA_DIR_UNUSABLE', { path: dataDir, problem: describeFailure(failure) });
  }
}

function drawn(path: string, chance: Chance): string {
  const instance = Math.floor(chance.next() * INSTANCES)
    .toString(36)
    .padStart(4, '0');
  // Orders bear it: it must be on the disk before the first of them.
  writeFileSync(path, `${instance}\n`, { mode: 0o600, flag: 'wx', flush: true });
  return instance;
}
