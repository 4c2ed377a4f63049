import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { openSqliteStore } from '../../src/adapters/store/sqlite/open.ts';
import type { SqliteStoreOptions } from '../../src/adapters/store/sqlite/options.ts';
import { sqliteMigrations, sqliteWorkers } from '../../src/modes/assets.ts';
import type { Store } from '../../src/ports/store/store.ts';

/** A folder for one database, and what opens it. */
export class SqliteFolder {
  readonly folder: string;
  readonly path: string;
  readonly backupsDir: string;
  #store: Store | null = null;

  constructor(parent = tmpdir()) {
    this.folder = mkdtempSync(join(parent, 'aitrader-store-'));
    this.path = join(this.folder, 'paper.db');
    this.backupsDir = join(this.folder, 'backups');
  }

  /** Closes what is open, then opens the database with the program's own migrations unless others are given. */
  async open(options: Partial<SqliteStoreOptions> = {}): Promise<Store> {
    await this.#store?.close();
    this.#store = null;
    const { path, backupsDir } = this;
    const migrations = await sqliteMigrations();
    this.#store = await openSqliteStore({ path, backupsDir, migrations, workers: sqliteWorkers(), ...options });
    return this.#store;
  }

  async dispose(): Promise<void> {
    await this.#store?.close();
    rmSync(this.folder, { recursive: true, force: true });
  }
}
