import type { AnyNode } from 'acorn';
import { full } from 'acorn-walk';

import { ta } from '../../../../analysis/indicators/index.ts';
import { globalMember } from './forbidden.ts';
import { placeOf } from './syntax.ts';
import type { SyntaxTree } from './syntax.ts';

/** A call of an indicator in the source. */
export interface IndicatorCall {
  readonly text: string;
  readonly line: number;
  readonly column: number;
}

/** A filter that tells, for each symbol, what its indicators gave and what it answered. */
export interface Instrumented {
  /** Another filter with the same logic; its metadata are a `Seen`. */
  readonly source: (lookback: number) => string;
  readonly calls: readonly IndicatorCall[];
}

/** What a check of one symbol saw and said. */
export interface Seen {
  /** By the number of the call: the last value and the size of the last ones, for each column of its result. */
  readonly seen: Readonly<Record<string, readonly (readonly [value: number | null, size: number | null])[]>>;
  readonly result: unknown;
}

interface Edit {
  readonly at: number;
  readonly remove: number;
  readonly insert: string;
}

/** Columns whose last values are told of a call, which may stand in a loop. */
const MOST_FIGURES = 10;
const SIZE_ROWS = 20;

/** Names that no filter has. Only `var` is there before the module's own code runs. */
const PRELUDE = `
var aitrader_seen;
function aitrader_note(call, value) {
  if (!aitrader_seen) return value;
  const list = (aitrader_seen[call] ??= []);
  const columns = typeof value === 'number' || value instanceof Float64Array ? [value] : Object.values(value);
  for (const each of columns) {
    if (list.length >= ${MOST_FIGURES}) break;
    const last = typeof each === 'number' ? [each] : [...each.slice(-${SIZE_ROWS})];
    list.push([last.at(-1), last.reduce((size, x) => Math.max(size, Math.abs(x) || 0), 0)]);
  }
  return value;
}
function aitrader_check(context) {
  aitrader_seen = {};
  const result = CHECK(context);
  const seen = aitrader_seen;
  aitrader_seen = undefined;
  return { side: 'long', conditions: [], metadata: { seen, result: result ?? null } };
}
const aitrader_meta = { ...META, lookback: LOOKBACK, top: null, sides: ['long', 'short'], exits: {} };
export { aitrader_meta as meta, aitrader_check as check };
`;

/** Whether a node calls an indicator of `ta`. */
function isIndicatorCall(node: AnyNode, tree: SyntaxTree): boolean {
  if (node.type !== 'CallExpression') return false;
  const member = globalMember(node.callee, tree);
  if (member?.object !== 'ta' || !Object.hasOwn(ta, member.property)) return false;
  const called: unknown = ta[member.property as keyof typeof ta];
  return member.property === 'emaRibbon' || (typeof called === 'function' && 'indicator' in called);
}

/** Takes the exports off; gives the names inside the module by those outside. */
function takeExports(tree: SyntaxTree, edits: Edit[]): Map<string, string> {
  const locals = new Map<string, string>();
  for (const statement of tree.program.body) {
    if (statement.type !== 'ExportNamedDeclaration') continue;
    const { declaration, specifiers } = statement;
    const until = declaration?.start ?? statement.end;
    edits.push({ at: statement.start, remove: until - statement.start, insert: '' });
    for (const { exported, local } of specifiers) {
      if (exported.type === 'Identifier' && local.type === 'Identifier') locals.set(exported.name, local.name);
    }
    if (declaration?.type === 'FunctionDeclaration' && declaration.id !== null) {
      locals.set(declaration.id.name, declaration.id.name);
    }
    if (declaration?.type !== 'VariableDeclaration') continue;
    for (const { id } of declaration.declarations) if (id.type === 'Identifier') locals.set(id.name, id.name);
  }
  return locals;
}

function apply(source: string, edits: readonly Edit[]): string {
  let text = '';
  let at = 0;
  for (const edit of edits.toSorted((a, b) => a.at - b.at)) {
    text += source.slice(at, edit.at) + edit.insert;
    at = edit.at + edit.remove;
  }
  return text + source.slice(at);
}

/** Null for a filter whose exports are written in a way that is not followed here. */
export function instrument(tree: SyntaxTree): Instrumented | null {
  const edits: Edit[] = [];
  const locals = takeExports(tree, edits);
  const [check, meta] = [locals.get('check'), locals.get('meta')];
  if (check === undefined || meta === undefined) return null;
  const calls: IndicatorCall[] = [];
  full(tree.program, (node) => {
    if (!isIndicatorCall(node, tree)) return;
    edits.push({ at: node.start, remove: 0, insert: `aitrader_note(${calls.length}, ` });
    edits.push({ at: node.end, remove: 0, insert: ')' });
    const text = tree.source.slice(node.start, node.end).replace(/\s+/g, ' ');
    calls.push({ text: text.length > 60 ? `${text.slice(0, 57)}...` : text, ...placeOf(node) });
  });
  const body = apply(tree.source, edits);
  const ending = (lookback: number): string =>
    PRELUDE.replace('CHECK', () => check)
      .replace('META', () => meta)
      .replace('LOOKBACK', String(lookback));
  return { calls, source: (lookback) => `${body}\n${ending(lookback)}` };
}
