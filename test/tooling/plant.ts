/** A throw-away tree of planted files on which the project's own checks are run. */
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { onTestFinished } from 'vitest';

export const REPOSITORY = resolve(import.meta.dirname, '../..');

/** Writes `files` (path within the tree -> text) into a temporary folder, which goes away with the test. */
export function plantTree(files: Record<string, string>): string {
  const root = mkdtempSync(join(tmpdir(), 'aitrader-plant-'));
  onTestFinished(() => rmSync(root, { recursive: true }));
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(join(root, dirname(path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }
  return root;
}

/** Lets a planted tree import the packages of the repository. Run nothing on it that writes into node_modules. */
export function linkPackages(root: string): void {
  symlinkSync(join(REPOSITORY, 'node_modules'), join(root, 'node_modules'));
}
