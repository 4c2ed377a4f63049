import { SECOND_MS } from '../../domain/time.ts';
import { AitraderError } from '../../domain/errors.ts';
import type { LiveState } from '../../frontends/client/client.ts';
import { RemoteEngine } from '../../frontends/client/remote-engine.ts';
import type { RemoteEngineParts } from '../../frontends/client/remote-engine.ts';

/** A daemon tells everything at once; what takes longer does not come. */
const LONGEST_START_MS = 20 * SECOND_MS;

/**
 * The engine of a daemon, with everything heard that is shown.
 * @throws AitraderError `DAEMON_UNREACHABLE` when its live data do not come
 */
export async function openRemoteEngine(parts: RemoteEngineParts, url: string): Promise<RemoteEngine> {
  const { live, clock } = parts;
  const failed = Promise.withResolvers<never>();
  const fail = (problem: string): void => failed.reject(new AitraderError('DAEMON_UNREACHABLE', { url, problem }));
  const deafen = live.onState((state) => {
    if (state.status === 'closed') fail(problemOf(state));
  });
  const timer = clock.setTimer(LONGEST_START_MS, () => fail(problemOf(live.state)));
  try {
    return await Promise.race([RemoteEngine.open(parts), failed.promise]);
  } finally {
    timer.cancel();
    deafen();
  }
}

function problemOf(state: LiveState): string {
  const cause = 'cause' in state ? `: ${state.cause}` : '';
  return `its live data do not come${cause}; is ENABLE_WEBSOCKET_API on there?`;
}
