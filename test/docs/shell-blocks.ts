/** The shell commands of a document: what stands between ```sh and ```, block by block. */
export function shellBlocks(markdown: string): string[] {
  return [...markdown.matchAll(/^```sh\n([\s\S]*?)^```$/gm)].map(([, text = '']) => text);
}

/** Whether a line starts the desk, which then runs until it is stopped: no verb, and no end of its own. */
function startsDesk(words: readonly string[]): boolean {
  if (words.some((word) => ['--for', '--tape', '--version', '--help'].includes(word))) return false;
  const values = new Set(['--seed', '--speed', '--symbols', '--data-dir', '--config']);
  return words.every((word, at) => word.startsWith('--') || values.has(words[at - 1] ?? ''));
}

/** A simple command without the comment behind it. */
function withoutComment(line: string): string {
  return line.replace(/\s#.*$/, '').trim();
}

/** What the harness runs in place of a line: a desk goes into the background, everything else is run as it stands. */
function harnessed(line: string): string {
  const [program, verb, ...rest] = withoutComment(line).split(/\s+/);
  if (program === 'make' && verb === 'run') {
    const args = /ARGS="([^"]*)"/.exec(withoutComment(line))?.[1] ?? '--sim';
    return startsDesk(args.split(' ')) ? `start_desk ${args}` : `aitrader ${args}`;
  }
  // The target has to be there; what it does has tests of its own.
  if (program === 'make') return `command make --dry-run --directory "$REPOSITORY" ${verb ?? ''} >/dev/null`;
  if (program !== 'aitrader') return line;
  const words = [verb, ...rest].filter((word) => word !== undefined);
  if (startsDesk(words)) return `start_desk ${words.join(' ')}`;
  return verb === 'filter' && rest[0] === 'check' ? `unhurried ${line}` : line;
}

/** The script of a document: its blocks in order, as one person would type them, with the text of here-documents untouched. */
export function scriptOf(blocks: readonly string[]): string {
  let end: string | null = null;
  const lines = blocks
    .flatMap((block) => block.split('\n'))
    .map((line) => {
      if (end !== null) {
        if (line === end) end = null;
        return line;
      }
      end = /<<'(\w+)'/.exec(line)?.[1] ?? null;
      return harnessed(line);
    });
  return lines.join('\n');
}
