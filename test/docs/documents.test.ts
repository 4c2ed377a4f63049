import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { Command, Option } from 'commander';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { errorCatalogue } from '../../src/domain/errors.ts';
import { buildProgram } from '../../src/modes/cli/program.ts';
import { emptyFolder, startProgram } from '../cli/run-program.ts';
import type { RunningProgram } from '../cli/run-program.ts';
import { scriptOf, shellBlocks } from './shell-blocks.ts';

const REPOSITORY = resolve(import.meta.dirname, '../..');
const DOCUMENTS = ['README.md', 'CONTRIBUTING.md', ...namesIn('docs')];

/** What has to be there before the commands of a document make sense. */
const PREPARED: Readonly<Record<string, string>> = {
  'README.md': 'git clone . aitrader; cd aitrader',
  'docs/filters.md': `
    curl -sf "$BINANCE_REST_URL/api/v3/klines?symbol=BTCUSDT&interval=15m&limit=1000" -o klines.json
    "$NODE" -e 'console.log("timestamp,open,high,low,close,volume");
      for (const row of JSON.parse(fs.readFileSync("klines.json"))) console.log(row.slice(0, 6).join(","))' >BTCUSDT-15m.csv`,
  // The trader is of the paper desk; then real money is set up as the document says, and armed as where nobody sits.
  'docs/going-live.md': `
    aitrader trader add rsi-reversal --name dip-buyer
    sed -n '/^\`\`\`dotenv$/,/^\`\`\`$/p' "$REPOSITORY/docs/going-live.md" | sed -e '1d;$d' \\
      -e "s/^BINANCE_API_KEY=.*/BINANCE_API_KEY=$API_KEY_OF_SIM/" \\
      -e "s/^BINANCE_SECRET_KEY=.*/BINANCE_SECRET_KEY=$API_SECRET_OF_SIM/" >~/.aitrader/config.env
    export LIVE_CONFIRM=main`,
  'docs/safety.md': 'start_desk --sim --symbols 3',
  'docs/troubleshooting.md': 'start_desk --sim --symbols 3',
};

/** Documents whose commands are not run here, and why. */
const RUN_ELSEWHERE: Readonly<Record<string, string>> = {
  'docs/api.md': 'its requests are run against a daemon by the tests of the API',
  'docs/daemon.md': 'the daemon and the monitor are started by tests of their own',
  'docs/exchanges.md': 'real money against the simulated exchange is what docs/going-live.md does here',
  'docs/simulated-exchange.md': 'it shows the form of the command, which the tests of the simulated exchange start',
};

/**
 * What stands in for the outside world: Binance is the simulated exchange, `git clone` links this repository, `make TARGET` is
 * a dry run, and every desk runs without a screen.
 */
let exchange: RunningProgram;
let venue: Readonly<Record<string, string>>;

function namesIn(folder: string): string[] {
  const names = readdirSync(join(REPOSITORY, folder)).filter((name) => name.endsWith('.md'));
  return names.map((name) => `${folder}/${name}`);
}

function textOf(document: string): string {
  return readFileSync(join(REPOSITORY, document), 'utf8');
}

/** Runs a script in an empty folder with an empty home. */
async function runScript(script: string): Promise<{ exitCode: number | null; output: string }> {
  const home = emptyFolder();
  const cwd = join(home, 'work');
  mkdirSync(cwd);
  const child = spawn('bash', ['-c', `source "$0"\n${script}`, join(import.meta.dirname, 'harness.sh')], {
    cwd,
    env: { PATH: process.env['PATH'], HOME: home, NODE: process.execPath, REPOSITORY, PORT: '0', ...venue },
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', (text) => (output += text));
  const exitCode = await new Promise<number | null>((settle) => child.on('close', settle));
  return { exitCode, output };
}

const program = buildProgram(
  { run: async () => 0, configCheck: async () => 0, sim: async () => 0, helpTopic: async () => 0 },
  () => undefined,
);

/** The first word of a command line that the program does not know; null when it knows all. */
function unknownWord(words: readonly string[]): string | null {
  let command: Command = program;
  let isValueNext = false;
  for (const word of words) {
    const isOption = word.startsWith('-');
    const wasValueNext = isValueNext;
    isValueNext = false;
    if (isOption) {
      const [name = ''] = word.split('=');
      const option = optionsAt(command).find(({ long, short }) => name === long || name === short);
      if (option === undefined) return word;
      isValueNext = (option.required || option.optional) && name === word;
    } else if (!wasValueNext && command.commands.length > 0) {
      const verb = command.commands.find((each) => each.name() === word || each.aliases().includes(word));
      // In capitals stands what is to be filled in.
      if (verb === undefined && /^[a-z]/.test(word)) return word;
      command = verb ?? command;
    }
  }
  return null;
}

function optionsAt(command: Command): readonly Option[] {
  const own = command.createHelp().visibleOptions(command);
  return command.parent === null ? own : [...own, ...optionsAt(command.parent)];
}

/** Command lines that stand in a text between backticks. */
function namedCommands(markdown: string): string[] {
  const spans = [...markdown.replace(/^```[\s\S]*?^```$/gm, '').matchAll(/`aitrader ([^`]+)`/g)];
  return spans.map(([, words = '']) => words);
}

describe('documents', () => {
  beforeAll(async () => {
    exchange = startProgram(['sim']);
    const said = JSON.parse(await exchange.says(/listening.*\n/)) as Record<string, string>;
    const { spotRest = '', spotWs = '', apiKey = '', apiSecret = '' } = said;
    venue = {
      ...{ BINANCE_REST_URL: spotRest, BINANCE_WS_URL: new URL(spotWs).origin },
      ...{ API_KEY_OF_SIM: apiKey, API_SECRET_OF_SIM: apiSecret },
    };
  }, 60_000);
  afterAll(async () => {
    exchange.process.kill('SIGTERM');
    await exchange.ended;
  });

  const runnable = DOCUMENTS.filter((name) => shellBlocks(textOf(name)).length > 0 && !(name in RUN_ELSEWHERE));
  it.concurrent.each(runnable)(
    '%s: every command works as it stands',
    async (name) => {
      const script = `${PREPARED[name] ?? ''}\n${scriptOf(shellBlocks(textOf(name)))}`;
      const { exitCode, output } = await runScript(script);
      expect(exitCode, output).toBe(0);
    },
    600_000,
  );

  it('hold their commands in blocks that are run', () => {
    const elsewhere = /^( {4}|```(bash|shell|console)\n)(aitrader|make|node|npm|git|curl) .*/gm;
    const others = DOCUMENTS.filter((name) => !(name in RUN_ELSEWHERE)).flatMap((name) =>
      [...textOf(name).matchAll(elsewhere)].map(([line]) => `${name}: ${line.trim()}`),
    );
    expect(others).toEqual([]);
  });

  it('name no verb and no option that the program does not know', () => {
    const unknown = DOCUMENTS.flatMap((name) =>
      namedCommands(textOf(name)).flatMap((line) => {
        const word = unknownWord(line.split(/[\s|]+/));
        return word === null ? [] : [`${name}: aitrader ${line} (${word})`];
      }),
    );
    expect(unknown).toEqual([]);
  });

  it('lead nowhere that is not there', () => {
    const broken = DOCUMENTS.flatMap((name) => {
      const folder = name.includes('/') ? join(REPOSITORY, 'docs') : REPOSITORY;
      const links = [...textOf(name).matchAll(/\]\(([^)#]+)(#[^)]*)?\)/g)].map(([, link = '']) => link);
      return links
        .filter((link) => !/^https?:/.test(link) && !existsSync(join(folder, link)))
        .map((link) => `${name}: ${link}`);
    });
    expect(broken).toEqual([]);
  });

  it('explain every code once', () => {
    const rows = textOf('docs/troubleshooting.md').split('\n');
    for (const { code } of errorCatalogue()) {
      expect(
        rows.filter((row) => row.startsWith(`| \`${code}\` `)),
        code,
      ).toHaveLength(1);
    }
  });
});
