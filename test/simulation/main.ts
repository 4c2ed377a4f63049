/** `main.ts SEEDS=1000` plays many seeds, from `FIRST=1` on; `main.ts SEED=123` replays one and tells what happens in it. */
import { Episode } from './episode.ts';
import type { EpisodeReport } from './episode.ts';
import { playMany } from './play-many.ts';
import { simulationVenueClass } from './venue-class.ts';

const DEFAULT_SEEDS = 1_000;
const TELL_EVERY = 100;

async function replay(seed: number): Promise<boolean> {
  const episode = new Episode({ seed, venueClass: await simulationVenueClass(), tell: (line) => console.log(line) });
  const report = await episode.play();
  if (process.env['AUDIT'] === '1') console.log(episode.world.auditLog());
  console.log(JSON.stringify(report, null, 2));
  return report.violations.length === 0;
}

async function playAll(first: number, count: number): Promise<boolean> {
  const startedAt = performance.now();
  let [played, failed, simulatedMs] = [0, 0, 0];
  const tell = (): void => {
    const wallMs = performance.now() - startedAt;
    const pace = `${(wallMs / 1_000).toFixed(0)} s, ${Math.round(simulatedMs / wallMs)} simulated minutes a minute`;
    console.log(`${played} of ${count} seeds played, ${failed} failed; ${pace}`);
  };
  await playMany({
    ...{ first, count },
    onReport: (report) => {
      played += 1;
      simulatedMs += report.simulatedMs;
      if (report.violations.length > 0) {
        failed += 1;
        tellFailure(report);
      }
      if (played % TELL_EVERY === 0 && played < count) tell();
    },
  });
  tell();
  return failed === 0;
}

function tellFailure({ seed, violations }: EpisodeReport): void {
  console.log(`seed ${seed} fails; replay it with: make simulate SEED=${seed}`);
  for (const { rule, what, at } of violations.slice(0, 3)) {
    console.log(`  ${rule} at ${new Date(at).toISOString().slice(11, 23)}: ${what}`);
  }
}

/** @throws Error for what is no whole number */
function option(name: string): number | null {
  const given = process.argv.find((argument) => argument.startsWith(`${name}=`))?.slice(name.length + 1) ?? '';
  if (given === '') return null;
  const value = Number(given);
  if (!Number.isSafeInteger(value) || value < 1) throw new Error(`${name}=${given}: give a whole number from 1`);
  return value;
}

const seed = option('SEED');
const isClean =
  seed === null ? await playAll(option('FIRST') ?? 1, option('SEEDS') ?? DEFAULT_SEEDS) : await replay(seed);
process.exitCode = isClean ? 0 : 1;
