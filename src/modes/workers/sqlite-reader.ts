import { parentPort, workerData } from 'node:worker_threads';

import type { ReaderSetup } from '../../adapters/store/sqlite/messages.ts';
import { runSqliteReader } from '../../adapters/store/sqlite/reader.ts';

if (parentPort !== null) runSqliteReader(parentPort, workerData as ReaderSetup);
