import { readDocument } from '../../assets.ts';
import { EXIT } from '../exit-code.ts';

/**
 * `filter guide`: the contract of filters as one text, to be given to a language model or read.
 * @returns the exit code
 */
export async function printGuide(): Promise<number> {
  process.stdout.write(await readDocument('filters.md'));
  return EXIT.done;
}
