import { AitraderError } from '../../domain/errors.ts';
import { SECOND_MS } from '../../domain/time.ts';
import type { Clock, Timer } from '../../ports/clock.ts';
import type { Logger } from '../../ports/logger.ts';
import type { Stop } from '../wait-for-stop.ts';
import type { World } from './world.ts';

/** How long until the market is tried again, the last one for ever. */
const RETRY_MS = [5, 10, 20, 40, 60].map((seconds) => seconds * SECOND_MS);

/** So long a first answer is waited for without a word. */
const PATIENCE_MS = 3 * SECOND_MS;

/** Where the user sees that the market is not reached, and may ask for another one. */
interface Onlooker {
  readonly simulate: Promise<void>;
  tell(trouble: { readonly why: string; readonly retryAtMs: number | null } | null): void;
}

interface ReachTerms {
  readonly open: () => Promise<World>;
  readonly onlooker: Onlooker;
  readonly stopped: Promise<Stop>;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** The world, or what came in its place. */
export type Reached =
  | { readonly kind: 'world'; readonly world: World }
  | { readonly kind: 'simulate' }
  | { readonly kind: 'stopped'; readonly stop: Stop };

/** Opens the world; while its exchange cannot be reached, says so and tries again until the user wants something else. */
export async function reachWorld(terms: ReachTerms): Promise<Reached> {
  const { onlooker, stopped, clock, logger } = terms;
  const simulate = onlooker.simulate.then((): Reached => ({ kind: 'simulate' }));
  const stop = stopped.then((why): Reached => ({ kind: 'stopped', stop: why }));
  let why = 'no answer yet';
  for (let attempt = 0; ; attempt += 1) {
    const opening = terms.open();
    const patience = clock.setTimer(PATIENCE_MS, () => onlooker.tell({ why, retryAtMs: null }));
    const outcome = await Promise.race([simulate, stop, tried(opening)]);
    patience.cancel();
    if (outcome.kind !== 'failed') {
      // What opens after all is not wanted any more.
      if (outcome.kind !== 'world') void opening.then((world) => world.close()).catch(() => undefined);
      else onlooker.tell(null);
      return outcome;
    }
    why = outcome.why;
    const waitMs = RETRY_MS[Math.min(attempt, RETRY_MS.length - 1)] ?? 0;
    logger.warn(`${why}; it is tried again in ${waitMs / SECOND_MS} s`);
    onlooker.tell({ why, retryAtMs: clock.monotonicMs() + waitMs });
    const pause = paused(clock, waitMs);
    const wish = await Promise.race([simulate, stop, pause.over]);
    pause.timer.cancel();
    if (wish !== null) return wish;
  }
}

type Tried = Reached | { readonly kind: 'failed'; readonly why: string };

async function tried(opening: Promise<World>): Promise<Tried> {
  try {
    return { kind: 'world', world: await opening };
  } catch (failure) {
    if (!(failure instanceof AitraderError) || failure.code !== 'EXCHANGE_UNREACHABLE') throw failure;
    return { kind: 'failed', why: shortReason(failure) };
  }
}

/** What the feed says is wrong, without its advice: what is done about it stands beside. */
function shortReason({ context }: AitraderError): string {
  const [reason = ''] = String(context['problem']).split(/[.;] (?=[A-Z])/);
  return reason;
}

function paused(clock: Clock, ms: number): { readonly over: Promise<null>; readonly timer: Timer } {
  const { promise, resolve } = Promise.withResolvers<null>();
  return { over: promise, timer: clock.setTimer(ms, () => resolve(null)) };
}
