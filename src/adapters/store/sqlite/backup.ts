import {
  chmodSync,
  closeSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readdirSync,
  renameSync,
  rmSync,
} from 'node:fs';
import { basename, join } from 'node:path';

import type { Connection } from './connection.ts';
import type { DatabasePlace } from './failure.ts';

/** What follows the database's name: when the copy was made, and the schema that it has. */
const COPY = /^-\d{8}T\d{9}Z-schema\d{4}\.db$/;

/** What belongs to one database among the backups, newest last. */
function backupsOf(name: string, backupsDir: string): readonly string[] {
  return readdirSync(backupsDir)
    .filter((file) => file.startsWith(name) && COPY.test(file.slice(name.length)))
    .sort();
}

/**
 * Copies the database as it is now, complete and synced, and removes the oldest copies beyond `keep`.
 * @param schema the schema that the copy has, for its name
 * @returns the path of the copy
 */
export function backUp(
  connection: Connection,
  { path, backupsDir }: DatabasePlace,
  { schema, keep }: { readonly schema: number; readonly keep: number },
): string {
  if (!existsSync(backupsDir)) mkdirSync(backupsDir, { mode: 0o700 });
  const name = basename(path, '.db');
  const time = new Date().toISOString().replaceAll(/[-:.]/g, '');
  const copy = join(backupsDir, `${name}-${time}-schema${String(schema).padStart(4, '0')}.db`);
  const unfinished = `${copy}.part`;
  rmSync(unfinished, { force: true });
  try {
    connection.prepare('VACUUM INTO ?').run(unfinished);
    chmodSync(unfinished, 0o600);
    syncFile(unfinished);
    renameSync(unfinished, copy);
  } catch (error) {
    rmSync(unfinished, { force: true });
    throw error;
  }
  for (const old of backupsOf(name, backupsDir).slice(0, -keep)) rmSync(join(backupsDir, old));
  return copy;
}

function syncFile(path: string): void {
  const file = openSync(path, 'r+');
  try {
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}
