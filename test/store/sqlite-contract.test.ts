import { describeStoreContract } from '../../src/testkit/store-suite.ts';
import { SqliteFolder } from './sqlite-folder.ts';

describeStoreContract('SQLite', async () => {
  const folder = new SqliteFolder();
  return {
    store: await folder.open(),
    reopen: () => folder.open(),
    dispose: () => folder.dispose(),
  };
});
