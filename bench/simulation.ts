import { availableParallelism } from 'node:os';

import { playMany } from '../test/simulation/play-many.ts';
import type { BenchRow } from './harness.ts';
import { RequestSigning } from './simulation-signing.ts';

const FIRST_SEED = 1;
/** Enough that starting the workers and warming them up weighs little. */
const SEEDS = 600;

/** Lives of accounts with faults, on all processors: how much of them passes in a minute. */
export async function benchSimulation(): Promise<BenchRow[]> {
  let [simulatedMs, requests, failed] = [0, 0, 0];
  const startedAt = performance.now();
  await playMany({
    ...{ first: FIRST_SEED, count: SEEDS },
    onReport: (report) => {
      simulatedMs += report.simulatedMs;
      requests += report.requests;
      failed += report.violations.length > 0 ? 1 : 0;
    },
  });
  const wallMs = performance.now() - startedAt;
  if (failed > 0) throw new Error(`${failed} of ${SEEDS} seeds break a rule; make simulate says which`);
  const signingMs = (await RequestSigning.make()).timeMs(requests) / availableParallelism();
  const [value, referenceValue] = [simulatedMs / wallMs, simulatedMs / signingMs];
  return [
    {
      name: 'fault simulation: trading with faults, all processors',
      ...{ value, unit: 'simulated minutes/minute' },
      reference: 'signing its requests by ccxt alone, all processors',
      ...{ referenceValue, ratio: value / referenceValue },
    },
  ];
}
