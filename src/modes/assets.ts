/**
 * The only module that knows where files lie: migrations, documents and the modules of worker threads. In the source tree
 * it stands in src/modes/, and threads run the .ts files; built it stands in dist/, beside workers/*.js.
 */
import { readFileSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { createRequire, stripTypeScriptTypes } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

import type { ModuleSource } from '../adapters/sandbox/isolated-vm/process/filter-isolate.ts';
import type { SandboxCommand } from '../adapters/sandbox/isolated-vm/sandbox-process.ts';
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

/** The module of the thread that watches the event loop of a daemon. */
export function loopGuardModule(): URL {
  return worker('loop-guard');
}

/**
 * How a sandbox process for filters is started; it is told its setup as one more argument. Fifty isolates share its memory and
 * its time: what each would gain by threads and by the last compiler, all pay for. See docs/decisions/0014.
 */
export function sandboxCommand(): SandboxCommand {
  const flags = [
    '--disable-warning=ExperimentalWarning',
    ...['--optimize-for-size', '--single-threaded-gc', '--no-memory-reducer', '--no-minor-gc-task'],
    ...['--no-concurrent-recompilation', '--invocation-count-for-turbofan=30000'],
  ];
  return { command: process.execPath, args: [...flags, fileURLToPath(worker('filter-sandbox'))] };
}

/**
 * The modules that run inside the isolates beside a filter: in the source tree with their types taken out, built as they are.
 * An import of theirs means a file, relative to the importing one.
 */
export function sandboxModules(): ModuleSource {
  const entry = isSource ? '../adapters/sandbox/isolated-vm/runtime/main.ts' : './sandbox-runtime.js';
  const texts = new Map<string, string>();
  return {
    entry: new URL(entry, import.meta.url).href,
    resolve: (specifier, importer) => new URL(specifier, importer).href,
    read(address) {
      let text = texts.get(address);
      if (text === undefined) {
        text = readFileSync(new URL(address), 'utf8');
        if (isSource) text = stripTypeScriptTypes(text);
        texts.set(address, text);
      }
      return text;
    },
  };
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

/** The version of this program, as `aitrader --version` prints it. */
export async function programVersion(): Promise<string> {
  const { version } = JSON.parse(await readFile(new URL('package.json', ROOT), 'utf8')) as { readonly version: string };
  return version;
}

/** The folder of the filters that are part of the program. */
export function shippedFilters(): string {
  return fileURLToPath(new URL('filters/', ROOT));
}

/** A document of `docs/`, such as `concepts.md`. */
export function readDocument(name: string): Promise<string> {
  return readFile(new URL(`docs/${name}`, ROOT), 'utf8');
}

/** The modules of the venues whose streams ccxt has, by the venue's id. */
const ccxtVenues = (): string => join(dirname(createRequire(import.meta.url).resolve('ccxt')), '../js/src/pro');

/** The ids of the venues whose streams ccxt has. */
export async function ccxtVenueIds(): Promise<readonly string[]> {
  const names = await readdir(ccxtVenues());
  return names.filter((name) => name.endsWith('.js')).map((name) => name.replace(/\.js$/, ''));
}

/**
 * The class of one venue in ccxt.pro. It is loaded by its file, as the package as a whole takes a third of a second and
 * 100 MB.
 */
export async function loadCcxtVenue(id: string): Promise<unknown> {
  const path = pathToFileURL(join(ccxtVenues(), `${id}.js`)).href;
  return ((await import(path)) as { readonly default: unknown }).default;
}
