import { spawnSync } from 'node:child_process';
import { readFileSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { VARIABLE_NAMES, VARIABLES } from '../../src/config/variables.ts';
import { linkPackages, plantTree, REPOSITORY } from './plant.ts';

function runTool(root: string, ...args: string[]): { status: number | null; output: string } {
  const { status, stdout, stderr } = spawnSync(process.execPath, [join(root, 'tools/docs.ts'), ...args], {
    encoding: 'utf8',
  });
  return { status, output: stdout + stderr };
}

function copyOf(path: string): Record<string, string> {
  return { [path]: readFileSync(join(REPOSITORY, path), 'utf8') };
}

describe('generated documents', () => {
  it('are what the source makes of them', () => {
    expect(runTool(REPOSITORY, '--check')).toEqual({ status: 0, output: '' });
  });

  it('that were changed by hand are found, named, and mended by the command that the message gives', () => {
    const root = plantTree({
      ...copyOf('tools/docs.ts'),
      ...copyOf('tools/docs/configuration.ts'),
      ...copyOf('.prettierrc.json'),
      'docs/configuration.md': '# Configuration\n\nEverything is fine.\n',
    });
    linkPackages(root);
    symlinkSync(join(REPOSITORY, 'src'), join(root, 'src'));
    const found = runTool(root, '--check');
    expect(found.status).toBe(1);
    expect(found.output).toContain('out of date: docs/configuration.md');
    expect(found.output).toContain('node tools/docs.ts');
    expect(runTool(root)).toEqual({ status: 0, output: 'wrote docs/configuration.md\nwrote docs/keys.md\n' });
    expect(runTool(root, '--check')).toEqual({ status: 0, output: '' });
  });

  it('describe every variable with its default', () => {
    const lines = readFileSync(join(REPOSITORY, 'docs/configuration.md'), 'utf8').split('\n');
    for (const name of VARIABLE_NAMES) {
      const rows = lines.filter((line) => line.startsWith(`| \`${name}\` `));
      expect(rows).toHaveLength(1);
      expect(rows[0]).toContain(VARIABLES[name].default ?? VARIABLES[name].unset ?? 'none');
    }
  });
});
