import { describe, expect, it } from 'vitest';

import type { Config } from '../../config/config.ts';
import { databasePath } from './database-path.ts';

const config = (sqlitePath: string | null): Pick<Config, 'storage'> =>
  ({ storage: { sqlitePath } }) as unknown as Pick<Config, 'storage'>;

describe('the database of a kind of money', () => {
  it('is a file of its own in the data folder', () => {
    expect(databasePath(config(null), '/data', 'paper')).toBe('/data/paper.db');
    expect(databasePath(config(null), '/data', 'live')).toBe('/data/live.db');
  });

  it('is where SQLITE_PATH says, but never for a simulation, which empties it', () => {
    expect(databasePath(config('/books/mine.db'), '/data', 'live')).toBe('/books/mine.db');
    expect(databasePath(config('/books/mine.db'), '/data', 'sim')).toBe('/data/sim.db');
  });
});
