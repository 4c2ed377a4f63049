import { parentPort } from 'node:worker_threads';

import { runDecoder } from '../../sim/tape/decode/decoder-thread.ts';

if (parentPort !== null) runDecoder(parentPort);
