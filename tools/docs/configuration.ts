import { SECTIONS } from '../../src/config/variables.ts';
import type { Variable, VariableTable } from '../../src/config/variable.ts';

const INTRODUCTION = `
# Configuration

Everything has a default: without any setting the program trades paper money on Binance's spot market.

A setting is looked for in this order, and the first one found holds:

1. a flag of the command line (\`--symbols\`, \`--paper\`, ...);
2. the environment of the process;
3. \`config.env\` in the data folder, or the file of \`--config FILE\`;
4. the default.

\`aitrader config check\` prints the value of every variable and where it comes from, with secrets masked. A wrong value ends
the start with exit code 2; all of them are named at once. An empty value counts as none. Letter case matters in names, not
in words such as \`true\` or \`futures\`.

## config.env

\`\`\`dotenv
# comments begin with a number sign
SYMBOLS=BTC,ETH,SOL
export MAX_DAILY_LOSS_PCT=3       # "export" is allowed, and comments after a blank
AITRADER_TOKEN='a#b$c"d'          # in single quotes everything is taken as it is
LIVE_CONFIRM="the \\"main\\" one"   # in double quotes the escapes are \\n \\r \\t \\" \\\\
\`\`\`

One variable a line; no value goes over several lines, and no other variable is expanded in it. A variable that the program
does not know is ignored with a warning that names the nearest one; a line that cannot be read, or a variable that is set
twice, is an error with its line number. Keep the file to yourself: \`chmod 600 ~/.aitrader/config.env\`.

## Secrets

Variables marked *secret* are never shown or logged. The exchange's keys are not even looked at unless \`PAPER_TRADING\` is
\`false\` and the command trades. A token for the daemon is refused when it is one of the exchange's keys or has their form:
64 letters and digits (lower-case hexadecimal, which \`openssl rand -hex 32\` prints, is fine), or a PEM key.

## Changing settings

Settings are read at the start. A daemon reads \`config.env\` again on \`SIGHUP\` ([daemon.md](daemon.md)): those marked
*adjustable* then hold from the next decision on; changes of the others are named in the log and hold from the next start on.
`;

function code(text: string): string {
  return `\`${text}\``;
}

/** A pipe would end the cell of the table. */
function cell(text: string): string {
  return text.replaceAll('|', '\\|');
}

function defaultOf({ default: text, otherDefault, unset }: Variable): string {
  if (text === null) return unset ?? 'none';
  return otherDefault === undefined ? code(text) : `${code(text)}; ${code(otherDefault.value)} ${otherDefault.when}`;
}

function marksOf({ secret, adjustable }: Variable): string {
  const marks = [...(secret === true ? ['*secret*'] : []), ...(adjustable === true ? ['*adjustable*'] : [])];
  return marks.length === 0 ? '' : ` (${marks.join(', ')})`;
}

function tableOf(variables: VariableTable): string {
  const rows = Object.entries(variables).map(([name, variable]) => {
    const cells = [code(name), defaultOf(variable), variable.allowed, `${variable.about}${marksOf(variable)}`];
    return `| ${cells.map(cell).join(' | ')} |`;
  });
  return ['| Variable | Default | Takes | Meaning |', '| --- | --- | --- | --- |', ...rows].join('\n');
}

/** docs/configuration.md, from the table of variables. */
export function configurationDocument(): string {
  const sections = SECTIONS.map(({ title, variables }) => `## ${title}\n\n${tableOf(variables)}\n`);
  return [INTRODUCTION.trim(), ...sections].join('\n\n');
}
