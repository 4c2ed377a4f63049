/** Plays the seeds that it is sent, and sends back what came of each; `null` says that it is ready. */
import { parentPort } from 'node:worker_threads';

import { Episode } from './episode.ts';
import { simulationVenueClass } from './venue-class.ts';

// Refusals are errors that are thrown and caught; writing down where costs more than the rest of them.
Error.stackTraceLimit = 3;
const venueClass = await simulationVenueClass();
parentPort?.on('message', (seed: number) => {
  void new Episode({ seed, venueClass }).play().then((report) => parentPort?.postMessage(report));
});
parentPort?.postMessage(null);
