import type { Command } from 'commander';

import type { ProgramOptions } from '../program-options.ts';

/** `aitrader doctor`. */
export function addDoctor(program: Command, done: (exitCode: number) => void): void {
  program
    .command('doctor')
    .description('look at everything that the program depends on, and say what to do')
    .option('--json', 'print JSON')
    .action(async (options: { json?: true }, command: Command) => {
      const { runDoctor } = await import('./doctor.ts');
      done(await runDoctor(command.optsWithGlobals<ProgramOptions>(), options.json === true));
    });
}
