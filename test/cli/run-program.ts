import { spawn } from 'node:child_process';
import type { ChildProcessByStdio } from 'node:child_process';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable } from 'node:stream';

const LAUNCHER = join(import.meta.dirname, '../../bin/aitrader.cjs');

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
  let stdout = '';
  let stderr = '';
  const waiting: { pattern: RegExp; resolve: () => void }[] = [];
  child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
    for (const { pattern, resolve } of waiting) if (pattern.test(stderr)) resolve();
  });
  const ended = new Promise<Run>((resolve) => {
    child.on('close', (exitCode) => resolve({ exitCode, stdout, stderr }));
  });
  return {
    process: child,
    ended,
    sees: (pattern) =>
      new Promise((resolve, reject) => {
        if (pattern.test(stderr)) resolve();
        waiting.push({ pattern, resolve });
        void ended.then((run) => reject(new Error(`ended without showing ${String(pattern)}: ${run.stderr}`)));
      }),
  };
}

/** Runs the built program to its end. */
export function runProgram(args: readonly string[], env: Record<string, string> = {}): Promise<Run> {
  return startProgram(args, env).ended;
}
