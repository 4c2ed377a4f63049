import { execFileSync } from 'node:child_process';
import { globSync, writeFileSync } from 'node:fs';
import { basename } from 'node:path';
import { defineConfig } from 'tsup';

/** What other programs import as `aitrader/ta` and `aitrader/sdk`; only these need type declarations. */
const libraries = { ta: 'src/analysis/indicators/index.ts', sdk: 'src/modes/sdk.ts' };

const workerFiles = globSync('src/modes/workers/*.ts', { exclude: (file) => file.endsWith('.test.ts') });
const workers = Object.fromEntries(workerFiles.map((file) => [`workers/${basename(file, '.ts')}`, file]));

/** What runs inside the isolates of filters: read as a text, never imported. */
const isolate = { 'sandbox-runtime': 'src/adapters/sandbox/isolated-vm/runtime/main.ts' };

export default defineConfig({
  entry: { main: 'src/modes/main.ts', ...libraries, ...workers, ...isolate },
  dts: { entry: libraries },
  format: 'esm',
  target: 'node24',
  splitting: true,
  clean: true,
  // Every start reads it: `--help` takes 1.5 times as long as bare node with it inside, 1.8 times with it outside.
  noExternal: ['commander'],
  // The launcher prints this for a lone --help, which then takes no longer than starting Node.
  onSuccess: async () => writeFileSync('dist/help.txt', execFileSync(process.execPath, ['dist/main.js', '--help'])),
});
