import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync, symlinkSync } from 'node:fs';
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

function copyOf(...paths: string[]): Record<string, string> {
  return Object.fromEntries(paths.map((path) => [path, readFileSync(join(REPOSITORY, path), 'utf8')]));
}

function filesIn(folder: string): string[] {
  return readdirSync(join(REPOSITORY, folder)).map((name) => join(folder, name));
}

const isDocument = (path: string): boolean => path.endsWith('.md');

describe('generated documents', () => {
  it('are what the source makes of them', () => {
    expect(runTool(REPOSITORY, '--check')).toEqual({ status: 0, output: '' });
  });

  it('that were changed by hand are found, named, and mended by the command that the message gives', () => {
    const root = plantTree({
      ...copyOf('tools/docs.ts', '.prettierrc.json', ...filesIn('tools/docs'), ...filesIn('docs').filter(isDocument)),
      'docs/configuration.md': '# Configuration\n\nEverything is fine.\n',
    });
    linkPackages(root);
    symlinkSync(join(REPOSITORY, 'src'), join(root, 'src'));
    const found = runTool(root, '--check');
    expect(found.status).toBe(1);
    expect(found.output).toContain('out of date: docs/configuration.md');
    expect(found.output).toContain('node tools/docs.ts');
    expect(runTool(root)).toEqual({ status: 0, output: 'wrote docs/configuration.md\n' });
    const mended = readFileSync(join(root, 'docs/configuration.md'), 'utf8');
    expect(mended).toBe(readFileSync(join(REPOSITORY, 'docs/configuration.md'), 'utf8'));
  }, 120_000);

  it('describe every variable with its default', () => {
    const lines = readFileSync(join(REPOSITORY, 'docs/configuration.md'), 'utf8').split('\n');
    for (const name of VARIABLE_NAMES) {
      const rows = lines.filter((line) => line.startsWith(`| \`${name}\` `));
      expect(rows).toHaveLength(1);
      expect(rows[0]).toContain(VARIABLES[name].default ?? VARIABLES[name].unset ?? 'none');
    }
  });
});
