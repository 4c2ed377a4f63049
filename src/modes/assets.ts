/**
 * The only module that knows where files lie: migrations, documents and the modules of worker threads. In the source tree
 * it stands in src/modes/, and threads run the .ts files; built it stands in dist/, beside workers/*.js.
 */
import { readdir, readFile } from 'node:fs/promises';

import type { Migration } from '../adapters/store/shared/migrations.ts';

const isSource = import.meta.url.endsWith('.ts');
const ROOT = new URL(isSource ? '../../' : '../', import.meta.url);

function worker(name: string): URL {
  return new URL(`./workers/${name}.${isSource ? 'ts' : 'js'}`, import.meta.url);
}

/** The modules of the SQLite store's threads. */
export function sqliteWorkers(): { readonly writer: URL; readonly reader: URL } {
  return { writer: worker('sqlite-writer'), reader: worker('sqlite-reader') };
}

const MIGRATION_FILE = /^(\d{4})-[a-z0-9-]+\.sql$/;

/** The migrations of `migrations/sqlite`, in order. */
export async function sqliteMigrations(): Promise<readonly Migration[]> {
  const folder = new URL('migrations/sqlite/', ROOT);
  const names = (await readdir(folder)).filter((name) => MIGRATION_FILE.test(name)).sort();
  return Promise.all(
    names.map(async (name) => ({
      number: Number(MIGRATION_FILE.exec(name)?.[1]),
      name,
      sql: await readFile(new URL(name, folder), 'utf8'),
    })),
  );
}

/** A document of `docs/`, such as `concepts.md`. */
export function readDocument(name: string): Promise<string> {
  return readFile(new URL(`docs/${name}`, ROOT), 'utf8');
}
