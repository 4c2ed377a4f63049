import { spawn } from 'node:child_process';
import type { ChildProcessByStdio } from 'node:child_process';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable } from 'node:stream';

/** Starts the built program. */
export const LAUNCHER = join(import.meta.dirname, '../../bin/aitrader.cjs');

/** What a finished run left. */
export interface Run {
  readonly exitCode: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A run of the built program. */
export interface RunningProgram {
  readonly process: ChildProcessByStdio<null, Readable, Readable>;
  readonly ended: Promise<Run>;
  /** Settles when stderr has shown a line that matches. */
  sees(pattern: RegExp): Promise<void>;
  /** Settles with stdout so far when it matches. */
  says(pattern: RegExp): Promise<string>;
}

/** A new empty folder. */
export function emptyFolder(): string {
  return mkdtempSync(join(tmpdir(), 'aitrader-test-'));
}

/**
 * Starts the built program as a user would, in a home of its own.
 * @param env variables besides PATH and HOME
 */
export function startProgram(args: readonly string[], env: Record<string, string> = {}): RunningProgram {
  const child = spawn(process.execPath, [LAUNCHER, ...args], {
    env: { PATH: process.env['PATH'], HOME: emptyFolder(), ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const shown = { stdout: '', stderr: '' };
  const waiting: { stream: keyof typeof shown; pattern: RegExp; resolve: (text: string) => void }[] = [];
  for (const stream of ['stdout', 'stderr'] as const) {
    child[stream].setEncoding('utf8').on('data', (text: string) => {
      shown[stream] += text;
      for (const each of waiting) if (each.pattern.test(shown[each.stream])) each.resolve(shown[each.stream]);
    });
  }
  const ended = new Promise<Run>((resolve) => {
    child.on('close', (exitCode) => resolve({ exitCode, ...shown }));
  });
  const shows = (stream: keyof typeof shown, pattern: RegExp): Promise<string> =>
    new Promise((resolve, reject) => {
      if (pattern.test(shown[stream])) resolve(shown[stream]);
      waiting.push({ stream, pattern, resolve });
      void ended.then((run) => reject(new Error(`ended without showing ${String(pattern)}: ${run.stderr}`)));
    });
  return {
    process: child,
    ended,
    sees: async (pattern) => void (await shows('stderr', pattern)),
    says: (pattern) => shows('stdout', pattern),
  };
}

/** Runs the built program to its end. */
export function runProgram(args: readonly string[], env: Record<string, string> = {}): Promise<Run> {
  return startProgram(args, env).ended;
}
