import { MINUTE_MS, SECOND_MS } from '../../domain/time.ts';
import type { ApiLimits } from './options.ts';

export const DEFAULT_LIMITS: ApiLimits = {
  dataPerMinute: 100,
  ordersPerMinute: 10,
  refusedPerMinute: 30,
  maxBodyBytes: 128 * 1024,
  requestMs: 30 * SECOND_MS,
  maxConnections: 4_096,
  maxWebSockets: 2_048,
  maxStrangers: 100,
  maxMessageBytes: 16 * 1024,
  messagesPerMinute: 120,
  authMs: 10 * SECOND_MS,
  maxUnreadBytes: 256 * 1024,
  slowMs: MINUTE_MS / 2,
  lookMs: SECOND_MS / 4,
  heartbeatMs: 5 * SECOND_MS,
};
