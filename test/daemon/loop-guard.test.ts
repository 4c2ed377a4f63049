import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { describe, expect, it } from 'vitest';

import { standStill } from './stalling-program.ts';

describe('a program that stands still', () => {
  it('is ended by its guard, which says so, so that a supervisor can start it again', async () => {
    const module = join(import.meta.dirname, 'stalling-program.ts');
    const program = `import(${JSON.stringify(module)}).then((module) => module.${standStill.name}())`;
    const child = spawn(process.execPath, ['-e', program], { stdio: ['ignore', 'pipe', 'pipe'] });
    const [[exitCode, signal], stdout, stderr] = await Promise.all([
      once(child, 'exit') as Promise<[number | null, string | null]>,
      text(child.stdout),
      text(child.stderr),
    ]);
    expect({ exitCode, signal, stdout }).toEqual({ exitCode: null, signal: 'SIGKILL', stdout: 'standing still\n' });
    const levels = stderr.match(/"level":"\w+"/g);
    expect(levels).toEqual(['"level":"error"', '"level":"fatal"']);
  });
});
