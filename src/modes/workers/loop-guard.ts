/** A thread beside the program's own, which says so when that stands still, and ends the process when it stays so. */
import { writeSync } from 'node:fs';
import { workerData } from 'node:worker_threads';

import type { LoopGuardTerms } from '../daemon/loop-guard.ts';

const STDERR = 2;
const { beats, lookMs, warnAfterMs, endAfterMs } = workerData as LoopGuardTerms;

let seen = Atomics.load(beats, 0);
let stillMs = 0;

function say(level: 'error' | 'fatal', msg: string): void {
  try {
    writeSync(STDERR, `${JSON.stringify({ level, time: Date.now(), part: 'watchdog', msg })}\n`);
  } catch {
    // Nobody reads it; what is to be done is done all the same.
  }
}

// Counts its own looks: a machine that slept has not stood still for the program alone.
setInterval(() => {
  const now = Atomics.load(beats, 0);
  const isStill = now === seen;
  seen = now;
  const beforeMs = stillMs;
  stillMs = isStill ? stillMs + lookMs : 0;
  if (beforeMs < warnAfterMs && stillMs >= warnAfterMs) {
    say('error', `the program has stood still for ${stillMs / 1_000} s: neither prices nor stops are looked at`);
  }
  if (stillMs < endAfterMs) return;
  say('fatal', `the program has stood still for ${stillMs / 1_000} s and is ended; starting it again is safe`);
  process.kill(process.pid, 'SIGKILL');
}, lookMs);
