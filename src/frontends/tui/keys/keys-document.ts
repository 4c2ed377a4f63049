import type { Binding } from './keymap.ts';
import { KEYMAP } from './keymap.ts';

const GROUPS: readonly Binding['group'][] = ['Move', 'Look', 'Act', 'Leave'];

const ABOUT = `# Keys of the terminal screen

Under 120 columns or 30 rows one panel is shown with the others as tabs; with more room all are shown at once. \`?\` on the
screen lists the same keys. Pasted text is never taken as keys, except where words are asked for.`;

function rowOf({ keys, does }: Binding): string {
  return `| ${keys.map((key) => `\`${key}\``).join(', ')} | ${does} |`;
}

/** docs/keys.md, made of the keymap. */
export function keysDocument(): string {
  const sections = GROUPS.map((group) => {
    const rows = KEYMAP.filter((binding) => binding.group === group).map(rowOf);
    return [`## ${group}`, '', '| key | what it does |', '| --- | --- |', ...rows].join('\n');
  });
  return `${[ABOUT, ...sections].join('\n\n')}\n`;
}
