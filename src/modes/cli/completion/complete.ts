import type { Command } from 'commander';

import { printable } from '../../../lib/printable.ts';
import type { ProgramOptions } from '../program-options.ts';
import { expectationAt } from './expectation.ts';
import type { Expectation } from './expectation.ts';
import type { Values } from './values.ts';

/** As a shell would read it: without the quotes and backslashes of a word that is being typed. */
function unquoted(word: string): string {
  return word.replace(/^["']/, '').replace(/\\(.)/g, '$1');
}

/** Options of the words before the cursor that say where the data folder is, or which money. */
function optionsIn(words: readonly string[]): ProgramOptions {
  const valueOf = (flag: string): string | undefined => {
    const at = words.lastIndexOf(flag);
    const joined = words.findLast((word) => word.startsWith(`${flag}=`));
    return at === -1 ? joined?.slice(flag.length + 1) : words[words[at + 1] === '=' ? at + 2 : at + 1];
  };
  const [dataDir, config] = [valueOf('--data-dir'), valueOf('--config')];
  return {
    tui: false,
    ...(dataDir === undefined ? {} : { dataDir }),
    ...(config === undefined ? {} : { config }),
  };
}

/** Lists such as `BTCUSDT,ETH` are completed at their last entry. */
function atLastEntry(expectation: Expectation): Expectation {
  if (expectation.value?.name !== 'list') return expectation;
  const end = expectation.typed.lastIndexOf(',') + 1;
  const kept = expectation.kept + expectation.typed.slice(0, end);
  return { ...expectation, kept, typed: expectation.typed.slice(end) };
}

/** Verbs and options are in the program: only for values other parts of it are loaded. */
async function valuesAt(expectation: Expectation, words: readonly string[]): Promise<Values> {
  if (expectation.value === null) return { offers: [], paths: null };
  const { valuesOf } = await import('./values.ts');
  return valuesOf(expectation.value, optionsIn(words));
}

/**
 * The words that fit where the cursor is, in the form that the scripts read: a line each, a tab and what it means behind it,
 * and `:files` or `:folders` last where paths may stand too.
 * @param words what stands behind the program's name, up to the cursor
 */
export async function complete(program: Command, words: readonly string[]): Promise<string> {
  const plain = words.map(unquoted);
  const expectation = atLastEntry(expectationAt(program, plain));
  const { offers, kept, typed } = expectation;
  const values = await valuesAt(expectation, plain);
  const wanted = typed.toLowerCase();
  const fitting = [...offers, ...values.offers].filter(({ word }) => word.toLowerCase().startsWith(wanted));
  const lines = fitting.map(
    ({ word, about }) => `${printable(kept + word)}${about === '' ? '' : `\t${printable(about)}`}`,
  );
  return [...lines, ...(values.paths === null ? [] : [`:${values.paths}`])].map((line) => `${line}\n`).join('');
}
