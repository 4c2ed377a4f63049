import { CommanderError } from 'commander';

import { exitCodeOf, EXIT } from './exit-code.ts';
import { buildProgram, usageError } from './program.ts';
import type { Actions } from './program.ts';
import { failureText } from './report-failure.ts';

const actions: Actions = {
  run: async (options) => (await import('../session.ts')).runSession(options),
  configCheck: async (options, json) => (await import('./config-check.ts')).checkConfig(options, json),
  sim: async (command) => (await import('../sim.ts')).runSim(command),
  helpTopic: async (topic) => (await import('./help-topic.ts')).printTopic(topic),
};

/**
 * Runs the program as the shell called it.
 * @param argv the arguments after the program's name
 * @returns the exit code
 */
export async function runCommandLine(argv: readonly string[]): Promise<number> {
  let exitCode: number = EXIT.done;
  const program = buildProgram(actions, (code) => {
    exitCode = code;
  });
  try {
    await program.parseAsync(argv, { from: 'user' });
    return exitCode;
  } catch (thrown) {
    const failure = thrown instanceof CommanderError ? usageError(thrown, program) : thrown;
    if (failure === null) return EXIT.done;
    process.stderr.write(failureText(failure, argv.includes('--json')));
    return exitCodeOf(failure);
  }
}
