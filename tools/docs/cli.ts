import type { Argument, Command, Option } from 'commander';

import { buildProgram } from '../../src/modes/cli/program.ts';

const INTRODUCTION = `
# Command line

\`aitrader\` without a verb runs the desk. With one it asks the running desk, changes traders, works on filters or looks at the
machine. \`aitrader --help\` and \`aitrader VERB --help\` print what stands here; Tab completes it once the shell knows how:

\`\`\`sh
source <(aitrader completion bash)   # zsh likewise; fish: aitrader completion fish | source
\`\`\`

## How verbs behave

- They talk to the aitrader that runs in the data folder (\`--data-dir\`, \`AITRADER_HOME\`, else \`~/.aitrader\`). While none
  runs, reading verbs show what was stored last and say so on stderr, \`trader\` verbs change what is stored, and acting verbs
  end with 4. What was stored is kept by kind of money: \`--sim\` and \`--paper\` choose.
- \`--json\` prints one JSON value in the field names of the API; \`--follow --json\` one JSON value a line. Amounts and prices
  are decimal strings, times are milliseconds UTC. On failure stdout stays empty and stderr holds
  \`{"error":{"code","message","hint"}}\`; [troubleshooting.md](troubleshooting.md) lists the codes.
- An id may be given by its end (as the tables show it), a position also by its symbol, a trader by its name.
- A symbol is the exchange's own (\`BTCUSDT\`); \`BTC\` and \`BTC/USDT\` mean it too.
- Plural and singular nouns are the same verb. An unknown verb or flag names the nearest.
- Logs go to stderr and into \`logs/\` of the data folder, never to stdout.

| exit code | meaning |
| --- | --- |
| 0 | done |
| 1 | it ran, and the answer is no: \`filter check\` found something, \`doctor\` found something failed |
| 2 | a fault in the command line, the configuration or a file that was given |
| 3 | the exchange, the disk or another outside service refused or cannot be reached |
| 4 | something runs already, or nothing runs |
| 70 | a fault of the program |
| 130, 143 | ended by Ctrl+C, by a signal |
`;

const SUMMARY = `
\`--summary json\` prints one object at the end: \`mode\`, \`money\`, \`uptimeMs\`, \`symbols\`, \`messages\`, \`checks\`, \`signals\`,
\`orders\`, \`positionsOpen\`, \`trades\`, \`realizedPnl\`, \`equity\`, \`errors\`, \`quoteAsset\`.

The mode is chosen by a flag, else by \`FLY_APP_NAME\` (daemon), else it is local; the first line of the log says which and why.
Without a terminal on stdout the local mode runs as with \`--no-tui\`.
`;

function nothing(): Promise<number> {
  return Promise.resolve(0);
}

/** A pipe would end the cell of the table, and what looks like a tag would vanish. */
function cell(text: string): string {
  return text.replaceAll('|', '\\|').replaceAll('<', '&lt;');
}

function optionRow({ flags, description, argChoices }: Option): string {
  const choices = argChoices === undefined ? '' : ` (${argChoices.join(', ')})`;
  return `| \`${flags.replaceAll('|', '\\|')}\` | ${cell(description + choices)} |`;
}

function argumentRow(argument: Argument): string {
  const { description, argChoices, required } = argument;
  const choices = argChoices === undefined ? '' : ` (${argChoices.join(', ')})`;
  const name = required ? `<${argument.name()}>` : `[${argument.name()}]`;
  return `| \`${name}\` | ${cell(description + choices)} |`;
}

function tableOf(command: Command): string {
  const options = command.createHelp().visibleOptions(command);
  const own = options.filter(({ long }) => long !== '--help');
  const rows = [...command.registeredArguments.map(argumentRow), ...own.map(optionRow)];
  return rows.length === 0 ? '' : ['| | |', '| --- | --- |', ...rows].join('\n');
}

function usageOf(command: Command, path: string): string {
  const names = command.registeredArguments.map((argument) => {
    const name = `${argument.name()}${argument.variadic ? '...' : ''}`;
    return argument.required ? `<${name}>` : `[${name}]`;
  });
  return [`aitrader ${path}`, ...names].join(' ');
}

/** What the help says behind the options. */
function remarkOf(command: Command): string {
  let help = '';
  command.configureOutput({ writeOut: (part) => (help += part) }).outputHelp();
  const remark = help.slice(command.helpInformation().length).trim();
  return remark === '' ? '' : ['```text', remark, '```'].join('\n');
}

function sectionOf(command: Command, before: string): string[] {
  const path = `${before} ${command.name()}`.trim();
  const verbs = command.createHelp().visibleCommands(command);
  const heading = before === '' ? '###' : '####';
  const aliases = command.aliases().map((alias) => `\`aitrader ${`${before} ${alias}`.trim()}\``);
  const also = aliases.length === 0 ? '' : ` Also: ${aliases.join(', ')}.`;
  const about = `${sentence(command.description())}${also}`;
  const title = verbs.length > 0 ? `aitrader ${path} ...` : usageOf(command, path);
  const parts = [`${heading} \`${title}\``, cell(about), tableOf(command), remarkOf(command)];
  return [...parts.filter((part) => part !== ''), ...verbs.flatMap((verb) => sectionOf(verb, path))];
}

function sentence(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}.`;
}

/** docs/cli.md, from the program that parses the command line. */
export function commandLineDocument(): string {
  const actions = { run: nothing, configCheck: nothing, sim: nothing, helpTopic: nothing };
  const program = buildProgram(actions, () => undefined);
  const verbs = program.createHelp().visibleCommands(program);
  return [
    INTRODUCTION.trim(),
    '## Running the desk',
    '`aitrader [options]`',
    tableOf(program),
    SUMMARY.trim(),
    '## Verbs',
    ...verbs.flatMap((verb) => sectionOf(verb, '')),
  ].join('\n\n');
}
