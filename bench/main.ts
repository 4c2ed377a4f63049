import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';

import type { BenchRow } from './harness.ts';

/** Every benchmark under the name that `--only` takes. Each is loaded when its turn comes. */
const BENCHMARKS: Readonly<Record<string, () => Promise<BenchRow[]>>> = {
  start: async () => (await import('./start.ts')).benchStart(),
  store: async () => (await import('./store.ts')).benchStore(),
  sandbox: async () => (await import('./sandbox.ts')).benchSandbox(),
  checks: async () => (await import('./checks.ts')).benchChecks(),
  'sim-market': async () => (await import('./sim-market.ts')).benchSimMarket(),
  'sim-server': async () => (await import('./sim-server.ts')).benchSimServer(),
  'sim-steady': async () => (await import('./sim-steady.ts')).benchSimSteady(),
  matching: async () => (await import('./matching.ts')).benchMatching(),
  feed: async () => (await import('./feed.ts')).benchFeed(),
  'feed-load': async () => (await import('./feed-load.ts')).benchFeedLoad(),
  'feed-memory': async () => (await import('./feed-memory.ts')).benchFeedMemory(),
  engine: async () => (await import('./engine.ts')).benchEngine(),
  live: async () => (await import('./live.ts')).benchLive(),
  positions: async () => (await import('./positions.ts')).benchPositions(),
  simulation: async () => (await import('./simulation.ts')).benchSimulation(),
  api: async () => (await import('./api.ts')).benchApi(),
  tui: async () => (await import('./tui.ts')).benchTui(),
  indicators: async () => (await import('./indicators.ts')).benchIndicators(),
};

const RESULTS = new URL('results.json', import.meta.url);

/** Four figures, as many as such a measurement has. */
function figure(value: number): string {
  return Number(value.toPrecision(4)).toString();
}

function table(rows: readonly BenchRow[]): string {
  const header = ['name', 'value', 'unit', 'reference', 'ratio'];
  const lines = rows.map((row) => [
    row.name,
    figure(row.value),
    row.unit,
    `${row.reference} (${figure(row.referenceValue)})`,
    row.ratio.toFixed(2),
  ]);
  const widths = header.map((title, column) =>
    Math.max(...[header, ...lines].map((line) => (line[column] ?? title).length)),
  );
  return [header, ...lines]
    .map((line) => line.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(' | '))
    .join('\n');
}

async function main(): Promise<void> {
  const { values } = parseArgs({ options: { only: { type: 'string' } } });
  const names = values.only === undefined ? Object.keys(BENCHMARKS) : [values.only];
  const rows: BenchRow[] = [];
  for (const name of names) {
    const run = BENCHMARKS[name];
    if (run === undefined) throw new Error(`no benchmark "${name}"; there are ${Object.keys(BENCHMARKS).join(', ')}`);
    process.stderr.write(`-> ${name}\n`);
    rows.push(...(await run()));
  }
  process.stdout.write(`${table(rows)}\n`);
  writeFileSync(RESULTS, `${JSON.stringify(rows, null, 2)}\n`);
}

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
});
