import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';

import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import type { Store } from '../../src/ports/store/store.ts';
import { SqliteFolder } from '../store/sqlite-folder.ts';
import { openApi, TOKEN } from './api-world.ts';
import type { ApiWorld } from './api-world.ts';

const REPOSITORY = resolve(import.meta.dirname, '../..');
const run = promisify(execFile);

/** The examples of a language in the document that say that they can be run. */
function examples(language: string): string[] {
  const document = readFileSync(join(REPOSITORY, 'docs/api.md'), 'utf8');
  return [...document.matchAll(new RegExp(`^\`\`\`${language} run\\n(.*?)^\`\`\``, 'gms'))].map(
    ([, text = '']) => text,
  );
}

const database = new SqliteFolder();
const folder = mkdtempSync(join(tmpdir(), 'api-docs-'));
let store: Store;
let world: ApiWorld;
beforeAll(async () => {
  store = await database.open();
  world = await openApi(store);
});
afterAll(async () => {
  await world.end();
  await database.dispose();
  rmSync(folder, { recursive: true, force: true });
});

/** The example as if the daemon listened where the document says. */
function here(text: string): string {
  return text.replaceAll('http://127.0.0.1:8080', world.server.address);
}

const env = { ...process.env, AITRADER_TOKEN: TOKEN };

describe('the examples of docs/api.md', () => {
  it.each(examples('sh').flatMap((text) => text.trim().split('\n')))('%s', async (command) => {
    const { stdout } = await run('bash', ['-c', here(command)], { env });
    expect(stdout.length).toBeGreaterThan(0);
    if (!command.includes('/metrics')) expect(() => JSON.parse(stdout) as unknown).not.toThrow();
  });

  it.each(examples('ts').map((text, index) => [`client example ${index + 1}`, text]))('%s', async (_, text) => {
    const library = join(REPOSITORY, 'src/modes/sdk.ts');
    const program = join(folder, 'example.mts');
    writeFileSync(program, here(text).replace("'aitrader/sdk'", `'${library}'`));
    const { stdout } = await run(process.execPath, [program], { env });
    expect(stdout).toMatch(/^equity 10000, opening allowed\n/);
    expect(stdout).toContain('NOT_FOUND');
    expect(stdout).toContain('2 prices as of now');
  });

  it('are there', () => {
    expect(examples('sh').join('').split('curl').length).toBeGreaterThan(8);
    expect(examples('ts')).toHaveLength(1);
  });
});
