import type { Config } from '../../config/config.ts';
import type { Engine } from '../../engine/engine.ts';
import { createDeskMetrics } from '../../frontends/api/metrics/desk-metrics.ts';
import type { LogSource } from '../../frontends/api/options.ts';
import { startApiServer } from '../../frontends/api/server.ts';
import type { Desk } from '../../frontends/shared/desk.ts';
import { SECOND_MS } from '../../domain/time.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Logger } from '../../ports/logger.ts';
import type { LogLines, ShownLine } from '../desk/log-lines.ts';
import type { Attendance } from './attendance.ts';
import { exchangeSecrets } from './door.ts';

/** How long answers under way may take at the end. */
const GRACE_MS = 2 * SECOND_MS;

export interface OpenApiParts {
  readonly config: Config;
  readonly realClock: Clock;
  readonly logger: Logger;
  readonly lines: LogLines;
  readonly attendance: Attendance;
  readonly engine: Engine;
  readonly desk: Desk;
}

/**
 * Opens the daemon's API over the running desk.
 * @returns closes it
 * @throws AitraderError `API_ADDRESS_TAKEN`, `API_ADDRESS_UNUSABLE`, and what `checkDoor` throws
 */
export async function openApi(parts: OpenApiParts): Promise<() => Promise<void>> {
  const { config, realClock, logger, lines, attendance, engine, desk } = parts;
  const metrics = createDeskMetrics({ engine: engine.handle, counts: () => engine.report() });
  const server = await startApiServer({
    desk,
    host: config.api.host,
    port: config.api.port,
    token: config.api.token,
    exchangeKeys: exchangeSecrets(config),
    version: attendance.version,
    webSocket: config.features.webSocketApi,
    limits: { dataPerMinute: config.api.dataPerMinute, ordersPerMinute: config.api.ordersPerMinute },
    clock: realClock,
    logger: logger.child({ part: 'api' }),
    logs: logSource(lines),
    metrics,
  });
  attendance.metrics = metrics;
  logger.info(`the API listens on ${server.address}`);
  if (config.api.token === null) logger.warn('the API needs no token: every program of this machine may trade with it');
  return async () => {
    await server.close(GRACE_MS);
    attendance.metrics = null;
    metrics.close();
  };
}

function logSource(lines: LogLines): LogSource {
  let listener: ((line: ShownLine) => void) | null = null;
  return {
    earlier: lines.listen((line) => listener?.(line)),
    listen(hear) {
      listener = hear;
      return () => {
        listener = null;
      };
    },
  };
}
