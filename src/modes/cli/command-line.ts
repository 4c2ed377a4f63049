import { Command, CommanderError } from 'commander';

import { AitraderError } from '../../domain/errors.ts';
import type { Question } from '../../frontends/control/client.ts';
import type { CommandLine, ReadCommand } from '../../frontends/tui/options.ts';
import { expectationAt } from './completion/expectation.ts';
import type { WantedValue } from './completion/expectation.ts';
import { EXIT } from './exit-code.ts';
import { usageError } from './program.ts';
import { addTraders } from './trader/commands.ts';
import { addDeskVerbs } from './verbs/commands.ts';
import type { RunVerb, VerbOptions } from './verbs/run-options.ts';

interface CommandLineTerms {
  /** Has a verb carried out by the desk that the screen shows. */
  readonly ask: (question: Question) => Promise<unknown>;
  /** The words that fit where a value is wanted. */
  readonly values: (wanted: WantedValue) => Promise<readonly string[]>;
  /** Where filters of the user's own lie. */
  readonly dataDir: string;
  /** The desk's time, milliseconds UTC. */
  readonly now: () => number;
}

/** A line as a shell would take it apart: at blanks, but for those in quotes. */
function wordsOf(line: string): string[] {
  return [...line.matchAll(/"([^"]*)"?|'([^']*)'?|\S+/g)].map(([word, double, single]) => double ?? single ?? word);
}

/** The verbs of the program that can be asked of a desk; `run` takes what is asked. */
function programFor(run: RunVerb): Command {
  const program = new Command('aitrader')
    .option('--symbols <list>')
    .helpOption(false)
    .helpCommand(false)
    .showHelpAfterError(false)
    .configureOutput({ outputError: () => undefined, writeErr: () => undefined, writeOut: () => undefined })
    .exitOverride();
  const done = (): void => undefined;
  addDeskVerbs(program, done, run);
  addTraders(program, done, run);
  return program;
}

const NOTHING_RUNS: RunVerb = () => Promise.resolve(EXIT.done);

function helpText(): string {
  const lines = programFor(NOTHING_RUNS).commands.flatMap((command) => {
    const verbs = command.commands.length === 0 ? [command] : command.commands;
    return verbs.map((verb) => {
      const name = verb === command ? command.name() : `${command.name()} ${verb.name()}`;
      const taken = verb.registeredArguments.map((argument) => ` <${argument.name()}>`).join('');
      return `${`${name}${taken}`.padEnd(26)} ${verb.description()}`;
    });
  });
  return [...lines, '', 'Tab completes, Up brings earlier lines back. Options as in `aitrader VERB --help`.'].join(
    '\n',
  );
}

/** The command line of a screen over a desk: the same verbs, options and answers as in a shell. */
export function createCommandLine(terms: CommandLineTerms): CommandLine {
  return {
    read: async (line) => {
      const words = wordsOf(line);
      if (words[0] === 'help') return { verb: 'help', args: {}, run: () => Promise.resolve(helpText()) };
      const { question, options } = await parsed(words, terms);
      return readCommand(question, options, terms);
    },
    complete: async (line) => {
      const words = /\s$/.test(line) || line === '' ? [...wordsOf(line), ''] : wordsOf(line);
      const { offers, value, kept, typed } = expectationAt(programFor(NOTHING_RUNS), words);
      const values = value === null ? [] : await terms.values(value);
      const wanted = typed.toLowerCase();
      const all = [...offers.map(({ word }) => word), ...values];
      return all.filter((word) => word.toLowerCase().startsWith(wanted)).map((word) => kept + word);
    },
  };
}

interface Asked {
  readonly question: Question;
  readonly options: VerbOptions;
}

/** @throws AitraderError `USAGE`, or what the verb finds wrong with its arguments */
async function parsed(words: readonly string[], { dataDir }: CommandLineTerms): Promise<Asked> {
  const asked: Asked[] = [];
  const program = programFor((question, options) => {
    asked.push({ question, options });
    return Promise.resolve(EXIT.done);
  });
  program.setOptionValue('dataDir', dataDir);
  try {
    await program.parseAsync(words, { from: 'user' });
  } catch (failure) {
    throw (failure instanceof CommanderError && usageError(failure, program)) || failure;
  }
  const [only] = asked;
  if (only !== undefined) return only;
  throw new AitraderError('USAGE', { problem: `"${words.join(' ')}" asks nothing`, hint: 'Type help for the verbs.' });
}

async function readCommand(question: Question, options: VerbOptions, terms: CommandLineTerms): Promise<ReadCommand> {
  if (options.follow === true) {
    const hint = 'The panels follow by themselves; leave --follow out.';
    throw new AitraderError('USAGE', { problem: '--follow on the screen', hint });
  }
  const { printerOf } = await import('../cli/verbs/printers.ts');
  const { verb, args } = question;
  return {
    verb,
    args,
    run: async (width) => {
      const answer = await terms.ask(question);
      if (options.json === true) return JSON.stringify(answer, null, 2);
      return printerOf(verb, { width, color: false, now: terms.now() }).answer(answer);
    },
  };
}
