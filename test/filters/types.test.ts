import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import ts from 'typescript';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { shippedFilters } from '../../src/modes/assets.ts';
import { template } from '../../src/modes/cli/filter/template.ts';

const INDICATORS = join(import.meta.dirname, '../../src/analysis/indicators/index.ts');
const TYPES = join(shippedFilters(), 'aitrader.d.ts');
const OPTIONS: ts.CompilerOptions = {
  target: ts.ScriptTarget.ES2024,
  module: ts.ModuleKind.NodeNext,
  moduleResolution: ts.ModuleResolutionKind.NodeNext,
  lib: ['lib.es2024.d.ts'],
  strict: true,
  // Helpers of plain JavaScript name no types.
  noImplicitAny: false,
  allowJs: true,
  checkJs: true,
  noEmit: true,
  allowImportingTsExtensions: true,
  types: [],
};

/** What the compiler says of some files, with the types of filters at hand. */
function complaints(files: readonly string[]): string[] {
  const program = ts.createProgram([TYPES, ...files], OPTIONS);
  return ts
    .getPreEmitDiagnostics(program)
    .map(({ file, messageText }) => `${file?.fileName}: ${ts.flattenDiagnosticMessageText(messageText, '\n')}`);
}

describe('aitrader.d.ts', () => {
  let folder: string;
  const plant = (name: string, text: string): string => {
    const path = join(folder, name);
    writeFileSync(path, text);
    return path;
  };
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'aitrader-types-'));
    writeFileSync(join(folder, 'package.json'), '{ "type": "module" }');
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  it('types every shipped filter and the template, and stands alone', () => {
    const shipped = ts.sys.readDirectory(shippedFilters(), ['.js']);
    expect(shipped.length).toBe(10);
    expect(complaints([...shipped, plant('template.js', template('mine'))])).toEqual([]);
  });

  it('describes each function of ta as it is, and leaves none out', () => {
    const agree = plant(
      'agree.ts',
      `import type { ta as actual } from ${JSON.stringify(INDICATORS)};
       type Same = 'column' | 'barsSince';
       declare const real: Omit<typeof actual, Same>;
       export const described: Omit<Ta, Same> = real;
       export const complete: [keyof typeof actual, keyof Ta] extends [keyof Ta, keyof typeof actual] ? true : never = true;`,
    );
    expect(complaints([agree])).toEqual([]);
  });

  it.each([
    ['a column used as a number', 'return ta.rsi(close, 14) < 30 ? null : null;'],
    ['a function that ta lacks', 'ta.rsii(close, 14); return null;'],
    ['a wrong side', "return { side: 'up', conditions: [] };"],
    ['a name that the context lacks', 'return context.closes === null ? null : null;'],
  ])('lets an editor point at %s', (_, body) => {
    const filter = `/** @type {Check} */\nexport function check(context) { const { close } = context; ${body} }\n`;
    expect(complaints([plant('wrong.js', filter)]).length).toBeGreaterThan(0);
  });
});
