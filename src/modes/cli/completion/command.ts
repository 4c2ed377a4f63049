import { Argument } from 'commander';
import type { Command } from 'commander';

import { EXIT } from '../exit-code.ts';
import type { Shell } from './scripts.ts';

type Done = (exitCode: number) => void;

const SHELLS: readonly Shell[] = ['bash', 'zsh', 'fish'];

/** `aitrader completion`, and the question that the scripts ask whenever Tab is pressed. */
export function addCompletion(program: Command, done: Done): void {
  program
    .command('completion')
    .description('print what makes Tab complete verbs, options and names in a shell')
    .addArgument(new Argument('<shell>', 'the shell that reads it').choices(SHELLS))
    .addHelpText('after', '\nbash, zsh: source <(aitrader completion bash)\nfish: aitrader completion fish | source')
    .action(async (shell: Shell) => {
      const { completionScript } = await import('./scripts.ts');
      const { programCommand } = await import('./program-command.ts');
      process.stdout.write(completionScript(shell, programCommand()));
      done(EXIT.done);
    });
  program
    .command('__complete', { hidden: true })
    .argument('[words...]')
    .action(async (words: readonly string[]) => {
      const { complete } = await import('./complete.ts');
      process.stdout.write(await complete(program, words));
      done(EXIT.done);
    });
}
