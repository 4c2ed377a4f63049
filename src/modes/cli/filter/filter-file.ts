import { readdir, readFile, stat } from 'node:fs/promises';
import { basename, extname, join } from 'node:path';

import { AitraderError, describeFailure } from '../../../domain/errors.ts';
import { nearest } from '../../../lib/nearest.ts';
import { shippedFilters } from '../../assets.ts';
import type { Finding } from './finding.ts';

/** UTF-8 bytes of a filter's source. */
const MOST_BYTES = 10_240;
/** A file beyond this is not even read. */
const READABLE_BYTES = 10 * 2 ** 20;

/** A folder in which filters lie. */
export interface FilterFolder {
  readonly path: string;
  readonly origin: 'shipped' | 'file';
}

/** A file with a filter. */
export interface FilterFile {
  readonly path: string;
  /** The file's name without `.js`: what the filter is called on the command line. */
  readonly name: string;
  readonly origin: FilterFolder['origin'];
}

/** The user's own filters come first: one of the same name stands in for the shipped one. */
export function filterFolders(dataDir: string): readonly FilterFolder[] {
  return [
    { path: join(dataDir, 'filters'), origin: 'file' },
    { path: shippedFilters(), origin: 'shipped' },
  ];
}

/** The filters of a folder by name; none where there is no folder. */
export async function filtersIn({ path, origin }: FilterFolder): Promise<FilterFile[]> {
  const names = await readdir(path).catch(() => []);
  return names
    .filter((name) => extname(name) === '.js')
    .sort()
    .map((name) => ({ path: join(path, name), name: basename(name, '.js'), origin }));
}

/**
 * The file that a person means: a path, or the name of a filter in one of the folders.
 * @throws AitraderError `NOT_FOUND` naming the nearest
 */
export async function findFilter(given: string, dataDir: string): Promise<FilterFile> {
  const found = await stat(given).catch(() => null);
  if (found?.isFile() === true) return { path: given, name: basename(given, '.js'), origin: 'file' };
  const known = (await Promise.all(filterFolders(dataDir).map(filtersIn))).flat();
  const called = basename(given, '.js');
  const byName = given.includes('/') ? undefined : known.find(({ name }) => name === called);
  if (byName !== undefined) return byName;
  const near = nearest(
    called,
    known.map(({ name }) => name),
  );
  const remedy =
    near.length > 0 ? `Did you mean ${near.join(' or ')}?` : '`aitrader filter list` shows those there are.';
  throw new AitraderError('NOT_FOUND', { what: 'filter', given, remedy });
}

/**
 * The text of a filter file, or what keeps it from being one.
 * @throws AitraderError `NOT_FOUND` when it cannot be read
 */
export async function readFilter(path: string): Promise<{ readonly source: string } | { readonly finding: Finding }> {
  let bytes: Buffer;
  try {
    const { size } = await stat(path);
    if (size > READABLE_BYTES) return { finding: tooLarge(size, 1) };
    bytes = await readFile(path);
  } catch (cause) {
    const remedy = `Give a file that can be read: ${describeFailure(cause)}.`;
    throw new AitraderError('NOT_FOUND', { what: 'filter', given: path, remedy }, { cause });
  }
  const at = placeOfJunk(bytes);
  if (at !== null) {
    const message = `byte ${at.offset + 1} is no text: this is no JavaScript file`;
    const fix = 'Give a plain text file in UTF-8, such as `aitrader filter new NAME` writes.';
    return { finding: { line: at.line, column: at.column, code: 'not-text', message, fix } };
  }
  if (bytes.length > MOST_BYTES) {
    const line = bytes.toString('utf8', 0, MOST_BYTES).split('\n').length;
    return { finding: tooLarge(bytes.length, line) };
  }
  return { source: bytes.toString('utf8').replace(/^\ufeff/, '') };
}

/** @param line the one in which the limit is passed */
function tooLarge(bytes: number, line: number): Finding {
  const message = `the file is ${bytes} bytes long, a filter has at most ${MOST_BYTES}`;
  const fix = 'Shorten it: remove what is not used, or make two filters of it.';
  return { line, column: 1, code: 'too-large', message, fix };
}

/** The first byte that is no UTF-8 text. */
function placeOfJunk(bytes: Buffer): { offset: number; line: number; column: number } | null {
  const zero = bytes.indexOf(0);
  const text = bytes.toString('utf8');
  const broken = text.indexOf('\ufffd');
  const isWhole = zero < 0 && (broken < 0 || Buffer.from(text).equals(bytes));
  if (isWhole) return null;
  const offset = Math.min(zero < 0 ? Infinity : zero, broken < 0 ? Infinity : Buffer.byteLength(text.slice(0, broken)));
  const before = bytes.toString('utf8', 0, offset).split('\n');
  return { offset, line: before.length, column: (before.at(-1)?.length ?? 0) + 1 };
}
