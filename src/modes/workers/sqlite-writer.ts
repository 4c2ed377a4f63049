import { parentPort, workerData } from 'node:worker_threads';

import type { WriterSetup } from '../../adapters/store/sqlite/messages.ts';
import { runSqliteWriter } from '../../adapters/store/sqlite/writer.ts';

if (parentPort !== null) runSqliteWriter(parentPort, workerData as WriterSetup);
