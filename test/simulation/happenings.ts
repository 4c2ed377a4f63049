import type { Disturbance } from './disturbances.ts';
import type { StrainHappening } from './strains.ts';

/** What happens, and how often it does. */
export type Happening =
  | Disturbance
  | StrainHappening
  | 'signal'
  | 'wait'
  | 'jump'
  | 'pause'
  | 'resume'
  | 'kill'
  | 'close'
  | 'tighten'
  | 'crash_soon'
  | 'crash_now'
  | 'stop'
  | 'feed_outage'
  | 'network_outage'
  | 'hand_limit'
  | 'hand_trade'
  | 'hand_reduce'
  | 'hand_cancel'
  | 'hand_cancels_ours';

export const HAPPENINGS: readonly (readonly [number, Happening])[] = [
  [30, 'signal'],
  [10, 'wait'],
  [6, 'jump'],
  [1, 'pause'],
  [6, 'resume'],
  [1, 'kill'],
  [4, 'close'],
  [4, 'tighten'],
  [1.5, 'crash_soon'],
  [0.7, 'crash_now'],
  [0.5, 'stop'],
  [2, 'feed_outage'],
  [1, 'network_outage'],
  [3, 'hand_limit'],
  [3, 'hand_trade'],
  [1, 'hand_reduce'],
  [1, 'hand_cancel'],
  [1, 'hand_cancels_ours'],
  [2, 'sockets'],
  [1, 'rate_limit'],
  [1, 'ban'],
  [0.5, 'skew'],
  [1, 'tick'],
  [0.7, 'halt'],
  [3, 'late_fill'],
  [4, 'partial_fill'],
  [8, 'request_fault'],
  [0.5, 'funding'],
];
